"""Simulators of the people who talk to the account: phones and chat users."""
