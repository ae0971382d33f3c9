"""Media: what is known of a file that a message carries.

Files are uploaded to another of Twilio's hosts, so only seeds make them known here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from ..fields import Int, Text
from ..records import Record
from ..resource import Resource


@dataclass(kw_only=True, eq=False)
class Media(Record):
    """A description that messages with its sid show."""

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
