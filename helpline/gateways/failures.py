"""What the failures of the requests library mean for the messages of a call.

Imported only with an SDK: requests alone takes 0.1 s.
"""

from __future__ import annotations

from http.cookiejar import DefaultCookiePolicy
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from requests.adapters import HTTPAdapter
from requests.exceptions import (
    ConnectTimeout,
    InvalidHeader,
    InvalidURL,
    MissingSchema,
    ProxyError,
    ReadTimeout,
    RequestException,
    SSLError,
)
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from helpline.gateways.port import Outcome
from helpline.gateways.sending import LOOPBACK, Ending

if TYPE_CHECKING:
    from requests import Session

_KEPT_CONNECTIONS = 32
_KINDS = (
    (ReadTimeout, Outcome.AMBIGUOUS, "read-timeout"),
    (ConnectTimeout, Outcome.RETRY, "connect-timeout"),
    (ProxyError, Outcome.RETRY, "proxy"),  # raised only before the proxy has taken the request
    (InvalidURL, Outcome.MISCONFIGURED, "bad-address"),
    (MissingSchema, Outcome.MISCONFIGURED, "bad-address"),
    (InvalidHeader, Outcome.MISCONFIGURED, "bad-key"),
)


def ending(error: RequestException) -> Ending:
    """RETRY only where no byte of the request can have arrived; AMBIGUOUS wherever one may have."""
    for kind, outcome, trouble in _KINDS:
        if isinstance(error, kind):
            return Ending(outcome, trouble)
    if isinstance(error, SSLError):
        # Certificates are checked before the request is written; other TLS trouble may come later.
        if "CERTIFICATE_VERIFY_FAILED" in str(error):
            return Ending(Outcome.MISCONFIGURED, "tls-certificate")
        return Ending(Outcome.AMBIGUOUS, "tls")
    reason = getattr(error.args[0], "reason", None) if error.args else None
    if isinstance(reason, (NewConnectionError, ConnectTimeoutError)):
        return Ending(Outcome.RETRY, "connection-refused")
    return Ending(Outcome.AMBIGUOUS, "connection-lost")


def settle(session: Session, base_url: str) -> Session:
    """`session` without retries and cookies; what is on this machine is not asked of a proxy."""
    session.mount("http://", HTTPAdapter(pool_maxsize=_KEPT_CONNECTIONS))
    session.mount("https://", HTTPAdapter(pool_maxsize=_KEPT_CONNECTIONS))
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.trust_env = urlsplit(base_url).hostname not in LOOPBACK
    return session
