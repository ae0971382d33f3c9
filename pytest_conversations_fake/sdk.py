"""twilio-python's client, made to land in a fake."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

if TYPE_CHECKING:
    from twilio.rest import Client


def landing_client(url: str, account_sid: str, auth_token: str, options: dict[str, Any]) -> Client:
    """A client whose every request goes to *url*."""
    try:
        from twilio.http import HttpClient
        from twilio.http.http_client import TwilioHttpClient
        from twilio.rest import Client
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError("twilio_client() needs twilio: pip install twilio") from error

    class Landing(HttpClient):  # type: ignore[misc]  # twilio is not typed
        """Sends what another HTTP client would send, to the fake.

        The SDK puts region and edge into every host name, so only here is the address beyond their
        reach.
        """

        def __init__(self, inner: HttpClient) -> None:
            super().__init__(inner.logger, inner.is_async, inner.timeout)
            self.inner = inner

        def request(self, method: str, url: str, **sending: Any) -> Any:
            return self.inner.request(method, landing(url), **sending)

    def landing(asked: str) -> str:
        parts, fake = urlsplit(asked), urlsplit(url)
        product, _, domain = (parts.hostname or "").partition(".")
        if domain.endswith("twilio.com") and product != "conversations":
            raise ConnectionError(
                f"this client reaches only the fake of Conversations, not {asked}"
            )
        return urlunsplit(parts._replace(scheme=fake.scheme, netloc=fake.netloc))

    def direct() -> HttpClient:
        return TwilioHttpClient(proxy={"no_proxy": urlsplit(url).hostname})

    http_client = Landing(options.pop("http_client", None) or direct())
    return Client(
        **{"username": account_sid, "password": auth_token, **options}, http_client=http_client
    )
