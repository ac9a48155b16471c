"""The door to what is stored: four secret digits, the same for every task behind it.

What may not be seen by whoever reads the SMS of this phone is not asked by SMS either: the digits
would stay in it.
"""

from __future__ import annotations

from collections.abc import Callable

from helpline.flow.answers import pin
from helpline.flow.words import AnyScreen, Ask, Fork, Menu, Option, Pass, Scene, Text, _

RENEWAL = "renewal"
"""Whether the digits were a code that staff gave for a new secret number."""


def _way_in(scene: Scene) -> str:
    return "by_phone" if scene.facts.channel == "sms" else "pin"


def _closed(scene: Scene) -> str:
    return "renewal.start" if scene.facts.loaded[RENEWAL].person_id else "closed"


def _code(scene: Scene) -> dict[str, Text]:
    return {"code": scene.facts.short_code}


def secret_questions(
    needs: str, opened: Callable[[Scene], str], to: tuple[str, ...], *, first: str = "start"
) -> tuple[AnyScreen, ...]:
    """The screens that ask for the secret digits, the first of which is called `first`.

    `opened` says where the right ones lead, one of `to`; wrong ones, an unknown phone and too many
    tries lead to the same words. Digits that open nothing may be the code of somebody who was told
    one by staff: only then a new secret number is asked for.
    """

    def leads(scene: Scene) -> str:
        return opened(scene) if scene.facts.loaded[needs].person_id else "unopened"

    return (
        Pass(first, goto=Fork(_way_in, ("pin", "by_phone"))),
        Ask(
            "pin",
            _("Write your 4 secret digits."),
            parse=pin(),
            saves="pin",
            goto="open",
            secret=True,
        ),
        Pass("open", goto=Fork(leads, (*to, "unopened")), needs=needs),
        Pass("unopened", goto=Fork(_closed, ("closed", "renewal.start")), needs=RENEWAL),
        Menu(
            "closed",
            _("Nothing to show for these digits."),
            Option(1, _("Try again"), goto="pin"),
            Option(2, _("Talk to a person"), goto="callback.safe"),
        ),
        Menu(
            "by_phone",
            _("For this please dial {code}."),
            Option(1, _("Talk to a person"), goto="callback.safe"),
            fill=_code,
        ),
    )
