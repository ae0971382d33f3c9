"""A Flask application that opens tickets as conversations and confirms texts.

Run it with `flask --app examples/flask_app run`.
"""

from __future__ import annotations

import os

from flask import Flask, abort, request
from twilio.request_validator import RequestValidator
from twilio.rest import Client

NUMBER = "+15550199"

app = Flask(__name__)


@app.post("/tickets")
def open_ticket() -> tuple[dict[str, str], int]:
    ticket = Client().conversations.v1.conversations.create(unique_name=request.form["ticket"])
    ticket.participants.create(
        messaging_binding_address=request.form["phone"],
        messaging_binding_proxy_address=NUMBER,
    )
    return {"sid": ticket.sid}, 201


@app.post("/twilio")
def receive_event() -> tuple[str, int]:
    validator = RequestValidator(os.environ["TWILIO_AUTH_TOKEN"])
    signature = request.headers.get("X-Twilio-Signature", "")
    if not validator.validate(request.url, request.form, signature):
        abort(403)
    if request.form["Source"] == "SMS":
        ticket = Client().conversations.v1.conversations(request.form["ConversationSid"])
        ticket.messages.create(author="desk", body="We have received your message.")
    return "", 204
