"""The rooms of the desk, in the order of its menu."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Final

from handlers.desk.desk import Desk

if TYPE_CHECKING:
    from flask import Blueprint

    from helpline.service.parts import Parts
    from helpline.settings import Settings

ROOMS: Final = (
    "handlers.desk.entrance",
    "handlers.desk.queue",
    "handlers.desk.queue_moves",
    "handlers.desk.queue_items",
    "handlers.desk.safe_items",
    "handlers.desk.alarms",
    "handlers.desk.escalating",
    "handlers.desk.danger",
    "handlers.desk.account",
    "handlers.desk.case",
    "handlers.desk.check_ins",
    "handlers.desk.people",
    "handlers.desk.households",
    "handlers.desk.wages",
    "handlers.desk.secret_number",
    "handlers.desk.calls",
    "handlers.desk.call_moves",
    "handlers.desk.referrals",
    "handlers.desk.reports",
    "handlers.desk.flags",
    "handlers.desk.campaigns",
    "handlers.desk.office",
    "handlers.desk.providers",
    "handlers.desk.facts",
    "handlers.desk.hours",
    "handlers.desk.staff",
    "handlers.desk.log",
    "handlers.desk.glass",
    "handlers.desk.demo",
)
"""Each module has `furnish(desk)`."""


def create_desk(parts: Parts, settings: Settings) -> Desk:
    """The desk with all its pages."""
    desk = Desk(parts, settings)
    for room in ROOMS:
        importlib.import_module(room).furnish(desk)
    return desk


def create_blueprint(parts: Parts, settings: Settings) -> Blueprint:
    """The desk's pages for this installation."""
    return create_desk(parts, settings).blueprint
