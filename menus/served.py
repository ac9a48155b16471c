"""Whether a service was received, and if not, why: asked of every office one was sent to."""

from __future__ import annotations

from helpline.cases.effects import AnswerReferral
from helpline.flow.words import AnyScreen, Effects, End, Fill, Goto, Menu, Option, Pass, Scene, _


def said_of(scene: Scene, person_id: str, referral_id: str) -> tuple[AnswerReferral, ...]:
    """What was answered to the questions below, about one office."""
    said = "not_attended" if scene.answers["service"] == "no" else "attended"
    why = scene.answers.get("why_not", "") if said == "not_attended" else ""
    return (AnswerReferral(person_id, referral_id, said, why),)


def service_questions(
    needs: str, *, fill: Fill, do: Effects, came: Goto | None = None
) -> tuple[AnyScreen, ...]:
    """The screens that ask whether a service was received. The first is called `service`.

    `came` is where a yes leads, once it is written down; without it the conversation ends.
    """
    noted: tuple[AnyScreen, ...] = ()
    if came is not None:
        noted = (Pass("service_yes", goto=came, do=do, needs=needs),)
    return (
        Menu(
            "service",
            _("{date}: did you get the service?"),
            Option(1, _("Yes"), value="yes", goto="service_yes" if noted else "service_noted"),
            Option(2, _("No"), value="no", goto="why_not"),
            saves="service",
            fill=fill,
            needs=needs,
        ),
        *noted,
        Menu(
            "why_not",
            _("What was the reason?"),
            Option(1, _("The cost"), value="cost"),
            Option(2, _("Too far"), value="distance"),
            Option(3, _("Fear or shame"), value="fear"),
            Option(4, _("Did not know where or when"), value="did_not_know"),
            Option(5, _("Another reason"), value="other"),
            saves="why_not",
            goto="service_noted",
        ),
        End("service_noted", _("Thank you for telling us."), do=do, needs=needs),
    )
