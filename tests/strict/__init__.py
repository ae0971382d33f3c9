"""Tests of strictness."""
