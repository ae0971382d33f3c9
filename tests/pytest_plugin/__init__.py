"""The plugin in other people's suites."""
