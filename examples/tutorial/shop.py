"""A Flask application that answers texts."""

from __future__ import annotations

import os

from flask import Flask, abort, request
from orders import answer
from twilio.request_validator import RequestValidator

app = Flask(__name__)


@app.post("/twilio")
def receive_event() -> tuple[str, int]:
    validator = RequestValidator(os.environ["TWILIO_AUTH_TOKEN"])
    signature = request.headers.get("X-Twilio-Signature", "")
    if not validator.validate(request.url, request.form, signature):
        abort(403)
    if request.form["Source"] == "SMS":
        answer(request.form["ConversationSid"], request.form["Body"])
    return "", 204
