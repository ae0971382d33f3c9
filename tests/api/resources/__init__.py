"""Tests of the resources, at both levels."""
