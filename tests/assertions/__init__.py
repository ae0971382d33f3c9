"""Assertions and the text of their failures."""
