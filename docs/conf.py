"""Sphinx configuration. `make docs` builds the pages; warnings are errors there."""

import sys
from importlib import metadata
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "pytest-conversations-fake"
copyright = "The pytest-conversations-fake developers"
release = metadata.version("pytest-conversations-fake")
extensions = ["myst_parser", "sphinx.ext.autodoc", "generated"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
default_role = "code"  # docstrings have single backticks
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
# By their names, as they are literals of many names
autodoc_type_aliases = {
    "EventName": "pytest_conversations_fake.EventName",
    "OperationName": "pytest_conversations_fake.OperationName",
}
exclude_patterns = ["_build", "explanation/speed-table.md"]  # the page on speed includes it
nitpicky = True
# Types that have their pages elsewhere
nitpick_ignore = [("py:class", "Client"), ("py:class", "datetime")]
nitpick_ignore_regex = [("py:class", r"(collections\.abc|contextlib|datetime|os)\..*")]
html_theme = "furo"
html_title = project
