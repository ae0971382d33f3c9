"""Forms and queries: names and texts out of what came over the wire."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, unquote

from .refusals import MalformedForm

FORM = "application/x-www-form-urlencoded"

Texts = dict[str, list[str]]


def read_form(headers: Mapping[str, str], body: bytes) -> Texts:
    """The parameters of a body. One that is not a form (JSON, multipart) holds none for Twilio."""
    return read_query(body.decode(errors="surrogateescape")) if is_form(headers) else {}


def is_form(headers: Mapping[str, str]) -> bool:
    return headers.get("content-type", "").partition(";")[0].strip().lower() == FORM


def read_query(query: str) -> Texts:
    """The parameters of a query, each with every text it was given, in order.

    What is not UTF-8 stays in them for `require_well_formed` to find.
    """
    texts: Texts = {}
    for name, text in parse_qsl(query, keep_blank_values=True, errors="surrogateescape"):
        texts.setdefault(name, []).append(text)
    return texts


def require_well_formed(query: str, headers: Mapping[str, str], body: bytes) -> None:
    """Refuse broken percent-encoding, and what is not UTF-8."""
    form = body.decode(errors="surrogateescape") if is_form(headers) else ""
    for encoded in (query, form):
        if re.search("%(?![0-9a-fA-F]{2})", encoded):
            raise MalformedForm(reason="broken percent-encoding")
        try:
            unquote(encoded, errors="surrogateescape").encode()
        except UnicodeEncodeError:
            raise MalformedForm(reason="not UTF-8") from None


def read_path(path: str) -> list[str]:
    """The segments of a path, each decoded once, so that `%2F` belongs to a name.

    A trailing slash is nothing; bytes that are not UTF-8 decode to what no name contains.
    """
    return [unquote(segment) for segment in path.removesuffix("/").split("/")[1:]]
