"""Redirection: both ends are in this process, and nothing leaves it."""
