"""The inspector: a page at `/_fake/` and the control API `/_fake/v1/` that it uses.

A foreign web page must never reach it: `foreign_page_filter.py` refuses such requests first.
`endpoints.py` is the one table of the control API; routing, validation and the OpenAPI document
follow from it. Calls run in threads of their own, never on the event loop of the server.
"""
