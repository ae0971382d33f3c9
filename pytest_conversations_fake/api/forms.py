"""Forms, queries and paths: the names and texts in a request."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import parse_qsl, unquote

from .refusals import BodyTooLarge, MalformedForm, Refused, UnreadableBody

FORM = "application/x-www-form-urlencoded"

Texts = dict[str, list[str]]

DETECT_FORMAT = 32 + zlib.MAX_WBITS
"""Lets zlib detect the format, `gzip` or `deflate`."""


def decompress(headers: Mapping[str, str], body: bytes, limit: int) -> bytes | Refused:
    """Decompress a body with `Content-Encoding` gzip or deflate.

    Returns a refusal for another encoding, for broken data and for more than *limit* bytes.
    """
    encoding = headers.get("content-encoding", "").strip().lower()
    if encoding in ("identity", ""):
        return body
    if encoding not in ("gzip", "x-gzip", "deflate"):
        return UnreadableBody(reason=f"unknown Content-Encoding {encoding}")
    read, rest = b"", body
    while rest and len(read) <= limit:  # gzip data can have several members
        part = zlib.decompressobj(DETECT_FORMAT)
        try:
            read += part.decompress(rest, limit + 1 - len(read))
        except zlib.error:
            return UnreadableBody(reason=f"not {encoding}, as its Content-Encoding says")
        if not part.eof and len(read) <= limit:
            return UnreadableBody(reason=f"the {encoding} data ends too early")
        rest = part.unused_data
    return BodyTooLarge() if len(read) > limit else read


def form_text(headers: Mapping[str, str], body: bytes) -> str:
    """The form in a body. Twilio reads none in a body of another type (JSON, multipart).

    Bytes that are not UTF-8 become surrogates, which `require_well_formed` refuses.
    """
    is_form = is_form_type(headers.get("content-type", ""))
    return body.decode(errors="surrogateescape") if is_form else ""


@lru_cache(maxsize=64)  # clients send few types
def is_form_type(content_type: str) -> bool:
    return content_type.partition(";")[0].strip().lower() == FORM


def read_texts(encoded: str) -> Texts:
    """The parameters in a form or query, each with all of its texts in order."""
    texts: Texts = {}
    if encoded:
        for name, text in parse_qsl(encoded, keep_blank_values=True, errors="surrogateescape"):
            texts.setdefault(name, []).append(text)
    return texts


def require_well_formed(*encoded: str) -> None:
    """Refuse broken percent-encoding and bytes that are not UTF-8 in forms and queries."""
    for each in encoded:
        if "%" not in each and each.isascii():
            continue
        if re.search("%(?![0-9a-fA-F]{2})", each):
            raise MalformedForm(reason="broken percent-encoding")
        try:
            unquote(each, errors="surrogateescape").encode()
        except UnicodeEncodeError:
            raise MalformedForm(reason="not UTF-8") from None


def read_path(path: str) -> list[str]:
    """The segments of a path, each decoded once, so that `%2F` belongs to a name.

    A trailing slash is ignored. Bytes that are not UTF-8 decode to U+FFFD, which is in no name.
    """
    return [unquote(segment) for segment in path.removesuffix("/").split("/")[1:]]
