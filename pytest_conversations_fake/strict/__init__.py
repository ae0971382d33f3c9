"""Violations: problems that fail a test although its own assertions passed."""
