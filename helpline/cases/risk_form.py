"""What is asked of somebody who may be in danger, and what level the answers suggest.

The order is that of the crisis lines: already acted, thoughts, plan, means, how soon; then who is
there, what holds her, what was agreed and whom we may call. The wording and the rules are ours, they
are no score and no diagnosis: the worker decides, and may decide otherwise with a reason. A set that
was used is never changed: a change is a new version beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from helpline.cases.questions import Answers, Choice, Family, Instrument, Question

_UNSAID: Final = Choice("বলতে চান না বা জানা যায়নি", "Would rather not say, or not known", "unsaid")

# fmt: off
RISK_1: Final = Instrument(
    "risk-1",
    first=(
        Family("বিপদ", "The danger", "danger",
            (
                Question("নিজের ক্ষতি করার মতো কিছু কি এর মধ্যে করেছেন?", "Has anything been done already to hurt oneself?", "acted",
                    (Choice("না", "No", "no"), Choice("আগে কখনো", "At an earlier time", "earlier"),
                     Choice("এইমাত্র, চিকিৎসা দরকার", "Just now: a doctor is needed", "now"), _UNSAID)),
                Question("মরে যাওয়ার কথা মনে আসে?", "Are there thoughts of dying?", "thoughts",
                    (Choice("না", "No", "no"), Choice("মাঝে মাঝে", "Now and then", "sometimes"),
                     Choice("প্রায়ই", "Often", "often"), Choice("সারাক্ষণ", "All the time", "always"), _UNSAID)),
                Question("কীভাবে, তা কি ভেবেছেন?", "Is there a plan?", "plan",
                    (Choice("না", "No", "no"), Choice("আবছা", "A vague one", "vague"),
                     Choice("পরিষ্কার", "A clear one", "clear"), _UNSAID)),
                Question("যা দিয়ে ক্ষতি হতে পারে, তা কি হাতের কাছে আছে?", "Are the means at hand?", "means",
                    (Choice("না", "No", "no"), Choice("চাইলে পাওয়া যায়", "They could be had", "possible"),
                     Choice("হাতের কাছে আছে", "They are at hand", "at_hand"), _UNSAID)),
                Question("কখন? আগামী দুই দিনে কী হতে পারে?", "When? What may happen in the next two days?", "when",
                    (Choice("কোনো সময় ভাবেননি", "No time in mind", "none"),
                     Choice("কোনো একদিন", "Some day", "some_day"),
                     Choice("দুই দিনের মধ্যে", "Within 24 to 48 hours", "two_days"),
                     Choice("আজ বা এখনই", "Today or now", "now"), _UNSAID)),
                Question("অন্য কেউ কি ভয় দেখায় বা কষ্ট দেয়?", "Is there danger from somebody else?", "from_others",
                    (Choice("না", "No", "no"), Choice("ভয় দেখায়", "Threats", "threat"),
                     Choice("মারধর করে", "Is hurt again and again", "hurt"),
                     Choice("আটকে রেখেছে", "Is held", "held"),
                     Choice("এই মুহূর্তে মারছে", "Is being hurt at this moment", "now"), _UNSAID)),
                Question("আর কে বিপদে আছে?", "Who else is in danger?", "who_else",
                    (Choice("কেউ না", "Nobody", "nobody"), Choice("অন্য একজন বড় মানুষ", "Another adult", "adult"),
                     Choice("একটি শিশু", "A child", "child"), _UNSAID)),
                Question("এখন সঙ্গে কে আছে?", "Who is there now?", "alone",
                    (Choice("কেউ সঙ্গে থাকবে", "Somebody stays", "together"),
                     Choice("কাছাকাছি কেউ আছে", "Somebody is near", "near"),
                     Choice("একা", "Alone", "alone"), _UNSAID)),
            ),
        ),
        Family("যা ধরে রাখে", "What holds", "holds",
            (
                Question("কী বা কে বাঁচার জোর দেয়?", "What or who gives strength?", "protects",
                    (Choice("সন্তান", "Children", "children"), Choice("পরিবার", "Family", "family"),
                     Choice("বন্ধু", "Friends", "friends"), Choice("ধর্মবিশ্বাস", "Faith", "faith"),
                     Choice("সামনে কিছু করার ইচ্ছা", "Something to look forward to", "future"),
                     Choice("সাহায্য চান", "Wants help", "wants_help"),
                     Choice("কিছুই না", "Nothing", "nothing")), several=True),
                Question("একসঙ্গে কী ঠিক হলো?", "What was agreed together?", "agreed",
                    (Choice("বিপদের জিনিস দূরে রাখা হবে", "The means are put out of reach", "means_away"),
                     Choice("কেউ সঙ্গে থাকবে", "Somebody stays with the person", "company"),
                     Choice("নিরাপদ জায়গায় যাবেন", "Goes to a safe place", "safe_place"),
                     Choice("খারাপ লাগলে আমাদের জানাবেন", "Tells us when it gets worse", "calls_us"),
                     Choice("আবার কথা বলার সময়", "A time for the next talk", "next_talk"),
                     Choice("কিছু ঠিক করা যায়নি", "Nothing could be agreed", "nothing")), several=True),
                Question("নিজের ঠিক করা কাউকে কি আমরা ফোন করতে পারি?", "May we call somebody the person names?", "may_call",
                    (Choice("হ্যাঁ, এই মানুষকে", "Yes, this person", "yes"), Choice("না", "No", "no"),
                     Choice("জিজ্ঞেস করা যায়নি", "It could not be asked", "not_asked"))),
                Question("হাসপাতালে যেতে রাজি?", "Would the person go to a hospital?", "hospital",
                    (Choice("দরকার নেই", "Not needed", "not_needed"), Choice("রাজি", "Yes", "yes"),
                     Choice("রাজি না", "No", "no"),
                     Choice("জিজ্ঞেস করা যায়নি", "It could not be asked", "not_asked"))),
            ),
        ),
    ),
    second=(),
)
# fmt: on

RISK_FORMS: Final[Mapping[str, Instrument]] = {RISK_1.key: RISK_1}
CURRENT: Final = RISK_1.key

LEVELS: Final = ("none", "low", "high", "imminent")
"""What a review may find, from the least to the most urgent."""
GRAVE: Final = frozenset({"high", "imminent"})
"""Levels after which somebody is called again, and the worker has a debriefing."""

# How grave an answer is. What was not said, or not known, counts as the least that must not be
# taken for a no; what protects somebody never makes the danger smaller.
_WEIGHT: Final[Mapping[str, Mapping[str, int]]] = {
    "acted": {"no": 0, "unsaid": 0, "earlier": 1, "now": 2},
    "thoughts": {"no": 0, "unsaid": 1, "sometimes": 1, "often": 2, "always": 3},
    "plan": {"no": 0, "unsaid": 0, "vague": 1, "clear": 2},
    "means": {"no": 0, "unsaid": 0, "possible": 1, "at_hand": 2},
    "when": {"none": 0, "unsaid": 0, "some_day": 1, "two_days": 2, "now": 3},
    "from_others": {"no": 0, "unsaid": 0, "threat": 1, "hurt": 2, "held": 3, "now": 4},
    "who_else": {"nobody": 0, "unsaid": 0, "adult": 1, "child": 2},
    "alone": {"together": 0, "near": 1, "unsaid": 1, "alone": 2},
}
_SEVERAL: Final = 2
_NOT_YET_ASKED: Final = {"thoughts": 1, "alone": 1}


def suggested(answers: Answers) -> str:
    """The level that answers to `risk-1` suggest: none, low, high or imminent.

    A graver answer to any question never suggests a lower level. Nothing asked is low: it is not none.
    """
    acted, thoughts, plan, means = (_w(answers, q) for q in ("acted", "thoughts", "plan", "means"))
    when, others, child, alone = (
        _w(answers, q) for q in ("when", "from_others", "who_else", "alone")
    )
    imminent = (
        acted >= 2,  # noqa: PLR2004  weights as in the table
        others >= 4,  # noqa: PLR2004
        plan >= 1 and means >= 1 and when >= 2,  # noqa: PLR2004
        thoughts >= 1 and when >= 3,  # noqa: PLR2004
    )
    high = (
        plan >= _SEVERAL,
        when >= _SEVERAL,
        thoughts >= 3,  # noqa: PLR2004
        acted >= 1 and thoughts >= 1,
        thoughts >= _SEVERAL and (means >= 1 or alone >= _SEVERAL),
        others >= _SEVERAL,
        others >= 1 and child >= _SEVERAL,
    )
    if any(imminent):
        return "imminent"
    if any(high):
        return "high"
    return "low" if any((acted, thoughts, plan, when, others, child)) else "none"


def speaks_of_suicide(answers: Answers) -> bool:
    """Whether the answers are about dying by one's own hand: then few should see the case."""
    said = {code: set(answers.get(code, ())) for code in ("acted", "thoughts", "plan")}
    return bool(
        said["acted"] & {"earlier", "now"}
        or said["thoughts"] & {"sometimes", "often", "always"}
        or said["plan"] & {"vague", "clear"}
    )


def _w(answers: Answers, question: str) -> int:
    given = answers.get(question) or ()
    if not given:
        return _NOT_YET_ASKED.get(question, 0)
    return max(_WEIGHT[question][code] for code in given)


NO_FORM: Final = ("no_contact", "refused", "not_safe", "in_care", "not_in_danger", "unknown_person")
"""Why no form could be gone through: nobody answers, she does not want to, it is not safe to talk,
others care for her already, the sign was none (a wrong alarm), it is not known who it is about."""
GOES_ON: Final = frozenset({"no_contact", "refused", "not_safe"})
"""Reasons that end nothing: the next of the ladder has it."""

LADDER: Final = ("supervisor", "psychologist", "trusted", "hospital", "police")
"""Who is asked after the worker, in this order; the last only when two people agree, on written grounds."""
