"""Credentials for push notifications. Answers never contain their secrets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from ..fields import Choice, Flag, Text
from ..records import Record
from ..request_context import RequestContext
from ..resource import Resource


@dataclass(kw_only=True, eq=False)
class Credential(Record):
    """The certificate or key of an account for one push service."""

    prefix = "CR"

    type: Annotated[str, Choice("Type", required=True, of=("apn", "gcm", "fcm"))]
    friendly_name: Annotated[str | None, Text("FriendlyName", max=64)] = None
    certificate: Annotated[str | None, Text("Certificate", secret=True)] = None
    private_key: Annotated[str | None, Text("PrivateKey", secret=True)] = None
    sandbox: Annotated[bool | None, Flag("Sandbox")] = None
    api_key: Annotated[str | None, Text("ApiKey", secret=True)] = None
    secret: Annotated[str | None, Text("Secret", secret=True)] = None


class Credentials(Resource[Credential]):
    record = Credential
    noun = "Credential"
    path = "Credentials"
    key = collection = "credentials"
    page_size = (50, 100)

    def render(self, context: RequestContext, record: Credential) -> dict[str, Any]:
        """`sandbox` is the text `True` or `False` for Apple (`apn`), else null."""
        sandbox = str(bool(record.sandbox)) if record.type == "apn" else None
        return {**super().render(context, record), "sandbox": sandbox}


credentials = Credentials()
