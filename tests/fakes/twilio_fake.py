"""Twilio over real HTTP: takes texts with basic authentication, signs what it delivers."""

import json
from base64 import b64encode
from typing import Any

from twilio.request_validator import HMAC_SHA1, RequestValidator

from helpline.gateways.rehearsal import Answer, Asked, post
from tests.fakes.gateway_server import GatewayServer

ACCOUNT = "AC" + "0" * 32
TOKEN = "4d5a1f0c9b8e7d6c5b4a39281706f5e4"


def sid(serial: int, prefix: str = "SM") -> str:
    return f"{prefix}{serial:032x}"


def signed(
    url: str, form: dict[str, str], token: str = TOKEN, algorithm: str = HMAC_SHA1
) -> dict[str, str]:
    """The headers Twilio would send with `form`."""
    signature = RequestValidator(token).compute_signature(url, form, algorithm)
    settings = f"key=webhooks_sharedkey_1,algorithm={algorithm}"
    headers = {"X-Twilio-Signature": signature}
    return headers if algorithm == HMAC_SHA1 else headers | {_SETTINGS: settings}


_SETTINGS = "X-Twilio-Webhooks-Signature-Settings"


def sms_form(serial: int, number: str, text: str, account: str = ACCOUNT) -> dict[str, str]:
    """An incoming SMS with every field Twilio is known to send."""
    return {
        "ToCountry": "BD",
        "ToState": "",
        "SmsMessageSid": sid(serial),
        "NumMedia": "0",
        "ToCity": "",
        "FromZip": "",
        "SmsSid": sid(serial),
        "FromState": "",
        "SmsStatus": "received",
        "FromCity": "",
        "Body": text,
        "FromCountry": "BD",
        "To": "+15005550006",
        "ToZip": "",
        "NumSegments": "1",
        "MessageSid": sid(serial),
        "AccountSid": account,
        "From": number,
        "ApiVersion": "2010-04-01",
    }


def receipt_form(
    message_sid: str, status: str, number: str, error: str = "", account: str = ACCOUNT
) -> dict[str, str]:
    form = {
        "SmsSid": message_sid,
        "SmsStatus": status,
        "MessageStatus": status,
        "To": number,
        "MessageSid": message_sid,
        "AccountSid": account,
        "From": "+15005550006",
        "ApiVersion": "2010-04-01",
    }
    return form | ({"ErrorCode": error} if error else {})


class TwilioFake(GatewayServer):
    def __init__(self, *args: Any, token: str = TOKEN, **options: Any) -> None:
        super().__init__(*args, **options)
        self.token = token
        self.refusals: dict[str, tuple[int, int]] = {}
        self.failed: dict[str, int] = {}
        self.problem_json = False

    def twilio(self, asked: Asked, account_sid: str) -> Answer:
        basic = b64encode(f"{account_sid}:{self.token}".encode()).decode()
        given = {name.lower(): value for name, value in asked.headers.items()}.get("authorization")
        if given != f"Basic {basic}":
            return self._error(401, 20003, "Authenticate")
        number = asked.form["To"]
        if number in self.refusals:
            return self._error(*self.refusals[number], f"The 'To' number {number} is wrong")
        answer = super().twilio(asked, account_sid)
        if number in self.failed:
            resource = json.loads(answer.body) | {
                "status": "failed",
                "error_code": self.failed[number],
            }
            return Answer(201, json.dumps(resource).encode())
        return answer

    def _error(self, status: int, code: int, message: str) -> Answer:
        body: dict[str, Any] = {"code": code, "message": message, "status": status}
        if self.problem_json:
            body = {"type": "about:blank", "title": message, "status": status, "code": code}
        return Answer(status, json.dumps(body).encode())

    def deliver_sms(self, url: str, serial: int, number: str, text: str) -> int:
        form = sms_form(serial, number, text)
        return post(url, form, signed(url, form, self.token))

    def deliver_receipt(self, url: str, message_sid: str, status: str, number: str) -> int:
        form = receipt_form(message_sid, status, number)
        return post(url, form, signed(url, form, self.token))
