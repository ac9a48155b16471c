"""The services a client may be directed to: one code each, with its names, urgency and lead agency.

The codes are the service taxonomy of the draft reintegration policy (2.4.1 III b, 2.4.3.1 II), with
what the framework of services and the referral policy brief name besides. Lead agencies are those of
the framework's table 4.1, or the office that a source of the directory names; where none is named,
none is made up. A code never changes: reports count by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Urgency(StrEnum):
    """How soon the office must answer (IASC's referral form): 24 hours, 72 hours, two weeks."""

    EMERGENCY = "emergency"
    URGENT = "urgent"
    NORMAL = "normal"


class Area(StrEnum):
    """Under which heading a service is offered, counted and planned."""

    PSYCHOSOCIAL = "psychosocial"
    PROTECTION = "protection"
    LEGAL = "legal"
    SOCIAL = "social"
    ECONOMIC = "economic"


@dataclass(frozen=True, slots=True)
class Named:
    """A name in both languages of the desk."""

    bn: str
    en: str

    def name(self, language: str) -> str:
        """The name in `bn` or `en`."""
        return self.en if language == "en" else self.bn


@dataclass(frozen=True, slots=True)
class Service(Named):
    """One service. `lead` are keys of `AGENCIES`; `restricts` is why a case that needs it is restricted."""

    code: str
    area: Area
    urgency: Urgency
    lead: tuple[str, ...] = ()
    restricts: str = ""


AGENCIES: Final[Mapping[str, Named]] = {
    "bank": Named("ব্যাংক", "Banks"),
    "bmet": Named("জনশক্তি, কর্মসংস্থান ও প্রশিক্ষণ ব্যুরো (বিএমইটি)", "BMET"),
    "cso": Named("নাগরিক সংগঠন", "Civil society organisations"),
    "demo": Named("জেলা কর্মসংস্থান ও জনশক্তি অফিস", "District employment and manpower office (DEMO)"),
    "dss": Named("সমাজসেবা অধিদপ্তর", "Department of Social Services (DSS)"),
    "dwa": Named("মহিলা বিষয়ক অধিদপ্তর", "Department of Women Affairs (DWA)"),
    "legal_aid": Named("জাতীয় আইনগত সহায়তা প্রদান সংস্থা", "National Legal Aid Services Organisation"),
    "mowca": Named("মহিলা ও শিশু বিষয়ক মন্ত্রণালয়", "Ministry of Women and Children Affairs"),
    "ngo": Named("এনজিও", "NGOs"),
    "pkb": Named("প্রবাসী কল্যাণ ব্যাংক", "Probashi Kallyan Bank (PKB)"),
    "police": Named("বাংলাদেশ পুলিশ", "Bangladesh Police"),
    "ttc": Named("কারিগরি প্রশিক্ষণ কেন্দ্র (টিটিসি)", "Technical training centre (TTC)"),
    "wewb": Named("ওয়েজ আর্নার্স কল্যাণ বোর্ড", "Wage Earners' Welfare Board (WEWB)"),
}

_ALL: Final = (
    Service("পরামর্শ (কাউন্সেলিং)", "Counselling", "counselling", Area.PSYCHOSOCIAL, Urgency.URGENT, ("cso", "dwa", "dss", "demo", "wewb")),
    Service("মানসিক স্বাস্থ্যসেবা", "Mental health care", "mental_health", Area.PSYCHOSOCIAL, Urgency.URGENT),
    Service("স্বাস্থ্যসেবা", "Health care", "health", Area.PSYCHOSOCIAL, Urgency.NORMAL),
    Service("হাসপাতালে চিকিৎসা", "Hospital treatment", "hospital", Area.PSYCHOSOCIAL, Urgency.EMERGENCY),
    Service("সহমর্মী দল বা এলাকার সংগঠন", "Peer group or community organisation", "peer_group", Area.PSYCHOSOCIAL, Urgency.NORMAL, ("cso", "wewb")),
    Service("নিরাপদ আশ্রয়", "Safe shelter", "shelter", Area.PROTECTION, Urgency.EMERGENCY),
    Service("পৌঁছানোর পর খাবার ও যাতায়াত", "Food and transport on arrival", "arrival", Area.PROTECTION, Urgency.EMERGENCY, ("wewb",)),
    Service("ওয়ান-স্টপ ক্রাইসিস সেন্টার (ওসিসি)", "One-stop crisis centre (OCC)", "crisis_centre", Area.PROTECTION, Urgency.EMERGENCY, ("mowca",), "gbv"),
    Service("শিশু সুরক্ষা", "Child protection", "child_protection", Area.PROTECTION, Urgency.EMERGENCY, ("dss",), "minor"),
    Service("পুলিশ (শুধু সম্মতি নিয়ে)", "Police (only with consent)", "police", Area.PROTECTION, Urgency.URGENT, ("police",)),
    Service("আইনি সহায়তা", "Legal aid", "legal_aid", Area.LEGAL, Urgency.NORMAL, ("legal_aid",)),
    Service("বিএমইটি সালিস", "BMET arbitration", "bmet_arbitration", Area.LEGAL, Urgency.NORMAL, ("bmet",)),
    Service("স্থানীয় মীমাংসা", "Local mediation", "mediation", Area.LEGAL, Urgency.NORMAL),
    Service("কাগজপত্র ও নিবন্ধন", "Documents and registration", "documents", Area.SOCIAL, Urgency.NORMAL),
    Service("শিক্ষা ও বৃত্তি", "Education and scholarships", "education", Area.SOCIAL, Urgency.NORMAL, ("wewb",)),
    Service("সামাজিক সুরক্ষা ভাতা", "Social protection", "social_protection", Area.SOCIAL, Urgency.NORMAL, ("dss", "dwa", "wewb")),
    Service("কল্যাণ বোর্ডের অনুদান", "Grants of the Welfare Board", "wewb_grant", Area.SOCIAL, Urgency.NORMAL, ("wewb",)),
    Service("ঋণের চাপে সহায়তা", "Help with debt", "debt", Area.ECONOMIC, Urgency.NORMAL, ("ngo", "cso")),
    Service("ব্যাংক ঋণ (প্রবাসী কল্যাণ ব্যাংক)", "Bank loan (PKB)", "bank_loan", Area.ECONOMIC, Urgency.NORMAL, ("pkb", "bank", "wewb")),
    Service("দক্ষতার সনদ (আরপিএল)", "Recognition of skills (RPL)", "skills", Area.ECONOMIC, Urgency.NORMAL, ("ttc", "bmet")),
    Service("প্রশিক্ষণ", "Training", "training", Area.ECONOMIC, Urgency.NORMAL, ("ttc", "bmet")),
    Service("চাকরির ব্যবস্থা", "Job placement", "job_placement", Area.ECONOMIC, Urgency.NORMAL, ("demo", "ngo", "wewb")),
    Service("ব্যবসা ও উদ্যোগ", "Enterprise", "enterprise", Area.ECONOMIC, Urgency.NORMAL, ("pkb", "bank", "wewb")),
    Service("নিরাপদে আবার বিদেশে যাওয়া", "Safe remigration", "remigration", Area.ECONOMIC, Urgency.NORMAL, ("demo", "bmet")),
)  # fmt: skip

SERVICES: Final[Mapping[str, Service]] = {each.code: each for each in _ALL}
"""By code, in the order in which they are offered."""

AREAS: Final[Mapping[Area, Named]] = {
    Area.PSYCHOSOCIAL: Named("মন ও শরীর", "Mind and body"),
    Area.PROTECTION: Named("নিরাপত্তা", "Safety"),
    Area.LEGAL: Named("আইন ও বিচার", "Law and justice"),
    Area.SOCIAL: Named("সামাজিক সেবা", "Social services"),
    Area.ECONOMIC: Named("আয় ও কাজ", "Income and work"),
}


def service_name(code: str, language: str) -> str:
    """What a service is called in `bn` or `en`; an unknown code as it stands."""
    service = SERVICES.get(code)
    return service.name(language) if service else code


def lead_names(code: str, language: str) -> tuple[str, ...]:
    """The lead agencies of a service by name, the first one first; none where no source names one."""
    service = SERVICES.get(code)
    return tuple(AGENCIES[key].name(language) for key in service.lead) if service else ()
