"""Campaigns at the desk: written, looked at, handed in, agreed to, started, held, ended."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from helpline.cases.calendar import DHAKA, local
from helpline.cases.campaigns import (
    LANGUAGES,
    LONGEST,
    LONGEST_LIFE,
    LONGEST_REASON,
    LONGEST_TITLE,
    NEEDS,
    SEXES,
    Cost,
    Segment,
    cost,
    needs_second_person,
    parts,
    readable,
    telling,
    too_few,
)
from helpline.cases.permits import Purpose
from helpline.cases.phone_lines import retired_in
from helpline.cases.roles import Right
from helpline.cases.states import CAMPAIGN, move
from helpline.cases.suppression import Line, coarse, line
from helpline.cases.wording import REFUSED, codes
from helpline.service.campaigns import segment_of
from helpline.service.desk import audit
from helpline.service.desk.acting import NotAllowed, Stale
from helpline.service.wrong_numbers import retired
from helpline.store import campaigns
from helpline.store.idents import new_ident

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Row

    from helpline.service.desk.acting import Acting

LISTED: Final = 200
"""Campaigns in the list."""


class Refused(Exception):
    """What was asked for cannot be: `problem` is a code for the page."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Draft:
    """A campaign as it was typed."""

    title: str = ""
    text_bn: str = ""
    text_en: str = ""
    segment: Segment = field(default_factory=Segment)
    valid_until: date | None = None
    """The last day on which it may go, in Dhaka."""
    reason: str = ""
    """Why it must go although it is not neutral."""

    @property
    def texts(self) -> dict[str, str]:
        """The texts by language, as they would be kept."""
        return {"bn": readable(self.text_bn), "en": readable(self.text_en)}


