"""A new secret number: asked for only after a code that staff said, typed where the old one is asked.

Nothing of one's own is shown here, and nothing leads here without such a code.
"""

from __future__ import annotations

from helpline.cases.effects import RenewPin
from helpline.cases.own import Renewal
from helpline.flow.answers import pin
from helpline.flow.words import Ask, End, Flow, Fork, Scene, Several, _
from menus.secret import RENEWAL as NEEDS


def known(scene: Scene) -> Renewal:
    """Whose code it was, as long as it may be used."""
    found = scene.facts.loaded[NEEDS]
    return found if isinstance(found, Renewal) else Renewal()


def chosen(typed: str, scene: Scene) -> str | Several | None:
    """Four digits as at registration; not those of the code, which others may have overheard."""
    said = pin()(typed, scene)
    return None if said == known(scene).code else said


def renew(scene: Scene) -> tuple[RenewPin]:
    """The new secret number of whoever the code was given for."""
    return (RenewPin(known(scene).person_id, scene.answers["pin"]),)


RENEWAL = Flow(
    "renewal",
    Ask(
        "start",
        _("Choose 4 new secret digits, not the same ones."),
        parse=chosen,
        saves="pin",
        # The time of the code may run out while she is choosing.
        goto=Fork(
            lambda scene: "done" if known(scene).person_id else "dates.closed",
            ("done", "dates.closed"),
        ),
        needs=NEEDS,
    ),
    End(
        "done",
        _("Your new secret digits are kept. The old ones have ended."),
        do=renew,
        needs=NEEDS,
    ),
)
