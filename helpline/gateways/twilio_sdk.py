"""The official SDK's client with time limits, and its errors as endings.

Imported only to send: `twilio.rest` takes 0.1 to 0.6 s, and a web process never sends.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from requests import RequestException
from twilio.base.exceptions import (  # type: ignore[import-untyped]
    TwilioException,
    TwilioRestException,
    TwilioServiceException,
)
from twilio.http.http_client import TwilioHttpClient  # type: ignore[import-untyped]
from twilio.rest import Client  # type: ignore[import-untyped]

from helpline.gateways.failures import ending, settle
from helpline.gateways.sending import CallError, by_status

_NO_CODE = 0


class BoundedHttpClient(TwilioHttpClient):  # type: ignore[misc]  # the SDK has no types
    """`TwilioHttpClient` with time limits (its own default waits for ever) and no retries.

    Answers that mean the same whatever their body says end here, because the SDK's exceptions
    carry neither `Retry-After` nor, for a body that is not JSON, anything else.
    """

    def __init__(self, connect_seconds: float, read_seconds: float, base_url: str) -> None:
        super().__init__(timeout=read_seconds)
        self.timeout = (connect_seconds, read_seconds)
        settle(self.session, base_url)

    def request(self, *args: Any, **kwargs: Any) -> Any:
        """Make one call.

        Raises:
            CallError: no answer, 429 or a 5xx. Redirects are not followed.
        """
        try:
            response = super().request(*args, **kwargs)
        except RequestException as error:
            raise CallError(ending(error)) from None
        status = response.status_code
        if status == 429 or status >= 500:  # noqa: PLR2004
            raise CallError(by_status(status, response.headers.get("Retry-After", "")))
        return response


class Sender:
    """One account's client, built once per process."""

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        *,
        base_url: str,
        connect_seconds: float,
        read_seconds: float,
    ) -> None:
        self._http = BoundedHttpClient(connect_seconds, read_seconds, base_url)
        self._client = Client(account_sid, auth_token, http_client=self._http)
        # Also when TWILIO_REGION or TWILIO_EDGE is set: they rewrite the host, even a fake's.
        self._client.region = self._client.edge = None
        if base_url:
            self._client.api.base_url = base_url.rstrip("/")

    def create(self, **message: Any) -> tuple[str, str, int]:
        """Create a message: its sid, its status and its error code (0: none).

        Raises:
            CallError: not created, or not known to be; with Twilio's error code if it gave one.
        """
        try:
            created = self._client.messages.create(**message)
        except TwilioException as error:
            # `from None`: its message repeats the number.
            raise _call_error(error) from None
        return str(created.sid or ""), str(created.status or ""), _code(created.error_code)

    def close(self) -> None:
        """Close the kept connections."""
        self._http.session.close()


class Caller(Sender):
    """The same client, for calls."""

    def ring(self, **call: Any) -> str:
        """Begin a call: its sid.

        Raises:
            CallError: not begun, or not known to be.
        """
        return self._asked(lambda: self._client.calls.create(**call))

    def change(self, sid: str, **what: Any) -> str:
        """Send a call to another address, or end it (`status="completed"`): its sid.

        Raises:
            CallError: nothing changed, or nobody knows.
        """
        return self._asked(lambda: self._client.calls(sid).update(**what))

    def _asked(self, wish: Callable[[], Any]) -> str:
        try:
            return str(wish().sid or "")
        except TwilioException as error:
            # `from None`: its message repeats the number.
            raise _call_error(error) from None


def _call_error(error: TwilioException) -> CallError:
    """A `TwilioServiceException` is no `TwilioRestException`; both know a status and a code."""
    if isinstance(error, (TwilioRestException, TwilioServiceException)):
        return CallError(by_status(_code(error.status)), _code(error.code))
    return CallError(by_status(_NO_CODE))


def _code(value: object) -> int:
    """A code as Twilio writes it (number, string of digits or nothing) as a number."""
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() else _NO_CODE
