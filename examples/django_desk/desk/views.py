"""Opens tickets as conversations, and counts the texts that arrive for them."""

import os

from django.db.models import F
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from .models import Ticket

NUMBER = "+15550199"


@csrf_exempt
@require_POST
def open_ticket(request: HttpRequest) -> HttpResponse:
    conversation = Client().conversations.v1.conversations.create()
    conversation.participants.create(
        messaging_binding_address=request.POST["phone"],
        messaging_binding_proxy_address=NUMBER,
    )
    Ticket.objects.create(conversation_sid=conversation.sid)
    return JsonResponse({"sid": conversation.sid}, status=201)


@csrf_exempt
@require_POST
def receive_event(request: HttpRequest) -> HttpResponse:
    validator = RequestValidator(os.environ["TWILIO_AUTH_TOKEN"])
    signature = request.headers.get("X-Twilio-Signature", "")
    if not validator.validate(request.build_absolute_uri(), request.POST, signature):
        return HttpResponseForbidden()
    tickets = Ticket.objects.filter(conversation_sid=request.POST["ConversationSid"])
    tickets.update(texts=F("texts") + 1)
    return HttpResponse(status=204)
