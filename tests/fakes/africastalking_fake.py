"""Africa's Talking over real HTTP: takes bulk texts, delivers key presses, SMS, receipts and opt-outs."""

from typing import Any

from helpline.gateways.rehearsal import Answer, Asked, post
from tests.fakes.gateway_server import GatewayServer


class AfricasTalkingFake(GatewayServer):
    def __init__(self, *args: Any, api_key: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        self.api_key = api_key
        self.refusals: dict[str, tuple[int, str]] = {}
        self.left_out: set[str] = set()
        self.said_twice: set[str] = set()

    def africastalking(self, asked: Asked) -> Answer:
        given = {name.lower(): value for name, value in asked.headers.items()}.get("apikey")
        if self.api_key and given != self.api_key:
            return Answer(401, b"The supplied authentication is invalid", "text/plain")
        return super().africastalking(asked)

    def recipient(self, number: str, text: str) -> dict[str, Any] | None:
        if number in self.refusals:
            code, word = self.refusals[number]
            return {
                "statusCode": code,
                "number": number,
                "status": word,
                "cost": "0",
                "messageId": "None",
            }
        entry = super().recipient(number, text)
        return None if number in self.left_out else entry

    @staticmethod
    def deliver_sms(url: str, message_id: str, number: str, text: str, to: str = "00000") -> int:
        form = {"from": number, "to": to, "text": text, "id": message_id, "linkId": "l"}
        return post(url, form | {"date": "2026-02-03 04:05:06"})

    @staticmethod
    def deliver_receipt(url: str, message_id: str, status: str, reason: str = "") -> int:
        form = {"id": message_id, "status": status, "phoneNumber": "+8801700000001"}
        return post(url, form | ({"failureReason": reason} if reason else {}))
