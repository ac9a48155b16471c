"""Voice at the gateways: what is said in XML, what is heard in forms, and what a configuration may be."""

import json
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpline import config_file
from helpline.cases.voice import RANK, SENTENCES, Failure, Prompt
from helpline.environment import Environment
from helpline.gateways.book import build_voice
from helpline.gateways.port import Forbidden, HookRequest, Kind, Malformed, Outcome
from helpline.gateways.rehearsal import Answer
from helpline.gateways.voice import (
    Ask,
    CallEvent,
    CallHop,
    Fetch,
    HangUp,
    Leave,
    Meet,
    Options,
    Play,
    Reach,
    Reject,
    Sounds,
    Wait,
    missing_prompts,
    problems,
)
from tests.fakes.africastalking_fake import AfricasTalkingFake
from tests.fakes.twilio_fake import ACCOUNT, signed

NUMBER = "+8809600000001"
CALLER = "+8801300000001"
FORM = "application/x-www-form-urlencoded"
SID = "CA" + "0" * 31 + "1"
HOOK = "https://helpline.example/hooks/twilio/voice"
MARK = "01a2.rung.0"
EVERYTHING = [Play(Prompt.MENU), Ask(Prompt.MENU, then=MARK), Ask(Prompt.PIN, then=MARK, digits=0)]


def call_form(**more: str) -> dict[str, str]:
    return {
        "AccountSid": ACCOUNT,
        "CallSid": SID,
        "CallStatus": "in-progress",
        "From": CALLER,
        "To": NUMBER,
        "Direction": "inbound",
    } | more


def request(form: dict[str, str], url: str = HOOK, kind: Kind = Kind.VOICE) -> HookRequest:
    return HookRequest(kind, FORM, urlencode(form).encode(), url, signed(url, form))


def parsed(body: str) -> ET.Element:
    return ET.fromstring(body)  # noqa: S314  our own words


@pytest.fixture
def twilio(make_twilio):
    return make_twilio().voice(NUMBER, Sounds())


@pytest.fixture
def africastalking(make_africastalking):
    return make_africastalking().voice(NUMBER, Sounds(), public_url="https://helpline.example")


def test_without_recordings_there_is_a_tone_and_no_word_of_english(twilio):
    body = twilio.tell([Play(prompt) for prompt in Prompt]).body
    assert "<Say" not in body
    tags = {verb.tag for verb in parsed(body)}
    assert tags == {"Play", "Pause"}
    assert all(verb.get("digits") for verb in parsed(body).iter("Play"))


def test_the_gateways_own_voice_speaks_only_when_it_is_told_to(make_twilio):
    voice = make_twilio().voice(NUMBER, Sounds(say=True))
    bangla, english = (voice.tell([Play(Prompt.MENU, each)]).body for each in ("bn", "en"))
    assert 'language="bn-IN"' in bangla
    assert SENTENCES[Prompt.MENU][0] in bangla
    assert SENTENCES[Prompt.MENU][1] in english


def test_recordings_are_addresses_or_paths_and_bangla_stands_in_for_english():
    sounds = Sounds(
        {"menu": "a/menu.mp3", "menu_en": "https://cdn.example/m.mp3", "wait": "/w.mp3"},
        public_url="https://helpline.example",
    )
    assert sounds.address(Prompt.MENU, "bn") == "https://helpline.example/a/menu.mp3"
    assert sounds.address(Prompt.MENU, "en") == "https://cdn.example/m.mp3"
    assert sounds.address(Prompt.WAIT, "en") == "https://helpline.example/w.mp3"
    assert sounds.address(Prompt.SORRY, "en") == ""


def test_a_room_records_nothing_and_keeps_the_client(twilio):
    body = twilio.tell([Meet("call-1", then=MARK)]).body
    [dial] = parsed(body)
    [conference] = dial
    assert conference.attrib == {
        "beep": "false",
        "endConferenceOnExit": "false",
        "record": "do-not-record",
        "startConferenceOnEnter": "true",
        "waitUrl": "",
    }
    assert dial.attrib["action"] == f"{HOOK}?c={MARK}"


def test_the_other_verbs(twilio):
    body = twilio.tell([Wait("q", meanwhile="m", then="t"), Leave(), Reject(), HangUp()]).body
    assert [verb.tag for verb in parsed(body)] == ["Enqueue", "Leave", "Reject", "Hangup"]


def test_a_key_that_is_not_pressed_still_leads_on(twilio):
    one, many = parsed(twilio.tell(EVERYTHING).body).iter("Gather")
    assert one.attrib["actionOnEmptyResult"] == "true"
    assert one.attrib["numDigits"] == "1"
    assert many.attrib["finishOnKey"] == "#"


