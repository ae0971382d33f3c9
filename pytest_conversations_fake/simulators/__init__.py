"""Simulators of the people on the other side: phones and chat users."""
