"""A Django application that opens tickets as conversations."""
