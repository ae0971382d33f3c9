"""Tests of the page and the control API."""
