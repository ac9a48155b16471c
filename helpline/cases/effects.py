"""What a conversation may ask for. The engine names effects; `helpline.service` performs them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from helpline.cases.crisis import Level


@dataclass(frozen=True, slots=True)
class SetLanguage:
    """From now on speak `language` to this phone."""

    language: str


@dataclass(frozen=True, slots=True)
class Register:
    """Register a person, or find the one already registered. Promises `reference`."""

    for_whom: str
    sex: str
    district: str
    upazila: str
    country: str
    returned: str
    reason: str
    need: str
    sole_phone: bool
    sms: bool
    call: bool
    window: str
    identity_kind: str
    identity: str
    pin: str
    consent_version: str
    age: str = ""
    """adult, minor; empty when it was not asked."""


@dataclass(frozen=True, slots=True)
class RequestCounselling:
    """Ask for a counsellor. `counsellor` is woman, man or any. Promises `reference`."""

    topic: str
    counsellor: str
    channel: str
    sms: bool
    slot_at: datetime
    slot_ends_at: datetime


@dataclass(frozen=True, slots=True)
class RequestCallback:
    """Ask to be called. `about` is a code that says where in the menus the caller was."""

    about: str
    slot_at: datetime
    slot_ends_at: datetime


@dataclass(frozen=True, slots=True)
class SendCentre:
    """Send one service point by SMS to this phone, as the caller has just allowed."""

    centre: str


@dataclass(frozen=True, slots=True)
class MoveDate:
    """Move a counselling slot (and with it its reminders) to another time."""

    person_id: str
    subject_id: str
    slot_at: datetime
    slot_ends_at: datetime


@dataclass(frozen=True, slots=True)
class CancelDate:
    """Cancel a counselling slot and its reminders."""

    person_id: str
    subject_id: str


@dataclass(frozen=True, slots=True)
class StopReminders:
    """Send this person no more reminders; counselling slots stay."""

    person_id: str


@dataclass(frozen=True, slots=True)
class MarkAttended:
    """This person has been to the centre: the monthly reminder has done its work."""

    person_id: str


@dataclass(frozen=True, slots=True)
class StopMessages:
    """Send nothing more to this phone until it asks to start again."""


@dataclass(frozen=True, slots=True)
class StartMessages:
    """Messages to this phone are welcome again, as far as its owner's permits go."""


@dataclass(frozen=True, slots=True)
class MarkUnsafe:
    """Somebody else may hold this phone: send nothing, answer nothing, forget the thread."""


@dataclass(frozen=True, slots=True)
class WrongNumber:
    """Whoever holds this phone is not whom we meant: it is nobody's any more, and nothing goes there."""


@dataclass(frozen=True, slots=True)
class ChangeContact:
    """This person says anew how this phone may be used.

    `what` is sms, call, time, days, sole or news; `said` one of the answers of `menus.safe_contact`.
    """

    person_id: str
    what: str
    said: str


@dataclass(frozen=True, slots=True)
class TellOfAnother:
    """Another person in `district` needs help. `number`, if it was left, is never contacted by us."""

    district: str
    number: str


@dataclass(frozen=True, slots=True)
class WithdrawConsent:
    """This person takes back consent: every message to them ends, and staff are told."""

    person_id: str


@dataclass(frozen=True, slots=True)
class KeepText:
    """Keep free words for a human to read. `level` is what they may say of danger."""

    words: str
    level: Level = Level.NONE


@dataclass(frozen=True, slots=True)
class AnswerReferral:
    """Say of an office one was sent to whether one got the service, and if not, why.

    `said` is attended or not_attended; `why` one of `helpline.cases.referral_rules.WHY_NOT`, or empty.
    """

    person_id: str
    referral_id: str
    said: str
    why: str


@dataclass(frozen=True, slots=True)
class SendTopic:
    """Send one of the texts to read by SMS to this phone, as the caller has just allowed."""

    topic: str


@dataclass(frozen=True, slots=True)
class Complain:
    """Something went wrong; a supervisor looks at it. Promises `reference`.

    `about` is pay, contract, agency, treatment, documents or service. With `call` the caller may be
    called in the slot; without it they come back by themselves.
    """

    about: str
    call: bool
    slot_at: datetime
    slot_ends_at: datetime


@dataclass(frozen=True, slots=True)
class CheckIn:
    """Keep the answers to a set of questions: (code of the question, answer).

    `person_id` is whom a secret number named; empty when none was given, or it was wrong.
    """

    instrument: str
    answers: tuple[tuple[str, str], ...]
    person_id: str = ""


@dataclass(frozen=True, slots=True)
class ScreenNeeds:
    """Keep what somebody said they need: (code of the question, code of the answer)."""

    instrument: str
    answers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class RateService:
    """Say how a service was: one of `helpline.cases.own.MARKS`, or anything else for no answer."""

    person_id: str
    feedback_id: str
    said: str


@dataclass(frozen=True, slots=True)
class GiveOpinion:
    """Say what one thinks: (code of the question, answer). It is kept without saying whose it is."""

    person_id: str
    instrument: str
    answers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class CorrectData:
    """Put right what one told us: the columns of a person and their new codes.

    `papers` is the kind of an identity document; then `number` is what stands on it, else empty.
    """

    person_id: str
    values: tuple[tuple[str, str], ...]
    number: str = ""


@dataclass(frozen=True, slots=True)
class AskErasure:
    """Everything about this person is to be erased: consent ends now, a human does the rest."""

    person_id: str


@dataclass(frozen=True, slots=True)
class RenewPin:
    """This person chose a new secret number for the phone they call from."""

    person_id: str
    pin: str


@dataclass(frozen=True, slots=True)
class AddDependant:
    """This person looks after somebody: codes of `helpline.cases.families`."""

    person_id: str
    relation: str
    age: str
    need: str


@dataclass(frozen=True, slots=True)
class RemoveDependant:
    """This person does not look after them any more, or never did."""

    person_id: str
    dependant_id: str


Effect = (
    SetLanguage
    | Register
    | RequestCounselling
    | RequestCallback
    | SendCentre
    | MoveDate
    | CancelDate
    | StopReminders
    | MarkAttended
    | StopMessages
    | StartMessages
    | MarkUnsafe
    | WrongNumber
    | ChangeContact
    | TellOfAnother
    | WithdrawConsent
    | KeepText
    | AnswerReferral
    | SendTopic
    | Complain
    | CheckIn
    | ScreenNeeds
    | RateService
    | GiveOpinion
    | CorrectData
    | AskErasure
    | RenewPin
    | AddDependant
    | RemoveDependant
)