def test_a_proved_call_is_heard(make_twilio, twilio):
    url = f"{HOOK}?c={MARK}"
    sent = request(call_form(Digits="1"), url)
    make_twilio().admit(sent, None)
    heard = twilio.hear(sent)
    assert heard == CallHop(SID, CALLER, NUMBER, MARK, "1", f"{SID}:{MARK}:1", incoming=True)


@pytest.mark.parametrize(
    ("status", "state", "failure"),
    [
        ("initiated", "placing", None),
        ("ringing", "ringing", None),
        ("in-progress", "answered", None),
        ("completed", "ended", None),
        ("busy", "ended", Failure.BUSY),
        ("no-answer", "ended", Failure.NO_ANSWER),
        ("failed", "ended", Failure.NETWORK),
        ("canceled", "ended", Failure.REJECTED),
        ("teleported", "", None),
    ],
)
def test_a_report_is_heard_and_unknown_words_are_kept(twilio, status, state, failure):
    url = HOOK.replace("/voice", "/voice-events")
    form = call_form(CallStatus=status, CallDuration="12")
    heard = twilio.hear(request(form, url, Kind.VOICE_EVENTS))
    assert isinstance(heard, CallEvent)
    assert (heard.status, heard.state, heard.failure, heard.seconds) == (status, state, failure, 12)
    assert not state or state in RANK


SENT = request(call_form())
MARKED = request(call_form(Digits="1"), f"{HOOK}?c={MARK}")


@pytest.mark.parametrize(
    "forged",
    [
        replace(SENT, headers={}),
        replace(SENT, url=HOOK.replace("https", "http")),
        replace(SENT, kind=Kind.VOICE_EVENTS),
        replace(SENT, body=urlencode(call_form(From="+8801300000002")).encode()),
        replace(SENT, url=f"{HOOK}?c={MARK}"),
        replace(MARKED, url=f"{HOOK}?c=another.rung.0"),
        replace(MARKED, url=HOOK),
        request(call_form(), f"{HOOK}?m=1"),
        request(call_form(), f"{HOOK}?c=" + "x" * 200),
        request(call_form(), f"{HOOK}?c=a&bodySHA256=00"),
        request(call_form(AccountSid="AC" + "1" * 32)),
        request(call_form(CallSid="CA1")),
        request(call_form(Caller="+8801300000002")),
        request(call_form(CallStatus="in progress")),
        request({k: v for k, v in call_form().items() if k != "From"}),
    ],
)
def test_nothing_is_believed_that_twilio_did_not_sign_for_just_this(make_twilio, forged):
    with pytest.raises(Forbidden):
        make_twilio().admit(forged, None)


def test_a_caller_who_hides_the_number_is_heard_without_one(make_twilio, twilio):
    sent = request(call_form(From="anonymous"))
    make_twilio().admit(sent, None)
    assert twilio.hear(sent).caller == ""


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from([Kind.VOICE, Kind.VOICE_EVENTS]),
    form=st.dictionaries(
        st.sampled_from(
            [
                "CallSid",
                "sessionId",
                "isActive",
                "From",
                "To",
                "callerNumber",
                "Digits",
                "dtmfDigits",
                "CallStatus",
                "hangupCause",
                "durationInSeconds",
                "CallDuration",
            ]
        ),
        st.one_of(st.text(max_size=40), st.sampled_from(["1", "0", SID, CALLER])),
        max_size=10,
    ),
    url=st.text(max_size=60),
)
def test_whatever_comes_is_a_value_or_malformed(kind, form, url, twilio, africastalking):
    body = urlencode(form, errors="surrogatepass").encode()
    for gateway in (twilio, africastalking):
        try:
            heard = gateway.hear(HookRequest(kind, FORM, body, url, {}))
        except Malformed:
            continue
        assert len(heard.event_id) <= 160
        assert heard.mark == "" or len(heard.mark) <= 80
        assert isinstance(heard, CallHop) or heard.state in {"", *RANK}


def test_xml_is_made_by_a_library_so_nothing_breaks_out(africastalking):
    hostile = '"><Dial phoneNumbers="1"/>&'
    body = africastalking.tell(
        [Wait(hostile, meanwhile="m", then="t"), Fetch(hostile, NUMBER)]
    ).body
    assert [verb.tag for verb in parsed(body)] == ["Enqueue", "Dequeue"]
    assert body.startswith('<?xml version="1.0" encoding="UTF-8"?>')


