"""The official SDK's SMS service, made to keep its connection and to tell what happened.

Imported only to send: importing the SDK takes 0.1 to 0.6 s, and a web process never sends.
"""

from __future__ import annotations

from typing import Any

import requests

# Not `import africastalking; initialize(...)`: that binds one account to the process and, with
# the sandbox user, makes the SDK's WhatsApp service warn.
from africastalking.Service import Service
from africastalking.SMS import SMSService
from africastalking.Voice import VoiceService

from helpline.gateways.failures import ending, settle
from helpline.gateways.sending import CallError, by_status


class _Kept(Service):  # type: ignore[misc]  # the SDK has no types
    """A service over one kept session, 1.2 instead of 40 ms of CPU a call (performance.md).

    As shipped it opens a connection and reads the CA bundle for every call, hides the status of an
    error, and parses JSON only if the content type is exactly `application/json`. Here a call
    returns the body of a 2xx answer as bytes, whatever its type.
    """

    _session: requests.Session

    def _make_request(
        self,
        url: str,
        method: str,
        headers: dict[str, str],
        data: dict[str, Any],
        params: dict[str, Any] | None,
        callback: None = None,
        timeout: tuple[float, float] = (3.0, 10.0),
    ) -> bytes:
        """Make one call.

        Raises:
            CallError: no answer, or one other than 2xx. Redirects are not followed.
        """
        if callback is not None:
            raise TypeError("callbacks are threads whose errors nobody sees; use a job")
        try:
            response = self._session.request(
                method,
                url,
                headers=headers,
                data=data,
                params=params,
                timeout=timeout,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise CallError(ending(error)) from None
        if not 200 <= response.status_code < 300:  # noqa: PLR2004
            raise CallError(
                by_status(response.status_code, response.headers.get("Retry-After", ""))
            )
        return response.content

    def close(self) -> None:
        """Close the kept connections."""
        self._session.close()


class KeptSMSService(_Kept, SMSService):  # type: ignore[misc]
    """Texts: `send`."""

    def __init__(self, username: str, api_key: str, base_url: str) -> None:
        super().__init__(username, api_key)
        if base_url:
            self._baseUrl = f"{base_url.rstrip('/')}/version1"
        self._session = settle(requests.Session(), self._baseUrl)


class KeptVoiceService(_Kept, VoiceService):  # type: ignore[misc]
    """Calls: `ring` begins one."""

    def __init__(
        self, username: str, api_key: str, base_url: str, seconds: tuple[float, float]
    ) -> None:
        super().__init__(username, api_key)
        if base_url:
            self._baseUrl = base_url.rstrip("/")
        self._session = settle(requests.Session(), self._baseUrl)
        self._seconds = seconds

    def ring(self, caller_id: str, number: str) -> bytes:
        """Ring one number; the answer as it came.

        Raises:
            CallError: not begun, or not known to be.
        """
        answer: bytes = self.call(caller_id, [number], timeout=self._seconds)
        return answer
