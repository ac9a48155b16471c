"""Africa's Talking voice, as far as its contract goes: one caller, one dialled number, one queue.

There are no rooms that others may join and leave, so there is no warm transfer: the staff side
dials the client with `Dial`, which is the last thing a call does once it is answered, or takes a
caller out of a queue. Wire facts: gateways.md section 1.4; that the form of an outgoing call has
the callee in `callerNumber`, and what the last form says of a dialled number, are from memory.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final
from xml.etree.ElementTree import Element, SubElement, tostring

import msgspec

from helpline.cases.voice import Failure, Prompt
from helpline.gateways import forms
from helpline.gateways.numbers import e164
from helpline.gateways.port import HookReply, HookRequest, Kind, Malformed, Outcome
from helpline.gateways.sending import CallError, PerProcess
from helpline.gateways.voice import (
    XML,
    Ask,
    CallEvent,
    CallHop,
    Fetch,
    HangUp,
    Instruction,
    Play,
    Reach,
    Reject,
    Rung,
    Wait,
    mark_of,
    own_number,
    query_for_mark,
    whole,
)

if TYPE_CHECKING:
    from helpline.gateways.africastalking_sdk import KeptVoiceService
    from helpline.gateways.voice import Sounds

CAUSES: Final = {
    "user_busy": Failure.BUSY,
    "no_answer": Failure.NO_ANSWER,
    "no_user_response": Failure.NO_ANSWER,
    "allotted_timeout": Failure.NO_ANSWER,
    "call_rejected": Failure.REJECTED,
    "originator_cancel": Failure.REJECTED,
    "subscriber_absent": Failure.NETWORK,
    "unallocated_number": Failure.NETWORK,
    "destination_out_of_order": Failure.NETWORK,
    "normal_temporary_failure": Failure.NETWORK,
    "service_unavailable": Failure.NETWORK,
}
"""`hangupCause`, in lower case; any other word is an ordinary end."""

_TAKEN: Final = frozenset({"queued", "success", "processed", "sent"})


class AfricasTalkingVoice:
    """The voice side of one account."""

    meets = False

    def __init__(
        self,
        name: str,
        number: str,
        hooks: str,
        sounds: Sounds,
        build: Callable[[], KeptVoiceService],
    ) -> None:
        self.name = name
        self._number = number
        self._hooks = hooks
        self._sounds = sounds
        self._service = PerProcess(build)

    def hear(self, request: HookRequest) -> CallHop | CallEvent:
        form = forms.fields(request.content_type, request.body)
        session, mark = forms.ident(form, "sessionId"), mark_of(request.url)
        active = forms.word(form, "isActive")
        if request.kind is Kind.VOICE and active == "1":
            digits = forms.word(form, "dtmfDigits")
            return CallHop(
                external_id=session,
                caller=e164(form.get("callerNumber", "")) or "",
                called=own_number(form.get("destinationNumber", "")),
                mark=mark,
                digits="" if digits == "undefined" else digits,
                event_id=f"{session}:{mark}:{digits[:20]}",
                incoming=forms.word(form, "direction").lower() == "inbound",
            )
        if request.kind not in (Kind.VOICE, Kind.VOICE_EVENTS):
            raise Malformed("this is not about a call")
        return _event(form, session, mark, over=active == "0")

    def tell(self, instructions: Sequence[Instruction]) -> HookReply:
        response = Element("Response")
        for each in instructions:
            self._write(response, each)
        body = tostring(response, encoding="unicode")
        return HookReply(f'<?xml version="1.0" encoding="UTF-8"?>{body}', content_type=XML)

    def ring(self, number: str, mark: str, *, seconds: int) -> Rung:
        del mark, seconds  # the call API takes neither: the call is known again by its session
        try:
            answer = self._service.get().ring(self._number, number)
        except CallError as error:
            return Rung(error.ending.outcome, trouble=error.ending.trouble)
        except Exception:  # noqa: BLE001  whatever it was, the phone may ring
            return Rung(Outcome.AMBIGUOUS, trouble="unexpected")
        return _rung(answer)

    def turn(self, external_id: str, mark: str) -> Rung:
        del external_id, mark
        return Rung(Outcome.REFUSED, trouble="not-offered")

    def end(self, external_id: str) -> Rung:
        del external_id
        return Rung(Outcome.REFUSED, trouble="not-offered")

    def close(self) -> None:
        """Close this process's connections."""
        if service := self._service.drop():
            service.close()

    def _write(self, response: Element, each: Instruction) -> None:
        match each:
            case Play(prompt, language):
                self._heard(response, prompt, language)
            case Ask(prompt, then, language, digits, seconds):
                asked = {"timeout": str(seconds), "callbackUrl": self._step(then)}
                asked |= {"numDigits": str(digits)} if digits else {"finishOnKey": "#"}
                self._heard(SubElement(response, "GetDigits", asked), prompt, language)
                # nobody pressed: the call goes on behind it
                SubElement(response, "Redirect").text = self._step(then)
            case Wait(room, _, _):
                music = self._sounds.address(Prompt.MUSIC, "bn")
                more = {"holdMusic": music} if music else {}
                SubElement(response, "Enqueue", {"name": room, **more})
            case Fetch(room, number):
                SubElement(response, "Dequeue", {"name": room, "phoneNumber": number})
            case Reach(number, caller_id, then):
                dialled = {"phoneNumbers": number, "callerId": caller_id, "record": "false"}
                SubElement(response, "Dial", dialled)
                SubElement(response, "Redirect").text = self._step(then)
            case Reject():
                SubElement(response, "Reject")
            case HangUp():
                pass  # a call whose instructions are over is hung up
            case _:
                raise AssertionError("there are no rooms here")

    def _heard(self, parent: Element, prompt: Prompt, language: str) -> None:
        if address := self._sounds.address(prompt, language):
            SubElement(parent, "Play", {"url": address})
        elif words := self._sounds.sentence(prompt, language):
            SubElement(parent, "Say").text = words
        elif parent.tag == "GetDigits":
            # a child is needed; a beep and no words
            SubElement(parent, "Say", {"playBeep": "true"}).text = " "

    def _step(self, mark: str) -> str:
        return f"{self._hooks}/{Kind.VOICE}{query_for_mark(mark)}"


