"""Tickets, and the texts that arrived for them."""

from django.db import models


class Ticket(models.Model):
    conversation_sid = models.CharField(max_length=34, unique=True)
    texts = models.IntegerField(default=0)
