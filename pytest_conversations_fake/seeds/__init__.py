"""Worlds that are there before a test begins: written to files, read from them, or made up."""
