"""What is asked when somebody's needs are assessed, and what the answers suggest.

The families are those of the framework of services (2.4, 4.2): psychosocial first, then social and
health, then skills and money, then what the person wants to do. A set that was used is never
changed: a change is a new version beside it. Bands and wording are ours and are not a score.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from helpline.cases.needs_short import NEEDS_SHORT_1, SUGGESTS
from helpline.cases.questions import Answers, Choice, Family, Instrument, Question

_UNSAID: Final = Choice("বলতে চান না", "Would rather not say", "unsaid")

# fmt: off
NEEDS_1: Final = Instrument(
    "needs-1",
    first=(
        Family("মন ও নিরাপত্তা", "Mind and safety", "psychosocial",
            (
                Question("গত দুই সপ্তাহে মন কেমন ছিল?", "How have you felt in the last two weeks?", "mood",
                    (Choice("ভালো", "Well", "well"),
                     Choice("মাঝে মাঝে খারাপ", "Low now and then", "low_sometimes"),
                     Choice("বেশির ভাগ সময় খারাপ", "Low most of the time", "low_often", distress=True),
                     Choice("কোনো আশা দেখেন না", "Without hope", "no_hope", distress=True),
                     _UNSAID)),
                Question("ঘুম কেমন হয়?", "How do you sleep?", "sleep",
                    (Choice("ভালো", "Well", "well"), Choice("কম", "Badly", "badly"),
                     Choice("প্রায় হয় না", "Hardly at all", "hardly"), _UNSAID)),
                Question("বিদেশের কোনো ঘটনা কি এখনো কষ্ট দেয়?", "Does something that happened abroad still trouble you?", "abroad",
                    (Choice("না", "No", "no"), Choice("কিছুটা", "A little", "little"),
                     Choice("অনেক", "Very much", "much", distress=True), _UNSAID)),
                Question("এখন কেউ কি ভয় দেখায় বা কষ্ট দেয়?", "Does anybody threaten or hurt you now?", "threat",
                    (Choice("না", "No", "no"), Choice("হ্যাঁ", "Yes", "yes", distress=True),
                     _UNSAID)),
                Question("পরামর্শকের সঙ্গে কথা বলতে চান?", "Would you like to talk with a counsellor?", "counselling",
                    (Choice("হ্যাঁ", "Yes", "yes"), Choice("পরে", "Later", "later"),
                     Choice("না", "No", "no"))),
            ),
        ),
        Family("পরিবার ও সমাজ", "Family and community", "social",
            (
                Question("পরিবার কেমন আছে আপনার পাশে?", "How does your family stand by you?", "family",
                    (Choice("পাশে আছে", "They support me", "supports"),
                     Choice("কিছুটা", "Partly", "partly"),
                     Choice("টানাপোড়েন আছে", "There is tension", "tension"),
                     Choice("একা", "I am alone", "alone"), _UNSAID)),
                Question("এলাকার মানুষ কেমন ব্যবহার করে?", "How do people around you treat you?", "community",
                    (Choice("ভালো", "Well", "well"),
                     Choice("কথা শোনায়", "They talk about me", "talk"),
                     Choice("এড়িয়ে চলে", "They avoid me", "avoid"), _UNSAID)),
                Question("কোথায় থাকেন?", "Where do you live?", "home",
                    (Choice("নিজের বাড়িতে", "In my own home", "own"),
                     Choice("ভাড়া বাড়িতে", "In a rented home", "rented"),
                     Choice("আত্মীয়ের কাছে", "With relatives", "relatives"),
                     Choice("থাকার জায়গা নেই", "I have no place to stay", "none"))),
                Question("কতজন আপনার ওপর নির্ভর করে?", "How many people depend on you?", "dependants",
                    (Choice("কেউ না", "Nobody", "0"), Choice("১ বা ২ জন", "1 or 2", "1_2"),
                     Choice("৩ থেকে ৫ জন", "3 to 5", "3_5"), Choice("আরও বেশি", "More", "more"))),
                Question("বয়স কত?", "How old are you?", "age",
                    (Choice("১৮ বছরের কম", "Under 18", "under_18"),
                     Choice("১৮ থেকে ২৯", "18 to 29", "18_29"),
                     Choice("৩০ থেকে ৪৪", "30 to 44", "30_44"),
                     Choice("৪৫ বা তার বেশি", "45 or older", "45"), _UNSAID)),
            ),
        ),
        Family("শরীর", "Health", "health",
            (
                Question("শরীরে কোনো সমস্যা আছে?", "Is anything wrong with your health?", "health",
                    (Choice("না", "No", "no"), Choice("অসুখ", "An illness", "illness"),
                     Choice("আঘাত", "An injury", "injury"),
                     Choice("প্রতিবন্ধিতা", "A disability", "disability"),
                     Choice("সন্তানসম্ভবা", "Pregnant", "pregnant")), several=True),
                Question("চিকিৎসা পাচ্ছেন?", "Do you get treatment?", "treatment",
                    (Choice("দরকার নেই", "Not needed", "not_needed"),
                     Choice("পাচ্ছেন", "Yes", "yes"),
                     Choice("দরকার, পাচ্ছেন না", "Needed, but not had", "needed"))),
            ),
        ),
    ),
    second=(
        Family("দক্ষতা", "Skills", "skills",
            (
                Question("বিদেশে কী কাজ করতেন?", "What work did you do abroad?", "trade",
                    (Choice("বাসাবাড়ির কাজ", "Domestic work", "domestic"),
                     Choice("নির্মাণ", "Construction", "construction"),
                     Choice("পোশাক কারখানা", "Garments", "garments"),
                     Choice("গাড়ি চালানো", "Driving", "driving"),
                     Choice("রান্না ও হোটেল", "Cooking and hotels", "hotels"),
                     Choice("সেবাযত্ন", "Care", "care"), Choice("কৃষি", "Farming", "farming"),
                     Choice("বিদ্যুৎ বা যন্ত্র", "Electrical or machines", "machines"),
                     Choice("অন্য", "Other", "other")), several=True),
                Question("এই কাজের কোনো সনদ আছে?", "Do you have a certificate of it?", "certificate",
                    (Choice("হ্যাঁ", "Yes", "yes"), Choice("না", "No", "no"))),
                Question("কত দূর পড়েছেন?", "How far did you go to school?", "education",
                    (Choice("পড়েননি", "Not at all", "none"),
                     Choice("প্রাথমিক", "Primary school", "primary"),
                     Choice("মাধ্যমিক", "Secondary school", "secondary"),
                     Choice("আরও বেশি", "Further", "further"))),
            ),
        ),
        Family("আয় ও সম্পদ", "Income and assets", "economic",
            (
                Question("এখন আয় কেমন?", "What do you live on now?", "income",
                    (Choice("আয় নেই", "No income", "none"),
                     Choice("অনিয়মিত", "Now and then", "irregular"),
                     Choice("নিয়মিত", "Regular", "regular"), _UNSAID)),
                Question("ঘরে খাবারের টান পড়ে?", "Is there too little to eat at home?", "food",
                    (Choice("না", "No", "no"), Choice("মাঝে মাঝে", "Now and then", "sometimes"),
                     Choice("প্রায়ই", "Often", "often"))),
                Question("কী কী আছে?", "What do you have?", "assets",
                    (Choice("জমি", "Land", "land"), Choice("গবাদিপশু", "Animals", "animals"),
                     Choice("দোকান বা যন্ত্র", "A shop or tools", "shop"),
                     Choice("সঞ্চয়", "Savings", "savings"),
                     Choice("কিছু নেই", "Nothing", "none")), several=True),
            ),
            money=True,
        ),
        Family("ঋণ", "Debt", "debt",
            (
                Question("কত টাকা ঋণ আছে?", "How much do you owe?", "debt",
                    (Choice("ঋণ নেই", "Nothing", "none"),
                     Choice("৫০ হাজারের কম", "Less than 50,000 taka", "under_50k"),
                     Choice("৫০ হাজার থেকে ২ লাখ", "50,000 to 2 lakh", "50k_2l"),
                     Choice("২ থেকে ৫ লাখ", "2 to 5 lakh", "2l_5l"),
                     Choice("৫ লাখের বেশি", "More than 5 lakh", "over_5l"), _UNSAID)),
                Question("কার কাছে?", "To whom?", "lender",
                    (Choice("ব্যাংক", "A bank", "bank"), Choice("এনজিও", "An NGO", "ngo"),
                     Choice("আত্মীয় বা প্রতিবেশী", "Relatives or neighbours", "relatives"),
                     Choice("মহাজন", "A moneylender", "moneylender"),
                     Choice("দালাল বা এজেন্সি", "A broker or agency", "agent"),
                     Choice("অন্য", "Other", "other")), several=True),
                Question("টাকার জন্য চাপ আছে?", "Are you pressed to pay?", "pressure",
                    (Choice("না", "No", "no"), Choice("তাগাদা দেয়", "They remind me", "reminded"),
                     Choice("হুমকি দেয়", "They threaten me", "threatened", distress=True))),
            ),
            money=True,
        ),
        Family("কী করতে চান", "What you want to do", "intention",
            (
                Question("এখন কী করতে চান?", "What do you want to do now?", "intention",
                    (Choice("চাকরি", "A job", "job"),
                     Choice("নিজের ব্যবসা", "A business of my own", "enterprise"),
                     Choice("আবার বিদেশে যাওয়া", "Go abroad again", "remigrate"),
                     Choice("এখনো জানেন না", "I do not know yet", "undecided"))),
            ),
        ),
        Family("যাচাইকারী যা দেখলেন", "What the assessor saw", "seen",
            (
                Question("এর মধ্যে কোনটি আছে?", "Which of these hold?", "vulnerable",
                    (Choice("চরম দারিদ্র্য", "Extreme poverty", "poverty"),
                     Choice("গুরুতর অসুখ বা আঘাত", "Serious illness or injury", "ill"),
                     Choice("বিদেশে অধিকার লঙ্ঘন", "Rights violated abroad", "abused"),
                     Choice("প্রতিবন্ধিতা", "Disability", "disability"),
                     Choice("মানব পাচার", "Trafficking", "trafficking"),
                     Choice("নিঃস্ব", "Destitute", "destitute")), several=True),
            ),
        ),
    ),
)

# fmt: on

INSTRUMENTS: Final[Mapping[str, Instrument]] = {each.key: each for each in (NEEDS_1, NEEDS_SHORT_1)}
CURRENT: Final = NEEDS_1.key
TRADE: Final = "trade"
CERTIFICATE: Final = "certificate"
TRADES: Final[Mapping[str, Choice]] = {
    choice.code: choice
    for family in NEEDS_1.families
    for question in family.questions
    if question.code == TRADE
    for choice in question.choices
}
"""The work that clients did abroad, by its code: what they are found by."""

_SUGGESTS: Final[Mapping[tuple[str, str], str]] = {
    ("mood", "no_hope"): "risk_form",
    ("mood", "low_often"): "counselling",
    ("sleep", "hardly"): "counselling",
    ("abroad", "much"): "counselling",
    ("counselling", "yes"): "counselling",
    ("threat", "yes"): "safety_first",
    ("pressure", "threatened"): "safety_first",
    ("age", "under_18"): "restrict_minor",
    ("vulnerable", "trafficking"): "restrict_trafficking",
    ("home", "none"): "shelter",
    ("food", "often"): "food",
    ("treatment", "needed"): "treatment",
    ("debt", "2l_5l"): "debt",
    ("debt", "over_5l"): "debt",
    ("lender", "moneylender"): "debt",
    ("certificate", "no"): "skills",
    ("vulnerable", "poverty"): "social_protection",
    ("vulnerable", "disability"): "social_protection",
    ("vulnerable", "destitute"): "shelter",
}
_FIRST: Final = frozenset(
    {
        "risk_form",
        "safety_first",
        "restrict_minor",
        "restrict_trafficking",
        "shelter",
        "treatment",
    }
)
"""What makes a case one that should not wait."""


SERVES: Final[Mapping[str, str]] = {
    "counselling": "counselling",
    "treatment": "health",
    "shelter": "shelter",
    "food": "social_protection",
    "social_protection": "social_protection",
    "debt": "debt",
    "skills": "skills",
    "training": "training",
    "work": "job_placement",
    "enterprise": "enterprise",
    "remigration": "remigration",
    "wages": "bmet_arbitration",
    "legal": "legal_aid",
    "papers": "documents",
}
"""The service that serves a suggestion, by its code in `helpline.cases.services`; safety has no shortcut."""


def services_for(suggested: Iterable[str]) -> tuple[str, ...]:
    """The services that suggestions point to, each once, in their order."""
    return tuple(dict.fromkeys(SERVES[code] for code in suggested if code in SERVES))


def suggestions(answers: Answers) -> tuple[str, ...]:
    """What answers suggest, in codes: people decide, nothing happens by itself.

    The first may be `high_priority`, when something there should not wait.
    """
    every = {**{said: (suggested,) for said, suggested in _SUGGESTS.items()}, **SUGGESTS}
    found = dict.fromkeys(
        suggested
        for (question, code), several in every.items()
        if code in answers.get(question, ())
        for suggested in several
    )
    return (*(["high_priority"] if _FIRST & found.keys() else []), *found)
