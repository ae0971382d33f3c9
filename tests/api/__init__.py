"""Tests of the API without a socket."""
