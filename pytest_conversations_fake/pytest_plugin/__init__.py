"""The pytest plugin. Only this package imports pytest."""
