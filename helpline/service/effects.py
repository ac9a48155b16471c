"""Performing what a conversation asked for, inside the transaction of its step."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from helpline.cases.consents import ConsentTo
from helpline.cases.effects import (
    AddDependant,
    AnswerReferral,
    AskErasure,
    CancelDate,
    ChangeContact,
    CheckIn,
    Complain,
    CorrectData,
    Effect,
    GiveOpinion,
    KeepText,
    MarkAttended,
    MarkUnsafe,
    MoveDate,
    RateService,
    Register,
    RemoveDependant,
    RenewPin,
    RequestCallback,
    RequestCounselling,
    ScreenNeeds,
    SendCentre,
    SendTopic,
    SetLanguage,
    StartMessages,
    StopMessages,
    StopReminders,
    TellOfAnother,
    WithdrawConsent,
    WrongNumber,
)
from helpline.service import (
    check_ins,
    complaints,
    consents,
    contact,
    correcting,
    counselling,
    erasing,
    families,
    feedback,
    needs,
    on_behalf,
    opinions,
    permits,
    recycled,
    referral_answers,
    renewing,
)
from helpline.service.registration import register

if TYPE_CHECKING:
    from helpline.service.visit import Visit


def perform(visit: Visit, effect: Effect) -> dict[str, str]:  # noqa: C901, PLR0911, PLR0912 (one line an effect)
    """Do one thing; give the values a screen was promised."""
    visit.begin()
    match effect:
        case SetLanguage(language):
            return contact.set_language(visit, language)
        case Register():
            return register(visit, effect)
        case RequestCounselling():
            return counselling.request(visit, effect)
        case RequestCallback():
            return contact.request_callback(visit, effect)
        case SendCentre():
            return contact.send_centre(visit, effect)
        case MoveDate():
            return counselling.move(visit, effect)
        case CancelDate():
            return counselling.cancel(visit, effect)
        case StopReminders(person_id):
            return contact.stop_reminders(visit, person_id)
        case MarkAttended(person_id):
            return contact.mark_attended(visit, person_id)
        case StopMessages():
            return contact.stop_messages(visit)
        case StartMessages():
            return contact.start_messages(visit)
        case MarkUnsafe():
            return contact.mark_unsafe(visit)
        case WrongNumber():
            return recycled.wrong_number(visit)
        case ChangeContact():
            return permits.change(visit, effect)
        case TellOfAnother():
            return on_behalf.tell(visit, effect)
        case WithdrawConsent(person_id):
            consents.take_back(visit, person_id, ConsentTo.REGISTRATION)
            return {}
        case KeepText():
            return contact.keep_text(visit, effect)
        case SendTopic():
            return contact.send_topic(visit, effect)
        case Complain():
            return complaints.complain(visit, effect)
        case CheckIn():
            return check_ins.keep(visit, effect)
        case ScreenNeeds():
            return needs.screened(visit, effect)
        case AnswerReferral():
            return referral_answers.by_client(visit, effect)
        case RateService():
            return feedback.answer(visit, effect)
        case GiveOpinion():
            return opinions.keep(visit, effect)
        case CorrectData():
            return correcting.by_person(visit, effect)
        case AskErasure(person_id):
            return erasing.ask(visit, person_id)
        case RenewPin():
            return renewing.renew(visit, effect)
        case AddDependant():
            return families.by_person(visit, effect)
        case RemoveDependant():
            return families.remove_by_person(visit, effect)
        case _:
            assert_never(effect)
