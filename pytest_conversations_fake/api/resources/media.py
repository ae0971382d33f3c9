"""Media: the descriptions of files that messages carry.

Clients upload files to another host of Twilio, so only seeds and handsets create descriptions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from ..fields import Int, Text
from ..records import Record
from ..resource import Resource


@dataclass(kw_only=True, eq=False)
class Media(Record):
    """The description of a file. Messages with its sid show it."""

    prefix = "ME"

    chat_service_sid: str
    content_type: Annotated[str, Text("ContentType", only="Seed")] = "application/octet-stream"
    filename: Annotated[str | None, Text("Filename", only="Seed")] = None
    size: Annotated[int, Int("Size", only="Seed")] = 0

    @property
    def parent_sid(self) -> str:
        return self.chat_service_sid

    def description(self) -> dict[str, Any]:
        return {
            "sid": self.sid,
            "size": self.size,
            "content_type": self.content_type,
            "filename": self.filename,
        }


class MediaFiles(Resource[Media]):
    record = Media
    noun = "Media"
    path = "Media"
    key = collection = "media"
    short = False
    verbs = ()


media = MediaFiles()