def test_africas_talking_goes_on_when_nobody_presses_or_answers(africastalking):
    body = africastalking.tell([*EVERYTHING, Reach(CALLER, NUMBER, then=MARK), Reject()]).body
    tags = [verb.tag for verb in parsed(body)]
    assert tags == ["GetDigits", "Redirect", "GetDigits", "Redirect", "Dial", "Redirect", "Reject"]
    assert f"/hooks/africastalking/the-path-secret/voice?c={MARK}" in body


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ({"entries": [{"status": "Queued", "sessionId": "ATVId_1"}]}, Outcome.ACCEPTED),
        ({"entries": [{"status": "InvalidPhoneNumber", "sessionId": "None"}]}, Outcome.REFUSED),
        ({"entries": []}, Outcome.AMBIGUOUS),
        ([], Outcome.AMBIGUOUS),
        ("<html>", Outcome.AMBIGUOUS),
    ],
)
def test_what_africas_talking_says_of_a_call(make_africastalking, answer, outcome):
    class Fake(AfricasTalkingFake):
        def answer(self, asked):
            assert asked.path == "/call"
            assert asked.form["to"] == CALLER
            body = answer if isinstance(answer, str) else json.dumps(answer)
            return Answer(201, body.encode())

    with Fake() as fake:
        voice = make_africastalking(base_url=fake.url).voice(
            NUMBER, Sounds(), public_url="https://x"
        )
        rung = voice.ring(CALLER, MARK, seconds=20)
        voice.close()
    assert rung.outcome is outcome


def test_a_provider_that_is_not_there_is_no_surprise(make_twilio, make_africastalking):
    nobody = "http://127.0.0.1:1"
    for voice in (
        make_twilio(base_url=nobody).voice(NUMBER, Sounds()),
        make_africastalking(base_url=nobody).voice(NUMBER, Sounds(), public_url=""),
    ):
        assert voice.ring(CALLER, MARK, seconds=20).outcome is Outcome.RETRY


GOOD = Options(gateway="twilio", number=NUMBER, missed=["+8809600000002"])


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (Options(gateway="console", number=NUMBER), "must name a gateway"),
        (Options(gateway="", number=NUMBER), "must name a gateway"),
        (Options(gateway="twilio", number="0960"), "number is not"),
        (Options(gateway="twilio", number=NUMBER, missed=[NUMBER]), "also in missed"),
        (Options(gateway="twilio", number=NUMBER, missed=["me"]), "missed holds"),
        (Options(gateway="twilio", number=NUMBER, prompts={"mneu": "x"}), "no prompt mneu"),
        (
            Options(gateway="twilio", number=NUMBER, prompts={"menu": "http://cdn.example/m"}),
            "must be https",
        ),
        (Options(gateway="twilio", number=NUMBER, ring_seconds=2), "ring_seconds"),
    ],
)
def test_a_configuration_that_cannot_work_is_refused_in_one_line(options, line):
    if options.number == "0960":
        options = Options(gateway="twilio", number="+0960")
    found = problems(options, {"twilio": "twilio", "console": "console"})
    assert any(line in each for each in found)


def test_a_good_configuration_makes_a_line_and_none_makes_none(make_twilio):
    assert problems(GOOD, {"twilio": "twilio"}) == []
    line = build_voice(GOOD, {"twilio": make_twilio()}, public_url="https://helpline.example")
    assert line is not None
    assert (line.number, line.missed) == (NUMBER, frozenset({"+8809600000002"}))
    assert build_voice(Options(), {}) is None
    assert "menu" in missing_prompts(GOOD)


def test_every_sentence_to_be_recorded_is_in_the_document():
    document = (Path(__file__).parents[2] / "docs" / "voice-prompts.md").read_text("utf-8")
    for prompt, sentences in SENTENCES.items():
        assert f"| `{prompt.value}` |" in document
        assert all(each in document for each in sentences)
    assert set(SENTENCES) == set(Prompt)


def test_the_configuration_file_is_read_and_its_faults_are_told(tmp_path):
    file = tmp_path / "helpline.toml"
    text = """
        short_code = "*0000#"
        [gateways.twilio]
        kind = "twilio"
        [voice]
        gateway = "twilio"
        number = "+8809600000001"
        prompts = { menu = "menu.mp3" }
    """
    file.write_text(text, "utf-8")
    environment = Environment({})
    read = config_file.read(file, environment)
    assert (read.voice.number, environment.problems) == (NUMBER, [])
    file.write_text(text.replace('"twilio"\n        number', '"console"\n        number'), "utf-8")
    config_file.read(file, environment)
    assert environment.problems == [
        "voice: gateway must name a gateway of the kind twilio or africastalking"
    ]
