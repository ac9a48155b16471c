"""Stopping: messages to this phone, a person's consent, or everything at once and silently."""

from __future__ import annotations

from helpline.cases.effects import (
    MarkUnsafe,
    StartMessages,
    StopMessages,
    WithdrawConsent,
    WrongNumber,
)
from helpline.flow.words import End, Flow, Menu, Option, Scene, _
from menus.dates import NEEDS, known
from menus.secret import secret_questions


def withdraw(scene: Scene) -> tuple[WithdrawConsent, ...]:
    """The person takes back consent."""
    return (WithdrawConsent(known(scene).person_id),)


STOP = Flow(
    "stop",
    Menu(
        "start",
        _("What shall we stop?"),
        Option(1, _("Messages to this phone"), goto="stopped"),
        Option(2, _("My registration"), goto="door"),
        Option(3, _("Start messages again"), goto="started"),
    ),
    End("stopped", _("All right. No more SMS will come."), do=lambda _scene: (StopMessages(),)),
    End("started", _("All right. SMS may come again."), do=lambda _scene: (StartMessages(),)),
    *secret_questions(NEEDS, lambda _scene: "sure", ("sure",), first="door"),
    Menu(
        "sure",
        _("End your registration and every message?"),
        Option(1, _("Yes, end it"), goto="withdrawn"),
        Option(2, _("No"), goto="kept"),
    ),
    End("withdrawn", _("It is ended. You may come back any time."), do=withdraw, needs=NEEDS),
    End("kept", _("All right. Nothing has changed.")),
    # NOTE: no answer at all: somebody else may hold the phone
    End("silent", "", do=lambda _scene: (MarkUnsafe(),)),
    # NOTE: no answer either: whoever holds the phone is a stranger, and learns nothing
    End("wrong", "", do=lambda _scene: (WrongNumber(), MarkUnsafe())),
)
