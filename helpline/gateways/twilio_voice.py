"""Twilio's voice: instructions as TwiML, calls through the official SDK, webhooks signed like SMS.

Wire facts: gateways.md section 2.4. A room is a conference; nobody in it sees another's number.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from twilio.twiml.voice_response import Dial, Gather, VoiceResponse  # type: ignore[import-untyped]

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
    HangUp,
    Instruction,
    Leave,
    Meet,
    Play,
    Reject,
    Rung,
    Wait,
    mark_of,
    own_number,
    query_for_mark,
    whole,
)

if TYPE_CHECKING:
    from helpline.gateways.twilio_sdk import Caller
    from helpline.gateways.voice import Sounds

STATES: Final = {
    "queued": "placing",
    "initiated": "placing",
    "ringing": "ringing",
    "in-progress": "answered",
    "completed": "ended",
    "busy": "ended",
    "no-answer": "ended",
    "failed": "ended",
    "canceled": "ended",
}
"""`CallStatus`. Any other word is kept and moves nothing."""
FAILURES: Final = {
    "busy": Failure.BUSY,
    "no-answer": Failure.NO_ANSWER,
    "failed": Failure.NETWORK,
    "canceled": Failure.REJECTED,
}
_REPORTED: Final = ["initiated", "ringing", "answered", "completed"]
_LONGEST_CALL: Final = 2 * 3600
_SILENCE: Final = 20
"""Seconds between two looks at somebody who waits, when no music is configured."""


class TwilioVoice:
    """The voice side of one account."""

    meets = True

    def __init__(
        self, name: str, number: str, hooks: str, sounds: Sounds, build: Callable[[], Caller]
    ) -> None:
        self.name = name
        self._number = number
        self._hooks = hooks
        self._sounds = sounds
        self._caller = PerProcess(build)

    def hear(self, request: HookRequest) -> CallHop | CallEvent:
        form = forms.fields(request.content_type, request.body)
        sid, mark = forms.ident(form, "CallSid"), mark_of(request.url)
        status = forms.word(form, "CallStatus").lower()
        if request.kind is Kind.VOICE_EVENTS:
            return CallEvent(
                external_id=sid,
                status=status,
                state=STATES.get(status, ""),
                failure=FAILURES.get(status),
                seconds=whole(form.get("CallDuration", "")),
                mark=mark,
                event_id=f"{sid}:{status}",
            )
        if request.kind is not Kind.VOICE:
            raise Malformed("this is not about a call")
        digits = forms.word(form, "Digits")
        return CallHop(
            external_id=sid,
            caller=e164(form.get("From", "")) or "",
            called=own_number(form.get("To", "")),
            mark=mark,
            digits=digits,
            event_id=f"{sid}:{mark}:{digits[:20]}",
            incoming=forms.word(form, "Direction") == "inbound",
        )

    def tell(self, instructions: Sequence[Instruction]) -> HookReply:
        response = VoiceResponse()
        for each in instructions:
            self._write(response, each)
        return HookReply(str(response), content_type=XML)

    def ring(self, number: str, mark: str, *, seconds: int) -> Rung:
        return self._done(
            lambda caller: caller.ring(
                to=number,
                from_=self._number,
                url=self._step(mark),
                status_callback=f"{self._hooks}/{Kind.VOICE_EVENTS}{query_for_mark(mark)}",
                status_callback_event=_REPORTED,
                timeout=seconds,
                time_limit=_LONGEST_CALL,
                record=False,
            )
        )

    def turn(self, external_id: str, mark: str) -> Rung:
        return self._done(lambda caller: caller.change(external_id, url=self._step(mark)))

    def end(self, external_id: str) -> Rung:
        return self._done(lambda caller: caller.change(external_id, status="completed"))

    def close(self) -> None:
        """Close this process's connections."""
        if caller := self._caller.drop():
            caller.close()

    def _done(self, wish: Callable[[Caller], str]) -> Rung:
        try:
            return Rung(Outcome.ACCEPTED, wish(self._caller.get()))
        except CallError as error:
            trouble = f"twilio-{error.code}" if error.code else error.ending.trouble
            return Rung(error.ending.outcome, trouble=trouble)
        except Exception:  # noqa: BLE001  whatever it was, it may have been done
            return Rung(Outcome.AMBIGUOUS, trouble="unexpected")

    def _step(self, mark: str) -> str:
        return f"{self._hooks}/{Kind.VOICE}{query_for_mark(mark)}"

    def _write(self, response: VoiceResponse, each: Instruction) -> None:
        match each:
            case Play(prompt, language):
                self._heard(response, prompt, language)
            case Ask(prompt, then, language, digits, seconds):
                gather = Gather(
                    input="dtmf",
                    timeout=seconds,
                    action=self._step(then),
                    action_on_empty_result=True,
                    **({"num_digits": digits} if digits else {"finish_on_key": "#"}),
                )
                self._heard(gather, prompt, language)
                response.append(gather)
            case Meet(room, then, ends_with_me):
                dial = Dial(action=self._step(then))
                dial.conference(
                    room,
                    start_conference_on_enter=True,
                    end_conference_on_exit=ends_with_me,
                    beep=False,
                    # Empty: silence. Twilio's own choice is music, and words in English may follow.
                    wait_url="",
                    record="do-not-record",
                )
                response.append(dial)
            case Wait(room, meanwhile, then):
                response.enqueue(
                    room, action=self._step(then), wait_url=self._step(meanwhile), max_queue_size=50
                )
            case Leave():
                response.leave()
            case Reject():
                response.reject(reason="busy")
            case HangUp():
                response.hangup()
            case _:
                raise AssertionError("Twilio has rooms: nobody is dialled or fetched from a call")

    def _heard(self, verb: Any, prompt: Prompt, language: str) -> None:
        if address := self._sounds.address(prompt, language):
            verb.play(address)
        elif prompt is Prompt.MUSIC:
            verb.pause(length=_SILENCE)
        elif words := self._sounds.sentence(prompt, language):
            verb.say(words, language="en-GB" if language == "en" else "bn-IN")
        else:
            verb.play(digits="1")
