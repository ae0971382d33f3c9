"""twilio-python's client for the address of a fake."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

if TYPE_CHECKING:
    from twilio.rest import Client


def client_for(url: str, account_sid: str, auth_token: str, options: dict[str, Any]) -> Client:
    """A client that sends every request to *url*."""
    try:
        from twilio.http import HttpClient
        from twilio.http.http_client import TwilioHttpClient
        from twilio.rest import Client
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError("twilio_client() needs twilio: pip install twilio") from error

    class RewritingHttpClient(HttpClient):  # type: ignore[misc]  # twilio is not typed
        """Passes requests to another HTTP client, with the address of the fake in their URL.

        The SDK adds region and edge to a host name only before it calls the HTTP client.
        """

        def __init__(self, inner: HttpClient) -> None:
            super().__init__(inner.logger, inner.is_async, inner.timeout)
            self.inner = inner

        def request(self, method: str, url: str, **options: Any) -> Any:
            return self.inner.request(method, rewrite(url), **options)

    def rewrite(requested: str) -> str:
        parts, fake = urlsplit(requested), urlsplit(url)
        product, _, domain = (parts.hostname or "").partition(".")
        if domain.endswith("twilio.com") and product != "conversations":
            raise ConnectionError(
                f"this client sends requests only to the fake of Conversations, not to {requested}"
            )
        return urlunsplit(parts._replace(scheme=fake.scheme, netloc=fake.netloc))

    def without_proxy() -> HttpClient:
        return TwilioHttpClient(proxy={"no_proxy": urlsplit(url).hostname})

    http_client = RewritingHttpClient(options.pop("http_client", None) or without_proxy())
    return Client(
        **{"username": account_sid, "password": auth_token, **options}, http_client=http_client
    )
