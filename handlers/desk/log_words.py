"""What the codes of the log are called."""

from __future__ import annotations

from typing import Final

from handlers.desk.language import _
from helpline.service.desk.audit import THROUGH_GLASS

ACTIONS: Final = {
    "account_read": _("opened an account"),
    "acknowledge": _("answered an alarm"),
    "approved": _("approved"),
    "appointment": _("made an appointment"),
    "ask": _("asked for an approval"),
    "assess": _("wrote an assessment"),
    "assign": _("assigned"),
    "cancelled": _("cancelled"),
    "change": _("changed"),
    "check": _("checked"),
    "code_refused": _("typed a wrong code at the log-in"),
    "contact": _("wrote down a contact"),
    "details": _("changed the details"),
    "enrolled": _("used the invitation"),
    "escalate": _("escalated"),
    "export": _("exported"),
    "follow_up": _("planned a follow-up"),
    "glass_broken": _("broke the glass"),
    "glass_closed": _("ended the hour"),
    "glass_reviewed": _("reviewed a broken glass"),
    "log_in": _("logged in"),
    "log_out": _("logged out"),
    "log_read": _("read the log"),
    "note": _("wrote a note"),
    "password_changed": _("changed the password"),
    "plan": _("changed the plan"),
    "read": _("read"),
    "reason_read": _("read the reason of a broken glass"),
    "restrict": _("restricted, or opened again"),
    "role_changed": _("changed a role"),
    "staff_changed": _("changed an account"),
    "staff_invited": _("invited a member of staff"),
    "staff_invited_again": _("sent a new invitation"),
    "staff_reactivated": _("re-activated an account"),
    "staff_suspended": _("suspended an account"),
    "transfer": _("asked for a transfer"),
    "unmask": _("saw a number in full"),
    "weigh": _("changed the risk"),
}

SUBJECTS: Final = {
    "alarm": _("alarm"),
    "appointment": _("appointment"),
    "approval": _("approval"),
    "assessment": _("assessment"),
    "audit": _("log"),
    "break_glass": _("broken glass"),
    "callback": _("call-back"),
    "case": _("case"),
    "contact": _("contact"),
    "follow_up": _("follow-up"),
    "hours": _("opening hours"),
    "incoming_text": _("incoming message"),
    "note": _("note"),
    "plan_step": _("step of a plan"),
    "provider": _("provider"),
    "referral": _("referral"),
    "service_gap": _("gap in the services"),
    "staff": _("account"),
    "transfer": _("transfer"),
    "work_item": _("work item"),
}


def of_action(code: str) -> tuple[str, bool]:
    """What an action is called (its code, if nobody named it), and whether glass was broken for it."""
    plain = code.removesuffix(THROUGH_GLASS)
    return ACTIONS.get(plain, plain), plain != code