def _event(form: dict[str, str], session: str, mark: str, *, over: bool) -> CallEvent:
    cause = forms.word(form, "hangupCause").lower()
    status = forms.word(form, "callSessionState").lower() or cause or ("completed" if over else "")
    talked = forms.word(form, "dialDurationInSeconds")
    return CallEvent(
        external_id=session,
        status=status,
        state="ended" if over or status == "completed" else _STATES.get(status, ""),
        failure=CAUSES.get(cause),
        seconds=whole(form.get("durationInSeconds", "")),
        mark=mark,
        event_id=f"{session}:{status}:{int(over)}"[:150],
        talked=whole(talked) > 0 if talked else None,
    )


_STATES: Final = {"ringing": "ringing", "answered": "answered", "active": "answered"}


def _rung(answer: bytes) -> Rung:
    """`{"entries": [{"phoneNumber": …, "status": "Queued", "sessionId": …}], "errorMessage": "None"}`."""
    try:
        [entry] = msgspec.json.decode(answer)["entries"]
        status, session = str(entry["status"]).lower(), str(entry.get("sessionId") or "")
    except (ValueError, LookupError, TypeError):
        return Rung(Outcome.AMBIGUOUS, trouble="unreadable-answer")
    if status in _TAKEN and session not in ("", "None"):
        return Rung(Outcome.ACCEPTED, session[: forms.LONGEST_ID])
    return Rung(Outcome.REFUSED, trouble=status[:40].replace(" ", "-") or "refused")
