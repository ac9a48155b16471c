"""Referrals: what may be shared and in which words of consent, how long an office has, what two sides say."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from helpline.cases.services import Named, Urgency
from helpline.flow.answers import fold_digits
from helpline.flow.words import _

ANSWER_WITHIN: Final[Mapping[str, timedelta]] = {
    Urgency.EMERGENCY: timedelta(hours=24),
    Urgency.URGENT: timedelta(hours=72),
    Urgency.NORMAL: timedelta(days=14),
}
"""How long an office has for its answer (IASC's referral form)."""

GRACE: Final[Mapping[str, timedelta]] = {
    Urgency.EMERGENCY: timedelta(hours=4),
    Urgency.URGENT: timedelta(hours=24),
    Urgency.NORMAL: timedelta(days=3),
}
"""Between two steps of waiting without an answer."""

WALK_IN: Final = timedelta(days=7)
"""An office that names no day is asked after so long whether the client came."""
AFTER_THE_APPOINTMENT: Final = timedelta(hours=3)
SAY_WITHIN: Final = timedelta(days=3)
"""How long both sides have to say what came of it before staff ask."""
SERVE_WITHIN: Final = timedelta(days=30)
"""Between the first visit and the end of a service; after that staff ask."""
LINK_LIVES: Final = timedelta(days=14)
CODE_DIGITS: Final = 5


# -- what is shared ---------------------------------------------------------------------------


class Field(StrEnum):
    """What an office may be told of a client. Each is chosen, and named in the consent, by itself."""

    REFERENCE = "reference"
    """The referral's own number: always, and all there is unless more is chosen."""
    NAME = "name"
    """The first name only."""
    SEX = "sex"
    DISTRICT = "district"
    NEED = "need"
    """What is needed, in a few words that the worker writes for the office."""
    FUNDING = "funding"
    """Who pays for it."""
    CONTACT = "contact"
    """When and how it is safe to contact the client."""
    PHONE = "phone"


FIELDS: Final[Mapping[str, Named]] = {
    Field.REFERENCE: Named("রেফারেল নম্বর", "the referral number"),
    Field.NAME: Named("নামের প্রথম অংশ", "first name"),
    Field.SEX: Named("নারী না পুরুষ", "woman or man"),
    Field.DISTRICT: Named("জেলা", "district"),
    Field.NEED: Named("কী প্রয়োজন", "what is needed"),
    Field.FUNDING: Named("খরচ কে দেবে", "who pays"),
    Field.CONTACT: Named("কখন ও কীভাবে যোগাযোগ নিরাপদ", "when and how contact is safe"),
    Field.PHONE: Named("ফোন নম্বর", "phone number"),
}

CONSENT: Final = "referral-1"
"""The consent text in use. A change of its meaning is another version beside it."""
CONSENTS: Final[Mapping[str, Named]] = {
    "referral-1": Named(
        "আপনি রাজি হলে {service} পাওয়ার জন্য আমরা {provider}-কে শুধু এটুকু জানাব: {fields}। এর বেশি কিছু নয়। "
        "রাজি না হলেও আমাদের সেবা চলবে। পরে যেকোনো সময় মত বদলাতে পারবেন। আপনি কি রাজি?",
        "If you agree, we tell {provider} only this, for {service}: {fields}. Nothing more. If you do "
        "not agree, our service to you goes on. You may take it back at any time. Do you agree?",
    ),
}
CHANNELS: Final = ("voice", "sms", "ussd", "paper")
"""How a client may have said yes or no."""
LONGEST_WORDS: Final = 300

UNCLEAR: Final = "unclear"
FUNDINGS: Final = ("project", "own", "government", "partner", UNCLEAR)
"""Who pays for a service: our project, the client, a fund or office of the government, the office itself."""


def chosen_fields(codes: Iterable[str]) -> tuple[str, ...]:
    """The fields among `codes` in their own order, the reference always first."""
    wanted = set(codes)
    return tuple(each for each in FIELDS if each == Field.REFERENCE or each in wanted)


def consent_text(
    version: str, language: str, *, provider: str, service: str, fields: Iterable[str]
) -> str:
    """What the client is asked, in `bn` or `en`: exactly these fields, this office, this service."""
    names = ", ".join(FIELDS[each].name(language) for each in fields if each in FIELDS)
    values = {"provider": provider, "service": service, "fields": names}
    text = CONSENTS[version].name(language)
    return re.sub(r"\{(\w+)\}", lambda found: values[found[1]], text)


# -- who must look at it ----------------------------------------------------------------------


def needs_check(service: str, restricted: str) -> bool:
    """Whether a supervisor looks before it is sent: restricted cases, and always before the police."""
    return bool(restricted) or service == "police"


# -- how long ---------------------------------------------------------------------------------


def link_ends(now: datetime, answer_by: datetime, appointment: datetime | None = None) -> datetime:
    """Until when the office's link opens: two weeks, and a week past what it has to answer."""
    latest = max(now + LINK_LIVES, answer_by + timedelta(days=7))
    return max(latest, appointment + LINK_LIVES) if appointment else latest


class Step(StrEnum):
    """What a referral that waited too long leads to."""

    REMIND = "remind"
    SUPERVISOR = "supervisor"
    ALTERNATIVE = "alternative"
    ASK = "ask"
    NO_OUTCOME = "no_outcome"


_STEPS: Final[Mapping[str, tuple[Step, ...]]] = {
    "sent": (Step.REMIND, Step.SUPERVISOR, Step.ALTERNATIVE),
    "accepted": (Step.ASK, Step.NO_OUTCOME),
    "attended": (Step.NO_OUTCOME,),
}
STEPS: Final[Mapping[str, int]] = {state: len(steps) for state, steps in _STEPS.items()}
"""How many steps of waiting each state has."""


def due_step(
    state: str, priority: str, taken: int, answer_by: datetime | None, now: datetime
) -> Step | None:
    """The next step of waiting, once its time has come; `taken` were taken before."""
    steps = _STEPS.get(state, ())
    if answer_by is None or taken >= len(steps):
        return None
    pause = GRACE[priority] if state == "sent" else SAY_WITHIN
    return steps[taken] if now >= answer_by + pause * taken else None


# -- what both sides say ----------------------------------------------------------------------


class Said(StrEnum):
    """What a side says of the service."""

    ATTENDED = "attended"
    COMPLETED = "completed"
    NOT_ATTENDED = "not_attended"


_CAME: Final = frozenset({Said.ATTENDED, Said.COMPLETED})

WHY_NOT: Final = ("cost", "distance", "fear", "did_not_know", "other")
"""Why a client did not go; on the phone the digits 1 to 5."""
DECLINED: Final = ("no_capacity", "not_eligible", "not_our_service", "outside_area", "other")
OUTCOMES: Final = ("served", "partly_served", "goes_on", "sent_elsewhere", "nothing_to_do")
GAPS: Final = ("no_provider", "declined", "too_far", "too_expensive", "not_eligible")


def conflict(office: str, client: str) -> bool:
    """Whether one side says that the client was served and the other that not."""
    return bool(office and client) and (office in _CAME) != (client in _CAME)


def confirmed(office: str, client: str) -> bool:
    """Whether both sides say that the client was served."""
    return office in _CAME and client in _CAME


def leads_to(state: str, office: str, client: str) -> tuple[str, ...]:
    """The states that a referral passes through, given what each side has said.

    A service ends when the office says so and the client does not deny it; what they do not agree
    on stays where it is until staff have asked.
    """
    if state == "sent" and office:
        return ("accepted", *leads_to("accepted", office, client))
    if state == "accepted":
        if office in _CAME or client in _CAME:
            return ("attended", *leads_to("attended", office, client))
        return ("not_attended",) if Said.NOT_ATTENDED in (office, client) else ()
    if state == "attended" and office == Said.COMPLETED and not conflict(office, client):
        return ("completed",)
    if state == "not_attended" and Said.NOT_ATTENDED not in (office, client):
        return ("sent", "accepted", *leads_to("accepted", office, client))
    return ()


OFFICE_MAY: Final[Mapping[str, tuple[str, ...]]] = {
    "sent": ("accept", "decline", "attended"),
    "accepted": ("accept", "attended", "completed", "not_attended"),
    "attended": ("completed",),
    "not_attended": ("attended", "completed"),
}
"""What an office may answer in which state; accepting again moves the day."""

DIGITS: Final[Mapping[str, str]] = {
    "1": "accept",
    "2": "decline",
    "3": "attended",
    "4": "not_attended",
}
"""The answers of an office that has nothing but SMS."""

_BY_SMS: Final = re.compile(rf"([0-9]{{{CODE_DIGITS}}})[ .,:-]+([1-4])")


def read_sms(typed: str) -> tuple[str, str] | None:
    """Code and answer of an SMS like `12345 1`; None when it is something else."""
    found = _BY_SMS.fullmatch(fold_digits(typed).strip())
    return (found[1], DIGITS[found[2]]) if found else None


# -- the directory ----------------------------------------------------------------------------

CRITERIA: Final = ("registered", "confidential", "focal_point", "no_harm", "cost_known")
"""What must be true of an office before a client is sent there; all of them."""
PROVIDER_KINDS: Final = ("government", "ngo", "private")
STALE_AFTER: Final = timedelta(days=180)
"""A provider that nobody has verified for so long is shown as unverified."""

CENTRE_SERVICES: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "ttc": ("government", ("skills", "training")),
    "legal_aid": ("government", ("legal_aid",)),
    "occ": ("government", ("crisis_centre",)),
    "demo": ("government", ("job_placement", "remigration")),
    "welfare": ("government", ("wewb_grant", "education", "enterprise")),
    "pkb": ("government", ("bank_loan",)),
    "airport": ("government", ("arrival",)),
}
"""Kind and services that are proposed for a service point of the directory, by its kind (table 4.1)."""


