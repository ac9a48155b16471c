"""Who works at the desk of the demo, when it is open, and which offices it knows. All of it is made up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta
from typing import TYPE_CHECKING, Final

import pyotp

from helpline.cases.calendar import local
from helpline.cases.campaigns import Segment
from helpline.cases.referral_rules import CRITERIA
from helpline.cases.roles import Role
from helpline.service.desk import (
    accounts,
    campaigns,
    hours,
    login,
    own_account,
    presence,
    providers,
    sessions,
)
from helpline.service.desk.acting import acting
from helpline.store.desk import accounts as account_rows
from helpline.store.desk import providers as provider_rows

if TYPE_CHECKING:
    from helpline.cases.roles import Member
    from helpline.service.parts import Parts

PASSWORD: Final = "seven green boats"  # noqa: S105  the demo's published one
LEGAL_AID: Final = "Demo legal aid office (fictional)"
_STEP: Final = 30


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of the demo's staff; `rank` is their place on the ladder of those on call."""

    username: str
    name: str
    role: Role
    sex: str = "woman"
    number: str = ""
    skills: frozenset[str] = frozenset()
    rank: int | None = None
    organisation: str = ""


STAFF: Final = (
    Colleague("farzana", "ফারজানা", Role.SUPERVISOR, number="+8801300000901", rank=1),
    Colleague("selim", "সেলিম", Role.SUPERVISOR, "man", number="+8801300000902", rank=2),
    Colleague("nasrin", "নাসরিন", Role.COUNSELLOR, number="+8801300000903"),
    Colleague("kamal", "কামাল", Role.COUNSELLOR, "man", number="+8801300000904"),
    Colleague(
        "sultana",
        "সুলতানা",
        Role.SPECIALIST,
        number="+8801300000905",
        skills=frozenset({"psychologist"}),
    ),
    Colleague("rokeya", "রোকেয়া", Role.PROGRAMME),
    Colleague("anwar", "আনোয়ার", Role.ADMINISTRATOR, "man"),
    Colleague("hasan", "হাসান", Role.PARTNER, "man", organisation=LEGAL_AID),
)
OFFICES: Final = (
    providers.Office(
        name_bn="ডেমো আইনি সহায়তা কেন্দ্র (কাল্পনিক)",
        name_en=LEGAL_AID,
        kind="ngo",
        services=("legal_aid", "mediation"),
        criteria=CRITERIA,
        focal_name="রফিক (কাল্পনিক)",
        focal_number="+8801300000911",
        source="made up for the demo",
    ),
    providers.Office(
        name_bn="ডেমো প্রশিক্ষণ কেন্দ্র (কাল্পনিক)",
        name_en="Demo training centre (fictional)",
        kind="government",
        services=("training", "skills"),
        districts=("BD-63", "BD-22"),
        criteria=CRITERIA,
        focal_name="শিরিন (কাল্পনিক)",
        focal_number="+8801300000912",
        source="made up for the demo",
    ),
    providers.Office(
        name_bn="ডেমো স্বাস্থ্যকেন্দ্র (কাল্পনিক)",
        name_en="Demo health centre (fictional)",
        kind="ngo",
        services=("health", "mental_health", "counselling"),
        criteria=CRITERIA,
        focal_name="মিতা (কাল্পনিক)",
        focal_number="+8801300000913",
        source="made up for the demo",
    ),
)


def furnish(parts: Parts) -> None:
    """Hire everybody, open the helpline day and night, make the rota, write the directory; once."""
    for colleague in STAFF:
        if member_of(parts, colleague.username) is None:
            _hire(parts, colleague)
    head = known(parts, "farzana")
    with acting(parts, head) as deed:
        if provider_rows.listed(deed.connection):
            return
    _open(parts, head)
    _list_offices(parts, head)
    _write_a_campaign(parts)
    for username in ("farzana", "kamal"):
        with acting(parts, known(parts, username)) as deed:
            presence.arrive(deed)


def member_of(parts: Parts, username: str) -> Member | None:
    """Somebody who may log in, by username; none when there is nobody of that name."""
    with parts.database.reading() as connection:
        row = account_rows.by_username(connection, username)
    return sessions.member(parts.ring, row) if row is not None and row.state == "active" else None


def known(parts: Parts, username: str) -> Member:
    """Somebody of the demo's staff.

    Raises:
        LookupError: they are not there.
    """
    found = member_of(parts, username)
    if found is None:
        raise LookupError(username)
    return found


def code_now(parts: Parts, username: str) -> str:
    """The code that lets somebody of the demo in now: nobody has it in an app, whose clock is another."""
    with parts.database.reading() as connection:
        row = account_rows.by_username(connection, username)
    if row is None or row.totp is None:
        return ""
    step = max(int(parts.clock().timestamp()) // _STEP, row.totp_used + 1)
    secret = parts.ring.unseal_text(row.totp, "staff.totp", row.id)
    return pyotp.TOTP(secret).at(step * _STEP)


def _hire(parts: Parts, colleague: Colleague) -> None:
    """By invitation, as everybody: the first password is the demo's."""
    details = accounts.Details(
        name=colleague.name,
        role=colleague.role,
        sex=colleague.sex,
        languages=frozenset({"bn", "en"}),
        skills=colleague.skills,
        organisation=colleague.organisation,
        number=colleague.number,
    )
    with acting(parts, accounts.COMMAND_LINE) as deed:
        invitation = accounts.invite(deed, colleague.username, details)
    code = pyotp.TOTP(login.secret_of(parts, invitation)).at(parts.clock())
    own_account.enrol(parts, invitation, PASSWORD, PASSWORD, code)
    with acting(parts, known(parts, colleague.username)) as deed:
        own_account.log_out(deed)


def _open(parts: Parts, head: Member) -> None:
    """Day and night, so that whoever tries the demo at midnight finds it alive, too."""
    with acting(parts, head) as deed:
        for weekday in range(7):
            hours.add_interval(deed, weekday, time(0), time(0))
    for colleague in STAFF:
        if colleague.role is Role.COUNSELLOR:
            _on_the_rota(parts, head, colleague)
        if colleague.rank is not None:
            _on_the_rota(parts, head, colleague, rank=colleague.rank)


def _on_the_rota(
    parts: Parts, head: Member, colleague: Colleague, *, rank: int | None = None
) -> None:
    ident = known(parts, colleague.username).id
    today = local(parts.clock()).date()
    with acting(parts, head) as deed:
        for weekday in range(7):
            hours.add_shift(
                deed,
                ident,
                weekday,
                time(0),
                time(0),
                from_day=today,
                until_day=None,
                on_call=rank is not None,
                rank=rank or 0,
            )


def _write_a_campaign(parts: Parts) -> None:
    """A draft: whom it would reach, and that it cannot go to so few, shows on its page."""
    last_day = local(parts.clock()).date() + timedelta(days=7)
    with acting(parts, known(parts, "rokeya")) as deed:
        campaigns.write(
            deed,
            campaigns.Draft(
                "কুমিল্লার মেলা (কাল্পনিক)",
                "আগামী সপ্তাহে মেলা হবে। সময় পেলে আসবেন।",
                "There is a fair next week. You are welcome.",
                Segment(districts=frozenset({"BD-08"})),
                last_day,
            ),
        )


def _list_offices(parts: Parts, head: Member) -> None:
    for office in OFFICES:
        with acting(parts, head) as deed:
            ident = providers.propose(deed, office)
            row = provider_rows.by_id(deed.connection, ident)
            if row is not None:
                providers.enlist(deed, ident, row.updated_at)
