"""Campaigns: a text to everybody of a segment who wants news, from the draft to the results."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from flask import request, url_for

from handlers.desk import campaigns_file
from handlers.desk import campaigns_words as words
from handlers.desk.days import day_of
from handlers.desk.districts import by_division
from handlers.desk.language import _
from helpline.cases.campaigns import LANGUAGES, NEEDS, SEXES, Segment, progress, telling
from helpline.cases.roles import Right
from helpline.cases.states import CAMPAIGN, may_move
from helpline.service.desk import campaigns
from helpline.service.desk.acting import Stale
from helpline.service.desk.campaigns import Draft, Refused
from helpline.service.wrong_numbers import retired

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from handlers.desk.desk import Answer, Desk, Here
    from helpline.service.desk.acting import Acting
    from helpline.service.desk.campaigns import Shown


def furnish(desk: Desk) -> None:
    """The pages of this room."""
    desk.link("campaigns", _("Campaigns"), "campaigns", Right.CAMPAIGNS)

    @desk.page("/campaigns", Right.CAMPAIGNS, name="campaigns")
    def listed(here: Here) -> Answer:
        with here.acting() as deed:
            found = campaigns.listed(deed)
        return here.show("campaigns/list.html", found=found, **_values(here))

    @desk.page("/campaigns/new", Right.CAMPAIGNS, name="campaign_new")
    def new(here: Here) -> Answer:
        return _form(here, Draft())

    @desk.action("/campaigns/new", Right.CAMPAIGNS, name="campaign_write")
    def write(here: Here) -> Answer:
        draft = _draft()
        if "look" in request.form:
            return _form(here, draft, look=True)
        try:
            with here.acting() as deed:
                ident = campaigns.write(deed, draft)
        except Refused as refused:
            return _form(here, draft, problem=refused.problem)
        return here.go("campaign", campaign_id=ident)

    _furnish_one(desk)
    campaigns_file.furnish(desk)


def _furnish_one(desk: Desk) -> None:
    @desk.page("/campaigns/<campaign_id>", Right.CAMPAIGNS, name="campaign")
    def one(here: Here, campaign_id: str) -> Answer:
        return _show(here, campaign_id)

    @desk.page("/campaigns/<campaign_id>/change", Right.CAMPAIGNS, name="campaign_change_form")
    def change_form(here: Here, campaign_id: str) -> Answer:
        with here.acting() as deed:
            shown = campaigns.shown(deed, campaign_id)
        return _form(here, shown.draft, shown=shown)

    @desk.action("/campaigns/<campaign_id>/change", Right.CAMPAIGNS, name="campaign_change")
    def change(here: Here, campaign_id: str) -> Answer:
        draft = _draft()
        with here.acting() as deed:
            shown = campaigns.shown(deed, campaign_id)
        if "look" in request.form:
            return _form(here, draft, shown=shown, look=True)
        try:
            with here.acting() as deed:
                campaigns.rewrite(deed, campaign_id, _seen(), draft)
        except Refused as refused:
            return _form(here, draft, shown=shown, problem=refused.problem)
        return here.go("campaign", campaign_id=campaign_id)

    @desk.page("/campaigns/<campaign_id>/progress", Right.CAMPAIGNS, name="campaign_progress")
    def progress_live(here: Here, campaign_id: str) -> Answer:
        with here.acting() as deed:
            shown = campaigns.shown(deed, campaign_id)
        return here.show("campaigns/progress.html", shown=shown, **_told(shown), **_values(here))

    for name, (right, do) in _STEPS.items():
        address = f"/campaigns/<campaign_id>/{name.replace('_', '-')}"
        desk.action(address, right, name=f"campaign_{name}")(_step(do))


_STEPS: Final[Mapping[str, tuple[Right, Callable[[Acting, str, int], None]]]] = {
    "submit": (Right.CAMPAIGNS, campaigns.submit),
    "approve": (Right.APPROVE_CAMPAIGNS, campaigns.approve),
    "send_back": (Right.APPROVE_CAMPAIGNS, campaigns.send_back),
    "start": (Right.CAMPAIGNS, campaigns.start),
    "pause": (Right.CAMPAIGNS, campaigns.pause),
    "resume": (Right.CAMPAIGNS, campaigns.resume),
    "cancel": (Right.CAMPAIGNS, campaigns.cancel),
}


def _step(do: Callable[[Acting, str, int], None]) -> Callable[..., Answer]:
    def view(here: Here, campaign_id: str) -> Answer:
        try:
            with here.acting() as deed:
                do(deed, campaign_id, _seen())
        except Refused as refused:
            return _show(here, campaign_id, problem=refused.problem)
        return here.go("campaign", campaign_id=campaign_id)

    return view


def _show(here: Here, campaign_id: str, *, problem: str = "") -> Answer:
    with here.acting() as deed:
        shown = campaigns.shown(deed, campaign_id)
        stopped = campaigns.stopped_since(deed, campaign_id) if shown.row.started_at else 0
    state = shown.row.state
    return here.show(
        "campaigns/one.html",
        422 if problem else 200,
        shown=shown,
        stopped=stopped,
        problem=problem,
        may_change=may_move(CAMPAIGN, state, "draft") or state == "draft",
        may_approve=here.who.may(Right.APPROVE_CAMPAIGNS) and not shown.mine,
        may_cancel=may_move(CAMPAIGN, state, "cancelled"),
        may_export=here.who.may(Right.EXPORT),
        **_told(shown),
        **_values(here),
    )


def _form(
    here: Here,
    draft: Draft,
    *,
    shown: Shown | None = None,
    problem: str = "",
    look: bool = False,
) -> Answer:
    preview = None
    if look:
        with here.acting() as deed:
            preview = campaigns.preview(deed, draft)
    action = (
        url_for("desk.campaign_change", campaign_id=shown.row.id)
        if shown
        else url_for("desk.campaign_write")
    )
    return here.show(
        "campaigns/form.html",
        422 if problem else 200,
        shown=shown,
        draft=draft,
        preview=preview,
        warnings=telling(draft.texts, draft.segment, retired(here.parts)),
        looked=look or bool(problem),
        problem=problem,
        action=action,
        **_values(here),
    )


def _draft() -> Draft:
    said = request.form
    chosen = {
        name: frozenset(each[:40] for each in said.getlist(name))
        for name in ("districts", "needs", "languages", "sexes")
    }
    try:
        until = day_of(said.get("valid_until", ""))
    except ValueError:
        until = None
    return Draft(
        said.get("title", ""),
        said.get("text_bn", ""),
        said.get("text_en", ""),
        Segment(**chosen),
        until,
        said.get("reason", ""),
    )


def _seen() -> int:
    """The version of the campaign that the form's author saw."""
    seen = request.form.get("seen", "")
    if not (seen.isascii() and seen.isdigit() and len(seen) < 10):  # noqa: PLR2004
        raise Stale("no version")
    return int(seen)


def _told(shown: Shown) -> dict[str, Any]:
    """How far a campaign is, in the groups the desk shows, and why what did not go did not."""
    counts = progress((state, count) for state, _why, _language, count in shown.outcomes)
    why: dict[str, int] = {}
    for state, reason, _language, count in shown.outcomes:
        if reason and state not in ("sending", "sent", "delivered"):
            why[reason] = why.get(reason, 0) + count
    return {"counts": counts, "why": sorted(why.items(), key=lambda each: -each[1])}


def _values(here: Here) -> dict[str, Any]:
    return {
        "words": words,
        "said": lambda names, code: words.named(here, names, code),
        "number": lambda count: words.number(here, count),
        "segment": lambda draft: words.segment(here, draft),
        "money": lambda amount: words.money(here, amount, here.parts.bulk.currency),
        "when": lambda moment: words.when(here, moment),
        "day": lambda on: words.day(here, on),
        "place": lambda code: words.district(here, code),
        "lasts": lambda seconds: words.lasting(here, timedelta(seconds=max(60, seconds))),
        "all_needs": NEEDS,
        "all_sexes": SEXES,
        "all_languages": LANGUAGES,
        "divisions": by_division(here, here.who.districts),
    }