def may_enlist(met: Collection[str]) -> bool:
    """Whether an office meets every criterion."""
    return set(CRITERIA) <= set(met)


def serves(services: str, districts: str, service: str, district: str) -> int | None:
    """How near a provider is: 0 for its own district, 1 when it serves all, None when it does not serve."""
    if service not in services.split():
        return None
    if not districts:
        return 1
    return 0 if district in districts.split() else None


# -- the texts of SMS to offices --------------------------------------------------------------

OFFICE_TEXTS: Final[Mapping[str, str]] = {
    "asked": _(
        "Request {reference} for your office. Please answer by {day}: {link} or by SMS: {code} 1 yes, {code} 2 no."
    ),
    "reminded": _(
        "Request {reference} still waits for your answer: {link} or by SMS: {code} 1 yes, {code} 2 no."
    ),
    "ask": _(
        "Request {reference}: did the visit take place? {link} or by SMS: {code} 3 yes, {code} 4 no."
    ),
    "withdrawn": _("Request {reference} is withdrawn. Please do nothing more about it."),
    "noted": _("Request {reference}: noted, thank you."),
    "not_now": _("Request {reference}: this answer does not fit any more."),
    "unknown": _("We do not know this code. Please look at our last message."),
}
"""They name no client and no service: whoever reads along learns that an office has work."""
