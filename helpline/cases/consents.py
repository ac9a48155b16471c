"""What people are asked to agree to, each purpose by itself, and in which words they were asked.

A refusal never costs anybody a service. The words of a version never change: other words are
another version beside it, so that the ledger can say for ever what somebody agreed to.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from helpline.cases.referral_rules import CONSENT, CONSENTS
from helpline.cases.services import Named


class ConsentTo(StrEnum):
    """The purposes. A referral is agreed to one by one: `referral:<reference>:<version>`."""

    REGISTRATION = "registration"
    FOLLOW_UP = "follow_up"
    REFERRAL = "referral"
    STATISTICS = "statistics"
    NEWS = "news"
    GUARDIAN = "guardian"


@dataclass(frozen=True, slots=True)
class Asked:
    """One purpose: its name for staff, the words of every version, and the version read out now."""

    name: Named
    texts: Mapping[str, Named]
    current: str


PURPOSES: Final[Mapping[str, Asked]] = {
    ConsentTo.REGISTRATION: Asked(
        Named("নিবন্ধন", "Registration"),
        {
            "registration-2026-11": Named(
                "আপনার কথা গোপন রাখব, শুধু আপনাকে সাহায্যের কাজে লাগবে। আপনার জেলা, দেশ ও দরকারের কথা "
                "তালাবদ্ধ থাকবে, শুধু আমাদের কর্মীরা দেখেন। যখন খুশি থামাতে বা মত বদলাতে পারবেন; "
                "না বললেও সব সেবা খোলা থাকবে। আপনি কি রাজি?",
                "Your words stay private and are used only to help you. We keep your district, country "
                "and need, locked; only our staff see them. You may stop or take it back at any time, "
                "and every service stays open to you if you say no. Do you agree?",
            ),
        },
        current="registration-2026-11",
    ),
    ConsentTo.FOLLOW_UP: Asked(
        Named("খোঁজখবর ও মনে করিয়ে দেওয়া", "Follow-up and reminders"),
        {
            "follow-up-phone-1": Named(
                "এই ফোনে এসএমএস দিতে পারি? এই নম্বরে ফোন করতে পারি?",
                "May we send SMS to this phone? May we call this phone?",
            ),
            "follow-up-1": Named(
                "আপনি কেমন আছেন জানতে আর সাক্ষাতের কথা মনে করিয়ে দিতে এই ফোনে এসএমএস দিতে বা ফোন করতে পারি? "
                "না বললেও সব সেবা পাবেন। যেকোনো সময় মানা করতে পারেন।",
                "May we write to this phone or call it, to learn how you are and to remind you of "
                "dates? If you say no you get every service all the same. You may end it at any time.",
            ),
        },
        current="follow-up-1",
    ),
    ConsentTo.REFERRAL: Asked(Named("রেফারেল", "Referral"), CONSENTS, current=CONSENT),
    ConsentTo.STATISTICS: Asked(
        Named("পরিসংখ্যান", "Statistics"),
        {
            "statistics-1": Named(
                "আপনার জেলা, দেশ ও দরকারের কথা নাম ছাড়া অন্যদের সাথে মিলিয়ে গোনা যাবে? না বললেও সব সেবা পাবেন।",
                "May your district, country and need be counted together with those of others, without "
                "your name? If you say no you get every service all the same.",
            ),
        },
        current="statistics-1",
    ),
    ConsentTo.NEWS: Asked(
        Named("খবর", "News"),
        {
            "news-1": Named(
                "প্রশিক্ষণ, সুবিধা বা মেলার খবর এই ফোনে এসএমএস করে জানাতে পারি? যেকোনো সময় মানা করতে পারেন।",
                "May we send news about training, benefits or fairs to this phone by SMS? You may end "
                "it at any time.",
            ),
        },
        current="news-1",
    ),
    ConsentTo.GUARDIAN: Asked(
        Named("অভিভাবকের সম্মতি", "A guardian's consent"),
        {
            "guardian-1": Named(
                "শিশুর জন্য নিরাপদ হলে তবেই জিজ্ঞেস করা হয়: আপনি কি এই শিশুর অভিভাবক, আর আমরা ওকে সাহায্য করি "
                "তাতে রাজি? না বললেও শিশুর জন্য সাহায্য খোলা থাকবে।",
                "Asked only where it is safe for the child: are you this child's guardian, and do you "
                "agree that we help the child? Help stays open to the child if you say no.",
            ),
        },
        current="guardian-1",
    ),
}

_LEFT_OUT: Final = re.compile(r"\{\w+\}")
BY_PHONE: Final = "follow-up-phone-1"
"""The version that names the two questions a caller answers in the menu."""


def kind_of(purpose: str) -> str:
    """The key in `PURPOSES` of a purpose as the ledger writes it."""
    return purpose.partition(":")[0]


def words_of(purpose: str, version: str, language: str) -> str:
    """The words of a version in `bn` or `en`; empty when nobody wrote them down.

    What differs from client to client (an office, a service) is left out: the referral tells it.
    """
    asked = PURPOSES.get(kind_of(purpose))
    text = asked.texts.get(version) if asked else None
    return _LEFT_OUT.sub("…", text.name(language)) if text else ""
