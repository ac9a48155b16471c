"""The gateway of a developer's machine: a plain form in, a line of JSON in a file out.

It speaks to the phone in the terminal and stands in while no gateway is configured.

* `ussd`: `sessionId`, `phoneNumber`, `text` (the last input only), `new=1` on the first key press,
  and optionally `id`, which names the key press so that a repeat is known as one.
* `sms`: `id`, `from`, `to`, `text`.
"""

from __future__ import annotations

import json
import os
import secrets as random
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from helpline.gateways import forms
from helpline.gateways.port import (
    Capabilities,
    Charset,
    Delivery,
    HookReply,
    HookRequest,
    Kind,
    Malformed,
    Outcome,
    Outgoing,
    Secrets,
    SmsHeard,
    UssdHeard,
    Verdict,
)
from helpline.gateways.proof import PathSecret
from helpline.gateways.sending import CallError, Ending, send_in_calls

if TYPE_CHECKING:
    from collections.abc import Sequence


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`outbox_path` is the file that texts are appended to; the secret is `path`."""

    outbox_path: str = ""
    charset: Charset = Charset.UCS2


class Console:
    """Texts go to a file that only this user can read; everything is accepted."""

    def __init__(self, name: str, secrets: Secrets, options: Options) -> None:
        self.name = name
        self.capabilities = Capabilities(
            ussd=True, sms=True, charset=options.charset, bulk=100, receipts="none"
        )
        self._path_secret = PathSecret((secrets.get("path"), secrets.get("path_previous")))
        self._outbox = Path(options.outbox_path) if options.outbox_path else None

    def admit(self, request: HookRequest, secret: str | None) -> None:
        del request
        self._path_secret.check(secret)

    def read(self, request: HookRequest) -> UssdHeard | SmsHeard:
        form = forms.fields(request.content_type, request.body)
        if request.kind is Kind.USSD:
            session_id = forms.ident(form, "sessionId")
            press = forms.ident(form, "id") if "id" in form else random.token_hex(8)
            return UssdHeard(
                session_id=session_id,
                address=forms.phone(form, "phoneNumber"),
                text=forms.required(form, "text"),
                begins=form.get("new") == "1",
                cumulative=False,
                event_id=f"{session_id[:60]}:{press}",
            )
        if request.kind is Kind.SMS:
            return SmsHeard(
                address=forms.phone(form, "from"),
                to=forms.word(form, "to"),
                text=forms.required(form, "text"),
                event_id=forms.ident(form, "id"),
            )
        raise Malformed("the console delivers key presses and SMS only")

    def screen(self, text: str, *, final: bool) -> HookReply:
        return HookReply(f"END {text}" if final else f"CON {text}")

    def acknowledge(self, kind: Kind) -> HookReply:
        del kind
        return HookReply()

    def send(self, messages: Sequence[Outgoing]) -> list[Verdict]:
        return send_in_calls(messages, self._append, most=self.capabilities.bulk)

    def delivery(self, status: str) -> Delivery:
        del status
        return Delivery.UNKNOWN

    def _append(self, batch: list[Outgoing]) -> list[Ending]:
        if self._outbox is None:
            raise CallError(Ending(Outcome.MISCONFIGURED, "no-outbox"))
        now = datetime.now(UTC).isoformat(timespec="seconds")
        accepted = [Ending(Outcome.ACCEPTED, external_id=random.token_hex(12)) for _ in batch]
        lines = "".join(
            json.dumps(
                {
                    "id": message.message_id,
                    "external_id": ending.external_id,
                    "to": message.number,
                    "text": message.text,
                    "at": now,
                },
                ensure_ascii=False,
            )
            + "\n"
            for message, ending in zip(batch, accepted, strict=True)
        ).encode()
        try:
            # One write in append mode: lines of several workers do not mix.
            descriptor = os.open(self._outbox, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(descriptor, lines)
            finally:
                os.close(descriptor)
        except OSError:
            raise CallError(Ending(Outcome.MISCONFIGURED, "outbox-unwritable")) from None
        return accepted
