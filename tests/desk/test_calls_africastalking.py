"""The same calls through Africa's Talking, as far as its contract allows: no rooms, so no transfer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from handlers.app import create_app
from helpline.cases.voice import Prompt
from helpline.gateways.africastalking import AfricasTalking, Options
from helpline.gateways.port import Secrets
from helpline.gateways.voice import Sounds, VoiceLine
from helpline.service.desk import calling
from helpline.service.desk.acting import acting
from helpline.settings import Settings
from helpline.store.database import Database
from helpline.store.tables import WorkItem
from tests.desk.office import Office
from tests.desk.phones import HOTLINE, MISSED, NASRIN, PhoneOffice
from tests.fakes.voice_africastalking import AfricasTalkingVoiceFake
from tests.house import SHIRIN

SECRET = "path-secret-of-this-test"


class OtherOffice(PhoneOffice):
    """An office whose line is Africa's Talking's."""

    def __init__(self, database: Database, settings: Settings) -> None:
        Office.__init__(self, database, settings)
        self.settings = settings
        self.hooks = f"{settings.public_url}/hooks/africastalking/{SECRET}"
        self.network = AfricasTalkingVoiceFake(self._deliver_plain, self.hooks)
        self.network.start()
        gateway = AfricasTalking(
            "africastalking",
            Secrets({"api_key": "key", "path": SECRET}),
            Options(username="sandbox", base_url=self.network.url),
        )
        sounds = Sounds({prompt.value: f"{prompt.value}.mp3" for prompt in Prompt})
        self.side = gateway.voice(HOTLINE, sounds, public_url=settings.public_url)
        self.line = VoiceLine(self.side, HOTLINE, frozenset({MISSED}), 25)
        self.parts = replace(
            self.parts,
            gateways={**self.parts.gateways, "africastalking": gateway},
            voice=self.line,
        )
        self.app = create_app(self.parts, settings)

    def work(self) -> None:
        while self.house.bell.woken or self.network.called:
            while self.house.bell.woken:
                queue, ids = self.house.bell.woken.pop(0)
                if queue == "call":
                    calling.carry_out(self.parts, ids)
            self.network.run()

    def _deliver_plain(self, url: str, form: dict[str, str]) -> tuple[int, str]:
        parts = urlsplit(url)
        answer = self.app.test_client().post(
            parts.path + (f"?{parts.query}" if parts.query else ""),
            data=urlencode(form),
            content_type="application/x-www-form-urlencoded",
        )
        return answer.status_code, answer.text


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Iterator[OtherOffice]:
    settings = replace(Settings.demo(tmp_path / "var", 8000), simulator=False)
    made = OtherOffice(database, settings)
    yield made
    made.close()


@pytest.fixture
def nasrin(office: OtherOffice):
    office.network.keys[NASRIN] = ["1"]
    return office.on_duty("Nasrin", NASRIN)


def test_staff_press_1_and_then_the_client_is_dialled(office: OtherOffice, nasrin) -> None:
    office.ring(nasrin, office.promise())
    assert office.network.talking == [{NASRIN, SHIRIN}]
    assert (office.call.state, office.callback.state) == ("ended", "connected")
    *before, dial = office.network.told[NASRIN]
    assert SHIRIN not in "".join(before)
    assert f'callerId="{HOTLINE}"' in dial


def test_who_presses_nothing_is_no_counsellor(office: OtherOffice, nasrin) -> None:
    office.network.keys[NASRIN] = []
    office.ring(nasrin, office.promise())
    assert office.network.talking == []
    assert (office.call.state, office.callback.state) == ("failed", "due")


@pytest.mark.parametrize(
    ("cause", "state"), [("USER_BUSY", "failed"), ("NO_ANSWER", "failed"), ("refuse", "failed")]
)
def test_a_counsellor_who_is_not_reached_leaves_the_promise_due(
    office: OtherOffice, nasrin, cause: str, state: str
) -> None:
    office.network.answers[NASRIN] = cause
    office.ring(nasrin, office.promise())
    assert (office.call.state, office.callback.state) == (state, "due")


def test_a_client_who_does_not_answer_is_tried_again(office: OtherOffice, nasrin) -> None:
    office.network.answers[SHIRIN] = "NO_ANSWER"
    office.ring(nasrin, office.promise())
    assert (office.callback.state, office.callback.attempts) == ("scheduled", 1)
    assert office.call.state == "failed"


def test_a_caller_waits_in_a_queue_of_their_own_and_is_fetched(office: OtherOffice, nasrin) -> None:
    office.network.keys[SHIRIN] = ["1", "1"]
    office.network.hop("ATVId_in", SHIRIN, "Inbound")
    office.work()
    assert office.network.talking == [{NASRIN, SHIRIN}]
    assert office.call.state == "connected"
    assert office.one(WorkItem, kind="other").owner_id == nasrin.id
    office.network.over("ATVId_in", SHIRIN, "Inbound")
    assert office.call.state == "ended"


def test_a_caller_for_whom_nobody_is_there_is_called_back(office: OtherOffice) -> None:
    office.network.keys[SHIRIN] = ["1", "1", "1"]
    office.network.hop("ATVId_in", SHIRIN, "Inbound")
    assert office.callback.about == "hotline"


def test_a_missed_call_becomes_a_promise(office: OtherOffice) -> None:
    form = {
        "isActive": "1",
        "sessionId": "ATVId_m",
        "direction": "Inbound",
        "callerNumber": SHIRIN,
        "destinationNumber": MISSED,
    }
    assert "<Reject" in office._deliver_plain(f"{office.hooks}/voice", form)[1]
    assert office.one(WorkItem, kind="missed_call") is not None


def test_everything_said_again_changes_nothing(office: OtherOffice, nasrin) -> None:
    said = []
    deliver = office.network.deliver
    office.network.deliver = lambda url, form: said.append((url, form)) or deliver(url, form)
    office.ring(nasrin, office.promise())
    before = office.moves("callback"), office.moves("call")
    for url, form in said:
        deliver(url, form)
    office.work()
    assert (office.moves("callback"), office.moves("call")) == before


def test_the_wrong_secret_is_refused(office: OtherOffice) -> None:
    form = {"isActive": "1", "sessionId": "x", "direction": "Inbound", "callerNumber": SHIRIN}
    url = office.hooks.replace(SECRET, "another")
    assert office._deliver_plain(f"{url}/voice", form)[0] == 403


def test_nobody_can_be_asked_into_a_call_without_rooms(office: OtherOffice, nasrin) -> None:
    office.network.keys[SHIRIN] = ["1", "1"]
    office.network.hop("ATVId_in", SHIRIN, "Inbound")
    office.work()
    with acting(office.parts, nasrin) as deed, pytest.raises(calling.NoVoice):
        calling.ask_in(deed, office.call.id, nasrin.id)


def test_a_long_conversation_is_not_taken_for_a_call_nobody_answers(
    office: OtherOffice, nasrin
) -> None:
    over, office.network.over = office.network.over, lambda *_, **__: None
    office.ring(nasrin, office.promise())
    office.skip(minutes=50)
    assert calling.sweep(office.parts) == 0
    [leg] = office.legs()
    over(leg.external_id, NASRIN, "Outbound", talked="2900")
    assert (office.call.state, office.callback.state) == ("ended", "connected")