@dataclass(frozen=True, slots=True)
class Preview:
    """Whom a campaign would reach now, and at what cost: counts in steps of five, never who."""

    by_district: Line
    by_language: Line
    cost: Cost
    parts: dict[str, int]
    """Parts of an SMS by language of the text."""
    seconds: float | None
    """How long it takes at least; none when the count is hidden."""
    second_person: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A campaign with everything its page tells."""

    row: Row[Any]
    draft: Draft
    warnings: dict[str, list[str]]
    """What in its texts is not neutral, by language."""
    preview: Preview | None
    """Until it has begun."""
    outcomes: Sequence[tuple[str, str, str, int]]
    """(state of the messages, why, language, how many)"""
    mine: bool
    """This member wrote some of it, or handed it in, and so cannot be the second person."""


def listed(deed: Acting) -> Sequence[Row[Any]]:
    """The latest campaigns."""
    _ask(deed, Right.CAMPAIGNS)
    return campaigns.listed(deed.connection, LISTED)


def shown(deed: Acting, campaign_id: str) -> Shown:
    """One campaign, whoever wrote it.

    Raises:
        NotAllowed: there is no such campaign.
    """
    row = _found(deed, campaign_id)
    draft = _draft_of(deed, row)
    return Shown(
        row,
        draft,
        telling(draft.texts, draft.segment, retired(deed.parts)),
        None if row.started_at else preview(deed, draft),
        campaigns.outcomes(deed.connection, row.id) if row.started_at else (),
        mine=campaigns.has_written(deed.connection, row.id, deed.who.id),
    )


def preview(deed: Acting, draft: Draft) -> Preview:
    """Whom a draft would reach now."""
    _ask(deed, Right.CAMPAIGNS)
    neutral = not _needs_reason(deed, draft)
    by_district, by_language = campaigns.counted(
        deed.connection, draft.segment, neutral=neutral, now=deed.now
    )
    phones = coarse(line({code: by_language.get(code, 0) for code in LANGUAGES}))
    total = sum(by_language.values())
    bulk = deed.parts.bulk
    routes = deed.parts.routes
    gateway = next((r.gateway for r in routes if r.takes("+880", "bn", Purpose.NEWS)), "")
    return Preview(
        coarse(line(by_district)),
        phones,
        replace(cost(phones, draft.texts, bulk), exact=False),
        {language: parts(text) for language, text in draft.texts.items()},
        None if phones.total is None else phones.total / bulk.rate(gateway),
        needs_second_person(draft.segment, total, neutral=neutral, bulk=bulk),
    )


def write(deed: Acting, draft: Draft) -> str:
    """Keep a new draft; its id.

    Raises:
        Refused: something cannot be right.
    """
    ident = new_ident()
    campaigns.add(
        deed.connection,
        id=ident,
        state="draft",
        expected=0,
        enrolled=0,
        reached="",
        created_at=deed.now,
        version=1,
        **_columns(deed, ident, draft),
    )
    deed.record("campaign", ident, became="draft", why="written")
    audit.note(deed, "campaign_write", "campaign", ident)
    return ident


def rewrite(deed: Acting, campaign_id: str, seen: int, draft: Draft) -> None:
    """Change a campaign that has not begun. Whoever had agreed to it has to agree anew.

    Raises:
        NotAllowed, Stale: there is none; somebody was faster.
        IllegalMove: it has begun, or is over.
        Refused: something cannot be right.
    """
    row = _found(deed, campaign_id)
    becomes = "draft" if row.state == "draft" else move(CAMPAIGN, row.state, "draft")
    _change(
        deed,
        row,
        seen,
        state=becomes,
        submitted_by=None,
        submitted_at=None,
        approved_by=None,
        approved_at=None,
        **_columns(deed, campaign_id, draft),
    )
    deed.record("campaign", campaign_id, was=row.state, became=becomes, why="changed")
    audit.note(deed, "campaign_change", "campaign", campaign_id, detail=row.state)


def submit(deed: Acting, campaign_id: str, seen: int) -> None:
    """Hand a draft in: it is agreed to at once unless a second person has to look.

    Raises:
        NotAllowed, Stale, IllegalMove: as `rewrite`.
        Refused: a text is missing, says too much, or would reach too few, or nobody in time.
    """
    row = _found(deed, campaign_id)
    becomes = move(CAMPAIGN, row.state, "submitted")
    draft = _draft_of(deed, row)
    _check(deed, draft, row)
    phones = _phones(deed, draft)
    if too_few(phones):
        raise Refused("too_few")
    _change(
        deed,
        row,
        seen,
        state=becomes,
        expected=phones,
        submitted_by=deed.who.id,
        submitted_at=deed.now,
    )
    deed.record("campaign", campaign_id, was=row.state, became=becomes)
    if not _second(deed, draft, phones):
        _change(deed, _found(deed, campaign_id), seen + 1, state="approved", approved_at=deed.now)
        deed.record("campaign", campaign_id, was=becomes, became="approved", why="no_second_needed")
    audit.note(deed, "campaign_submit", "campaign", campaign_id)


def approve(deed: Acting, campaign_id: str, seen: int) -> None:
    """Agree to a campaign, as somebody who has written nothing of it.

    Raises:
        NotAllowed, Stale, IllegalMove: as `rewrite`.
        Refused: `own_words` when this member wrote any of it, or handed it in.
    """
    row = _found(deed, campaign_id, Right.APPROVE_CAMPAIGNS)
    becomes = move(CAMPAIGN, row.state, "approved")
    if campaigns.has_written(deed.connection, campaign_id, deed.who.id):
        raise Refused("own_words")
    _check(deed, _draft_of(deed, row), row)
    _change(deed, row, seen, state=becomes, approved_by=deed.who.id, approved_at=deed.now)
    deed.record("campaign", campaign_id, was=row.state, became=becomes)
    audit.note(deed, "campaign_approve", "campaign", campaign_id)


def send_back(deed: Acting, campaign_id: str, seen: int) -> None:
    """Do not agree: it is a draft again.

    Raises:
        NotAllowed, Stale, IllegalMove: as `rewrite`.
    """
    row = _found(deed, campaign_id, Right.APPROVE_CAMPAIGNS)
    if row.state != "submitted":
        raise Stale(campaign_id)
    _change(
        deed,
        row,
        seen,
        state=move(CAMPAIGN, row.state, "draft"),
        submitted_by=None,
        submitted_at=None,
    )
    # not as `draft`: whoever sends it back has written nothing of it
    deed.record("campaign", campaign_id, was=row.state, became="sent_back")
    audit.note(deed, "campaign_send_back", "campaign", campaign_id)


def start(deed: Acting, campaign_id: str, seen: int) -> None:
    """Let it go: from now on its people are enrolled and written to.

    Raises:
        NotAllowed, Stale, IllegalMove: as `rewrite`.
        Refused: it has grown so that a second person must agree, or cannot go as it is any more.
    """
    row = _found(deed, campaign_id)
    becomes = move(CAMPAIGN, row.state, "running")
    if row.state != "approved":
        raise Stale(campaign_id)
    draft = _draft_of(deed, row)
    _check(deed, draft, row)
    phones = _phones(deed, draft)
    if too_few(phones):
        raise Refused("too_few")
    if row.approved_by is None and _second(deed, draft, phones):
        raise Refused("second_person")
    _change(deed, row, seen, state=becomes, expected=phones, started_at=deed.now)
    deed.record("campaign", campaign_id, was=row.state, became=becomes, why="started")
    audit.note(deed, "campaign_start", "campaign", campaign_id)


def pause(deed: Acting, campaign_id: str, seen: int) -> None:
    """Hold it: from now on no more of its texts is given to a gateway.

    Raises:
        NotAllowed, Stale, IllegalMove: as `rewrite`.
    """
    _step(deed, campaign_id, seen, "paused", "campaign_pause")


def resume(deed: Acting, campaign_id: str, seen: int) -> None:
    """Let it go on with those who have not been written to.

    Raises:
        NotAllowed, Stale, IllegalMove: as `rewrite`.
    """
    row = _found(deed, campaign_id)
    if row.state != "paused":
        raise Stale(campaign_id)
    _step(deed, campaign_id, seen, "running", "campaign_resume")
    campaigns.let_wake(deed.connection, campaign_id)


def cancel(deed: Acting, campaign_id: str, seen: int) -> None:
    """End it: whoever has not been written to is not written to.

    Raises:
        NotAllowed, Stale, IllegalMove: as `rewrite`.
    """
    _step(deed, campaign_id, seen, "cancelled", "campaign_cancel", ended_at=deed.now)


def by_district(deed: Acting, campaign_id: str) -> Sequence[tuple[str, str, int]]:
    """A campaign's messages by district and state.

    Raises:
        NotAllowed: there is no such campaign.
    """
    return campaigns.by_district(deed.connection, _found(deed, campaign_id).id)


def stopped_since(deed: Acting, campaign_id: str) -> int:
    """How many phones wanted no more texts after this one.

    Raises:
        NotAllowed: there is no such campaign.
    """
    return campaigns.stopped_since(deed.connection, _found(deed, campaign_id).id)


def _step(
    deed: Acting, campaign_id: str, seen: int, becomes: str, noted: str, **columns: Any
) -> None:
    row = _found(deed, campaign_id)
    state = move(CAMPAIGN, row.state, becomes)
    _change(deed, row, seen, state=state, **columns)
    deed.record("campaign", campaign_id, was=row.state, became=state)
    audit.note(deed, noted, "campaign", campaign_id, detail=row.state)


def _ask(deed: Acting, right: Right) -> None:
    if not deed.who.may(right):
        raise NotAllowed(right)


def _found(deed: Acting, campaign_id: str, right: Right = Right.CAMPAIGNS) -> Row[Any]:
    _ask(deed, right)
    row = campaigns.by_id(deed.connection, campaign_id)
    if row is None:
        raise NotAllowed(campaign_id)
    return row


def _change(deed: Acting, row: Row[Any], seen: int, **columns: Any) -> None:
    if not campaigns.change(deed.connection, row.id, was=row.state, seen=seen, **columns):
        raise Stale(row.id)


def _draft_of(deed: Acting, row: Row[Any]) -> Draft:
    unseal = deed.parts.ring.unseal_text
    return Draft(
        row.title,
        row.text_bn,
        row.text_en,
        segment_of(row),
        local(row.valid_until - timedelta(seconds=1)).date(),
        unseal(row.reason, "campaign.reason", row.id) if row.reason else "",
    )


def _columns(deed: Acting, ident: str, draft: Draft) -> dict[str, Any]:
    texts, title = draft.texts, readable(draft.title)
    if not title or len(title) > LONGEST_TITLE or "\n" in title:
        raise Refused("title")
    if any(len(text) > LONGEST for text in texts.values()):
        raise Refused("too_long")
    if len(draft.reason) > LONGEST_REASON:
        raise Refused("reason")
    segment = draft.segment
    _known(deed, segment)
    until = _until(deed, draft.valid_until)
    if any(retired_in(text, retired(deed.parts)) for text in texts.values()):
        raise Refused("retired")
    reason = readable(draft.reason) if _needs_reason(deed, draft) else ""
    return {
        "title": title,
        "text_bn": texts["bn"],
        "text_en": texts["en"],
        "districts": " ".join(sorted(segment.districts)),
        "needs": " ".join(each for each in NEEDS if each in segment.needs),
        "languages": " ".join(each for each in LANGUAGES if each in segment.languages),
        "sexes": " ".join(each for each in SEXES if each in segment.sexes),
        "reason": deed.parts.ring.seal(reason, "campaign.reason", ident) if reason else None,
        "valid_until": until,
        "written_by": deed.who.id,
    }


def _known(deed: Acting, segment: Segment) -> None:
    places = deed.parts.places
    if any(places.district(each) is None for each in segment.districts):
        raise Refused("districts")
    if deed.who.districts and not (segment.districts and segment.districts <= deed.who.districts):
        raise Refused("not_your_districts")
    if not (
        segment.needs <= {*NEEDS}
        and segment.languages <= {*LANGUAGES}
        and segment.sexes <= {*SEXES}
    ):
        raise Refused("segment")


def _until(deed: Acting, day: date | None) -> datetime:
    """The end of the last day."""
    if day is None or not local(deed.now).date() <= day <= local(deed.now + LONGEST_LIFE).date():
        raise Refused("valid_until")
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=DHAKA)


def _needs_reason(deed: Acting, draft: Draft) -> bool:
    """Whether it has a reason to go although it is not neutral, and needs one."""
    return bool(draft.reason.strip()) and bool(
        telling(draft.texts, draft.segment, retired(deed.parts))
    )


def _check(deed: Acting, draft: Draft, row: Row[Any]) -> None:
    """Whether a campaign may go as it is."""
    texts = draft.texts
    if any(draft.segment.speaks(each) and not texts[each] for each in LANGUAGES):
        raise Refused("no_text")
    if row.valid_until <= deed.now:
        raise Refused("valid_until")
    found = telling(texts, draft.segment, retired(deed.parts))
    said = {code for each in found.values() for code in codes(each)}
    if "retired" in said:
        raise Refused("retired")
    if said & REFUSED:
        raise Refused("script")
    if said and draft.segment.restricted:
        raise Refused("restricted_words")
    if said and not draft.reason:
        raise Refused("listed_words")


def _phones(deed: Acting, draft: Draft) -> int:
    neutral = not _needs_reason(deed, draft)
    _by_district, by_language = campaigns.counted(
        deed.connection, draft.segment, neutral=neutral, now=deed.now
    )
    return sum(by_language.values())


def _second(deed: Acting, draft: Draft, phones: int) -> bool:
    neutral = not _needs_reason(deed, draft)
    return needs_second_person(draft.segment, phones, neutral=neutral, bulk=deed.parts.bulk)


def outcomes_by(
    outcomes: Sequence[tuple[str, str, str, int]], place: int
) -> Mapping[tuple[str, str], int]:
    """Counts of messages by (state, the column `place` of an outcome)."""
    counts: dict[tuple[str, str], int] = {}
    for each in outcomes:
        key = (each[0], str(each[place]))
        counts[key] = counts.get(key, 0) + each[3]
    return counts
