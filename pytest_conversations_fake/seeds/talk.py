"""What people say to a help desk and are answered there, by language.

Who asks and who answers take turns, beginning with who asks.
"""

from __future__ import annotations

# Faker's own follow from today's date, and texts are the same at each run
DAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "de": ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
}

# Topics, and what is said of them
TALK: dict[str, dict[str, tuple[str, ...]]] = {
    "en": {
        "Order {order}: where is it?": (
            "Hi, I am waiting for order {order}. Where is it?",
            "Hello {customer}, {agent} here. Let me look.",
            "Thanks!",
            "It left our warehouse in {city} this morning and should be with you on {day}.",
            "Can it be left with a neighbor? I am out until {time}.",
            "Of course, I made a note for the driver.",
        ),
        "Wrong size": (
            "The jacket from order {order} is too small. Can I change it?",
            "Sure. Which size do you need?",
            "One size up, please.",
            "Done: the new one leaves on {day}, and a label for the old one is in your inbox.",
        ),
        "Appointment on {day}": (
            "Could I come by on {day}?",
            "Yes, at {time} there is room. Does that suit you?",
            "A little later would be better.",
            "Half an hour later, then. See you at our office in {city}.",
            "Great, see you there.",
            "If something comes up, just write here.",
        ),
        "New address": (
            "I have moved. My new address is {street}, {city}.",
            "Thank you, {customer}, I changed it. Is order {order} to go there as well?",
            "Yes please.",
            "It will.",
        ),
        "Invoice {order}": (
            "Invoice {order} has the wrong name on it, it should say {company}.",
            "Sorry about that! I will send you a new one today.",
            "Could you copy our accountant as well?",
            "Yes, who is that?",
            "The address is {email}.",
            "Sent. Anything else?",
        ),
        "Cannot log in": (
            "I do not get a code when I log in.",
            "Hi, this is {agent}. Since when is that so?",
            "Since about {time}.",
            "There was a delay at the carrier. Could you try once more?",
            "Now it works, thank you!",
            "Glad to hear that. Have a good {day}!",
        ),
    },
    "de": {
        "Bestellung {order}: wo bleibt sie?": (
            "Hallo, ich warte auf Bestellung {order}. Wo ist sie?",
            "Guten Tag, hier ist {agent}. Ich sehe gleich nach.",
            "Danke!",
            "Sie hat heute früh unser Lager in {city} verlassen und ist am {day} bei Ihnen.",
            "Kann sie beim Nachbarn abgegeben werden? Ich bin bis {time} Uhr unterwegs.",
            "Natürlich, der Fahrer weiß Bescheid.",
        ),
        "Falsche Größe": (
            "Die Jacke aus Bestellung {order} ist zu klein. Kann ich sie umtauschen?",
            "Gern. Welche Größe brauchen Sie?",
            "Eine Nummer größer, bitte.",
            "Erledigt: Die neue geht am {day} auf die Reise, der Rückschein ist in Ihrer Post.",
        ),
        "Termin am {day}": (
            "Könnte ich am {day} vorbeikommen?",
            "Ja, um {time} Uhr wäre etwas frei. Passt das?",
            "Etwas später wäre besser.",
            "Dann eine halbe Stunde später, in unserem Büro in {city}.",
            "Wunderbar, bis dann.",
            "Falls etwas dazwischenkommt, schreiben Sie einfach hier.",
        ),
        "Neue Adresse": (
            "Ich bin umgezogen. Meine neue Adresse ist {street}, {city}.",
            "Danke, {customer}, ist geändert. Soll Bestellung {order} auch dorthin?",
            "Ja, bitte.",
            "Wird gemacht.",
        ),
        "Rechnung {order}": (
            "Auf Rechnung {order} steht der falsche Name, richtig wäre {company}.",
            "Das tut mir leid! Sie bekommen heute noch eine neue.",
            "Könnten Sie die auch an unsere Buchhaltung schicken?",
            "Ja, an welche Adresse?",
            "An {email}.",
            "Ist unterwegs. Kann ich sonst noch etwas tun?",
        ),
        "Anmeldung geht nicht": (
            "Bei der Anmeldung bekomme ich keinen Code.",
            "Guten Tag, hier ist {agent}. Seit wann ist das so?",
            "Etwa seit {time} Uhr.",
            "Beim Anbieter gab es eine Verzögerung. Versuchen Sie es bitte noch einmal?",
            "Jetzt geht es, vielen Dank!",
            "Das freut mich. Einen schönen {day} noch!",
        ),
    },
}
