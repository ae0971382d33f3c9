"""Seed files: load, dump, populate."""
