"""Sphinx configuration. `make docs` builds the pages; warnings are errors there."""

from importlib import metadata

project = "pytest-conversations-fake"
copyright = "The pytest-conversations-fake developers"
release = metadata.version("pytest-conversations-fake")
extensions = ["myst_parser"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]
nitpicky = True
html_theme = "furo"
html_title = project
