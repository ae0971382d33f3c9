"""Phones and chat users."""
