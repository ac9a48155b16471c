"""Who may do what at the desk: rights by role, and which cases a member of staff may open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What somebody is at the desk."""

    COUNSELLOR = "counsellor"
    SPECIALIST = "specialist"
    SUPERVISOR = "supervisor"
    PARTNER = "partner"
    PROGRAMME = "programme"
    ADMINISTRATOR = "administrator"


class Right(StrEnum):
    """One thing that a role may do. Every page of the desk asks for exactly one."""

    SELF = "self"
    """Their own account and log-out: everybody."""
    WORK = "work"
    """The queue: see, claim and settle work."""
    CASES = "cases"
    """Open and write cases, within their districts and never restricted ones of others."""
    UNMASK = "unmask"
    """See a number in full; each time is written down."""
    NEW_PIN = "new_pin"
    """Let a client choose a new secret number; how one knows whom one speaks with is written down."""
    BREAK_GLASS = "break_glass"
    """Open a restricted case for an hour with a reason; somebody else reviews it."""
    SUPERVISE = "supervise"
    """Assign, approve, see everybody's load and the quality of the work."""
    ROTA = "rota"
    """Opening hours, holidays, shifts, who is on call, closed now."""
    DIRECTORY = "directory"
    """Centres, providers and dated facts."""
    REPORTS = "reports"
    """Counts without persons."""
    EXPORT = "export"
    """Take counts away as a file."""
    CAMPAIGNS = "campaigns"
    """Write, start, hold and end texts to everybody who wants news, and see how far they are."""
    APPROVE_CAMPAIGNS = "approve_campaigns"
    """Agree to a campaign that somebody else wrote."""
    ERASE = "erase"
    """Erase a person."""
    STAFF = "staff"
    """Accounts: invite, suspend, change the role."""
    AUDIT = "audit"
    """Read the log of what staff did; review broken glass."""
    OFFICE = "office"
    """The referrals that came to one's own organisation, and nothing else."""


_WORKER: Final = {Right.WORK, Right.CASES, Right.UNMASK, Right.NEW_PIN, Right.BREAK_GLASS}

RIGHTS: Final[Mapping[Role, frozenset[Right]]] = {
    role: frozenset({Right.SELF} | rights)
    for role, rights in {
        Role.COUNSELLOR: _WORKER,
        Role.SPECIALIST: _WORKER,
        Role.SUPERVISOR: _WORKER
        | {
            Right.SUPERVISE,
            Right.ROTA,
            Right.DIRECTORY,
            Right.REPORTS,
            Right.EXPORT,
            Right.CAMPAIGNS,
            Right.APPROVE_CAMPAIGNS,
            Right.ERASE,
            Right.AUDIT,
        },
        Role.PARTNER: {Right.OFFICE},
        Role.PROGRAMME: {Right.REPORTS, Right.EXPORT, Right.CAMPAIGNS},
        Role.ADMINISTRATOR: {Right.STAFF, Right.ROTA, Right.DIRECTORY, Right.AUDIT, Right.REPORTS},
    }.items()
}


@dataclass(frozen=True, slots=True)
class Member:
    """A member of staff who is logged in, or in whose name something is done."""

    id: str
    role: Role
    name: str
    sex: str
    languages: frozenset[str]
    skills: frozenset[str]
    districts: frozenset[str]
    """Empty: all of them."""
    organisation: str
    supervisor_id: str
    language: str
    """Of the pages they read: bn or en."""

    def may(self, right: Right) -> bool:
        """Whether their role has this right."""
        return right in RIGHTS[self.role]

    def works_in(self, district: str) -> bool:
        """Whether a district is theirs; what has no district yet is everybody's."""
        return not self.districts or not district or district in self.districts

    def may_be_offered(self, counsellor: str) -> bool:
        """Whether somebody who asked for `counsellor` (woman, man, any) may be given to them."""
        return counsellor in ("any", "", self.sex)


@dataclass(frozen=True, slots=True)
class Confided:
    """What decides who may open a case."""

    district: str
    restricted: str
    owner_id: str
    supervisor_id: str
    held: bool = False
    """The member who asks has claimed work about it."""


def may_open(member: Member, case: Confided) -> bool:
    """Whether a member may see that a case exists, and open it, without breaking glass.

    A restricted case that is nobody's yet is open to those who supervise: somebody must get it.
    """
    if not member.may(Right.CASES):
        return False
    if case.held or member.id in (case.owner_id, case.supervisor_id):
        return True
    if case.restricted and (case.owner_id or case.supervisor_id or not member.may(Right.SUPERVISE)):
        return False
    return member.works_in(case.district)
