"""The Django application, in the test's database transaction.

Run it with `pytest` in this directory; it needs pytest-django.
"""

import pytest
from desk.models import Ticket
from django.core.wsgi import get_wsgi_application

pytestmark = pytest.mark.django_db


def test_ticket_is_opened_for_a_phone(fake_conversations, client):
    answer = client.post("/tickets", {"phone": "+15550100"})

    conversation = fake_conversations.conversations.one()
    assert answer.json() == {"sid": conversation.sid}
    assert Ticket.objects.get().conversation_sid == conversation.sid


def test_texts_of_a_ticket_are_counted(fake_conversations, client):
    fake_conversations.webhooks.deliver_to(
        get_wsgi_application(),
        public_url="https://desk.example/twilio",
        events=["onMessageAdded"],
        run_in="test",
    )
    client.post("/tickets", {"phone": "+15550100"})

    fake_conversations.handset("+15550100").send("Where is my order?", to="+15550199")
    fake_conversations.settle()

    assert Ticket.objects.get().texts == 1
