"""The short screening of needs: at most eight questions with one digit each, as a phone can ask them.

Each answer is a code; the words callers hear stand in `menus/needs.py` and mean the same. After an
answer that means distress the questions about money and plans are left for another day. The set is
never changed once it was used: a change is a new version beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from helpline.cases.questions import Choice, Family, Instrument, Question

_UNSAID: Final = Choice("বলতে চান না", "Would rather not say", "unsaid")

# fmt: off
NEEDS_SHORT_1: Final = Instrument(
    "needs-short-1",
    first=(
        Family("শরীর ও মন", "Health", "health",
            (
                Question("শরীর-মন কেমন?", "How is your health?", "body",
                    (Choice("ভালো", "Well", "well"),
                     Choice("অসুস্থ, চিকিৎসা পাচ্ছেন", "Ill, and treated", "treated"),
                     Choice("অসুস্থ, চিকিৎসা পাচ্ছেন না", "Ill, and not treated", "untreated"),
                     Choice("মন খুব খারাপ", "The mind suffers", "mind", distress=True),
                     _UNSAID)),
            ),
        ),
        Family("নিরাপত্তা", "Safety", "safety",
            (
                Question("ঘরে নিরাপদ আছেন?", "Are you safe at home?", "safe",
                    (Choice("হ্যাঁ", "Yes", "yes"),
                     Choice("সব সময় না", "Not always", "not_always", distress=True),
                     Choice("না", "No", "no", distress=True),
                     _UNSAID)),
            ),
        ),
        Family("খাবার ও থাকার জায়গা", "Food and shelter", "basics",
            (
                Question("খাবার আর থাকার জায়গা আছে?", "Do you have food and a place to stay?", "basics",
                    (Choice("দুটোই আছে", "Both", "both"),
                     Choice("খাবারের টান আছে", "Food is short", "no_food"),
                     Choice("থাকার জায়গা নেই", "No place to stay", "no_place"),
                     Choice("কোনোটাই নেই", "Neither", "neither"),
                     _UNSAID)),
            ),
        ),
        Family("কাগজপত্র ও আইন", "Papers and law", "law",
            (
                Question("কাগজপত্র সব আছে?", "Do you have your papers?", "papers",
                    (Choice("হ্যাঁ", "Yes", "yes"),
                     Choice("কয়েকটা নেই", "Some are missing", "missing"),
                     Choice("অন্য কেউ রেখে দিয়েছে", "Somebody keeps them", "kept"),
                     _UNSAID)),
                Question("বেতন বাকি, বা আইনি সাহায্য লাগবে?", "Is pay owed to you, or do you need legal help?", "law",
                    (Choice("না", "No", "no"),
                     Choice("বেতন বাকি", "Pay is owed", "wages"),
                     Choice("আইনি সাহায্য লাগবে", "Legal help is needed", "help"),
                     Choice("দুটোই", "Both", "both"),
                     _UNSAID)),
            ),
        ),
    ),
    second=(
        Family("দেনা", "Debt", "debt",
            (
                Question("দেনা শোধ করতে পারছেন?", "Can you pay what you owe?", "owed",
                    (Choice("দেনা নেই", "Owes nothing", "nothing"),
                     Choice("পারছেন", "Can pay", "can_pay"),
                     Choice("কষ্ট হয়", "It is hard", "hard"),
                     Choice("পাওনাদার ভয় দেখায়", "The lender threatens", "threatened", distress=True),
                     _UNSAID)),
            ),
            money=True,
        ),
        Family("কাজ ও ইচ্ছা", "Work and wishes", "work",
            (
                Question("এখন কাজ আছে?", "Do you have work?", "job",
                    (Choice("আছে", "Yes", "yes"),
                     Choice("কাজ দরকার", "Needs work", "needs_work"),
                     Choice("শিখতে চান", "Wants to learn a skill", "training"),
                     Choice("কাজ জানেন, সনদ নেই", "Has a skill, no certificate", "no_certificate"),
                     _UNSAID)),
                Question("কী করতে চান?", "What do you want to do?", "intention",
                    (Choice("চাকরি", "A job", "job"),
                     Choice("নিজের ব্যবসা", "A business of my own", "enterprise"),
                     Choice("আবার বিদেশে যাওয়া", "Go abroad again", "remigrate"),
                     Choice("এখনো জানেন না", "I do not know yet", "undecided"),
                     _UNSAID)),
            ),
            money=True,
        ),
    ),
)
# fmt: on

SUGGESTS: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("safe", "no"): ("safety_first", "counselling"),
    ("safe", "not_always"): ("safety_first", "counselling"),
    ("owed", "threatened"): ("safety_first", "debt"),
    ("body", "mind"): ("counselling",),
    ("body", "untreated"): ("treatment",),
    ("basics", "no_place"): ("shelter",),
    ("basics", "neither"): ("shelter", "food"),
    ("basics", "no_food"): ("food",),
    ("law", "wages"): ("wages",),
    ("law", "help"): ("legal",),
    ("law", "both"): ("wages", "legal"),
    ("papers", "missing"): ("papers",),
    ("papers", "kept"): ("papers", "legal"),
    ("owed", "hard"): ("debt",),
    ("job", "needs_work"): ("work",),
    ("job", "training"): ("training",),
    ("job", "no_certificate"): ("skills",),
    ("intention", "job"): ("work",),
    ("intention", "enterprise"): ("enterprise",),
    ("intention", "remigrate"): ("remigration",),
}
"""What answers suggest, in codes; the first ones come first."""
