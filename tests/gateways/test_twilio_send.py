"""Sending through the official SDK over real HTTP, and what every end of a call is taken for."""

import logging
import socket
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from helpline.gateways.port import Outcome, Outgoing, Verdict
from helpline.gateways.twilio import ERRORS
from tests.fakes.gateway_server import Fault
from tests.fakes.twilio_fake import ACCOUNT, TwilioFake
from tests.gateways.test_africastalking_send import STATUSES, number, outcomes, texts

TEXT = "আগামীকাল সকাল ১০টায়"
PROVIDER_STATUSES = {status: outcome for status, outcome in STATUSES.items() if status != 407}


def test_a_text_is_accepted_with_the_gateways_id(twilio_fake, make_twilio):
    (verdict,) = make_twilio(twilio_fake.url).send(texts(1))
    (arrived,) = twilio_fake.log
    assert verdict == Verdict("m0", Outcome.ACCEPTED, external_id=arrived.message_id)
    assert (arrived.number, arrived.text) == (number(0), TEXT)


def test_the_request_is_what_the_gateway_documents(twilio_fake, make_twilio):
    message = Outgoing("01J-abc_9", number(1), TEXT, valid_seconds=900)
    make_twilio(twilio_fake.url).send([message])
    (asked,) = twilio_fake.asked
    assert asked.path == f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    assert asked.form == {
        "To": number(1),
        "From": "HELPLINE",
        "Body": TEXT,
        "ContentRetention": "discard",
        "ValidityPeriod": "900",
        "StatusCallback": "https://helpline.example/hooks/twilio/receipt?m=01J-abc_9",
    }


def test_a_messaging_service_takes_the_place_of_a_sender(twilio_fake, make_twilio):
    gateway = make_twilio(
        twilio_fake.url, sender="", messaging_service_sid="MG1", content_retention=""
    )
    gateway.send(texts(1))
    (asked,) = twilio_fake.asked
    assert asked.form["MessagingServiceSid"] == "MG1"
    assert not asked.form.keys() & {"From", "ContentRetention", "ValidityPeriod"}


@pytest.mark.parametrize("message_id", ["", "a b", "ü", "a&b=c", "x" * 65, "a/b"])
def test_an_id_that_does_not_fit_an_address_stays_at_home(message_id, twilio_fake, make_twilio):
    make_twilio(twilio_fake.url).send([Outgoing(message_id, number(1), TEXT)])
    callback = twilio_fake.asked[0].form["StatusCallback"]
    assert callback == "https://helpline.example/hooks/twilio/receipt"


def test_the_validity_is_kept_within_what_twilio_takes(twilio_fake, make_twilio):
    make_twilio(twilio_fake.url).send([Outgoing("m", number(1), TEXT, valid_seconds=999_999)])
    assert twilio_fake.asked[0].form["ValidityPeriod"] == "36000"


def test_region_and_edge_of_the_environment_do_not_move_the_host(
    twilio_fake, make_twilio, monkeypatch
):
    monkeypatch.setenv("TWILIO_REGION", "ie1")
    monkeypatch.setenv("TWILIO_EDGE", "dublin")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    (verdict,) = make_twilio(twilio_fake.url).send(texts(1))
    assert verdict.outcome is Outcome.ACCEPTED


def test_wrong_credentials_are_ours_to_fix(make_twilio):
    with TwilioFake(token="another") as fake:
        (verdict,) = make_twilio(fake.url).send(texts(1))
    assert verdict == Verdict("m0", Outcome.MISCONFIGURED, trouble="twilio-20003")


@pytest.mark.parametrize("problem_json", [False, True])
@pytest.mark.parametrize(("code", "outcome"), ERRORS.items())
def test_each_error_code_has_its_outcome(code, outcome, problem_json, twilio_fake, make_twilio):
    """Also as RFC 9457 problem, which the SDK raises as an exception of another family."""
    twilio_fake.problem_json = problem_json
    foreign = "+966500000001"
    twilio_fake.refusals = {foreign: (400, code)}
    (verdict,) = make_twilio(twilio_fake.url).send([Outgoing("m", foreign, TEXT)])
    assert verdict == Verdict("m", outcome, trouble=f"twilio-{code}")


@pytest.mark.parametrize("code", [21408, 21606])
def test_what_is_wrong_with_a_country_pauses_the_gateway_only_for_our_own(
    code, twilio_fake, make_twilio
):
    twilio_fake.refusals = {number(0): (400, code), "+966500000001": (400, code)}
    gateway = make_twilio(twilio_fake.url)
    verdicts = gateway.send(
        [Outgoing("a", "+966500000001", TEXT), Outgoing("b", number(0), TEXT), *texts(3)[1:]]
    )
    assert outcomes(verdicts) == [
        Outcome.REFUSED,
        Outcome.MISCONFIGURED,
        Outcome.UNTRIED,
        Outcome.UNTRIED,
    ]


def test_an_unknown_code_is_judged_by_its_status(twilio_fake, make_twilio):
    twilio_fake.refusals = {number(0): (400, 99999), number(1): (403, 99999)}
    verdicts = make_twilio(twilio_fake.url).send(texts(2))
    assert [(verdict.outcome, verdict.trouble) for verdict in verdicts] == [
        (Outcome.REFUSED, "http-400"),
        (Outcome.MISCONFIGURED, "http-403"),
    ]


@pytest.mark.parametrize(
    ("code", "outcome", "trouble"),
    [
        (30005, Outcome.REFUSED, "twilio-30005"),
        (21610, Outcome.OPTED_OUT, "twilio-21610"),
        (30008, Outcome.AMBIGUOUS, "twilio-30008"),
        (12345, Outcome.REFUSED, "twilio-12345"),
        (None, Outcome.REFUSED, "failed"),
    ],
)
def test_a_201_for_a_message_that_failed_at_once_is_no_acceptance(
    code, outcome, trouble, twilio_fake, make_twilio
):
    twilio_fake.failed = {number(0): code}
    (verdict,) = make_twilio(twilio_fake.url).send(texts(1))
    assert (verdict.outcome, verdict.trouble) == (outcome, trouble)
    assert verdict.external_id == twilio_fake.log[0].message_id


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"code": null}', b"[]"])
@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(("status", "outcome"), PROVIDER_STATUSES.items())
def test_each_status_has_its_outcome_whatever_its_body_and_whether_or_not_it_was_taken(
    status, outcome, after, body, make_twilio
):
    headers = {"Location": "http://127.0.0.1:1/", "Retry-After": "7"}
    with TwilioFake([Fault("status", after, status, headers, body)]) as fake:
        verdicts = make_twilio(fake.url).send(texts(2)[:1])
        assert len(fake.asked) == 1, "neither repeated nor redirected"
    wait = 7.0 if status in {429, 503} else 0.0
    assert verdicts == [Verdict("m0", outcome, trouble=f"http-{status}", retry_after=wait)]


@pytest.mark.parametrize(
    "body", [b"", b"null", b"[]", b"{}", b'{"sid": ""}', b'{"sid": null}', b"<html>", b"\xff"]
)
def test_a_201_that_is_not_the_documented_answer_is_ambiguous(body, make_twilio):
    with TwilioFake([Fault("body", body=body)]) as fake:
        (verdict,) = make_twilio(fake.url).send(texts(1))
    assert verdict.outcome is Outcome.AMBIGUOUS


@pytest.mark.parametrize("after", [False, True])
def test_a_page_with_status_200_is_ambiguous(after, make_twilio):
    with TwilioFake([Fault("html", after)]) as fake:
        (verdict,) = make_twilio(fake.url).send(texts(1))
    assert verdict.outcome is Outcome.AMBIGUOUS


@pytest.mark.parametrize("how", ["charset", "text"])
def test_json_counts_whatever_its_content_type(how, make_twilio):
    with TwilioFake([Fault(how, after=True)]) as fake:
        (verdict,) = make_twilio(fake.url).send(texts(1))
    assert verdict.outcome is Outcome.ACCEPTED


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(
    ("how", "trouble"), [("hang", "read-timeout"), ("close", "connection-lost")]
)
def test_no_answer_is_ambiguous_and_not_repeated(how, trouble, after, make_twilio):
    with TwilioFake([Fault(how, after)]) as fake:
        (verdict,) = make_twilio(fake.url, read_seconds=0.2).send(texts(1))
        assert len(fake.asked) == 1
    assert (verdict.outcome, verdict.trouble) == (Outcome.AMBIGUOUS, trouble)


def test_a_connection_that_never_opens_is_worth_another_try(make_twilio, deaf_address):
    begun = time.monotonic()
    (verdict,) = make_twilio(deaf_address, connect_seconds=0.2).send(texts(1))
    assert (verdict.outcome, verdict.trouble) == (Outcome.RETRY, "connect-timeout")
    assert time.monotonic() - begun < 5, "half the time allowed for an answer"


def test_a_cookie_of_the_gateway_is_not_kept(make_twilio):
    fault = Fault("status", status=400, headers={"Set-Cookie": "a=b; Path=/"})
    with TwilioFake([fault]) as fake:
        make_twilio(fake.url).send(texts(2))
        assert "Cookie" not in fake.asked[1].headers


def test_a_refused_connection_is_worth_another_try_and_ends_the_batch(make_twilio):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        verdicts = make_twilio(f"http://127.0.0.1:{unused.getsockname()[1]}").send(texts(2))
    assert [(verdict.outcome, verdict.trouble) for verdict in verdicts] == [
        (Outcome.RETRY, "connection-refused"),
        (Outcome.UNTRIED, "not-tried"),
    ]


def test_one_text_nobody_likes_does_not_stop_the_others(twilio_fake, make_twilio):
    twilio_fake.refusals = {number(1): (400, 21211), number(2): (400, 21610)}
    verdicts = make_twilio(twilio_fake.url).send(texts(4))
    assert outcomes(verdicts) == [
        Outcome.ACCEPTED,
        Outcome.REFUSED,
        Outcome.OPTED_OUT,
        Outcome.ACCEPTED,
    ]


def test_what_cannot_be_sent_is_refused_without_a_call(twilio_fake, make_twilio):
    messages = [
        Outgoing("a", "017", TEXT),
        Outgoing("b", number(1), " "),
        Outgoing("c", number(1), "x" * 1601),
        Outgoing("d", number(1), "\udfff"),
    ]
    verdicts = make_twilio(twilio_fake.url).send(messages)
    assert outcomes(verdicts) == [Outcome.REFUSED] * 4
    assert not twilio_fake.asked


def test_many_threads_send_at_once_and_every_verdict_is_its_own(make_twilio):
    shares = {
        Fault("status", status=429): 0.1,
        Fault("status", after=True, status=500): 0.1,
        Fault("close", after=True): 0.05,
    }
    with TwilioFake(shares=shares, seed=11) as fake:
        gateway = make_twilio(fake.url)
        with ThreadPoolExecutor(8) as pool:
            batches = list(
                pool.map(
                    lambda n: gateway.send([Outgoing(f"{n}", number(n), f"text {n}")]), range(300)
                )
            )
        log = fake.log
    arrived = {text.message_id: text for text in log}
    reached = Counter(text.number for text in log)
    assert max(reached.values()) == 1
    for n, (verdict,) in enumerate(batches):
        assert verdict.message_id == str(n)
        if verdict.outcome is Outcome.ACCEPTED:
            assert arrived[verdict.external_id].number == number(n)
        if verdict.outcome is Outcome.RETRY:
            assert number(n) not in reached
    found = Counter(verdict.outcome for (verdict,) in batches)
    assert found[Outcome.ACCEPTED] > 150
    assert found[Outcome.RETRY]
    assert found[Outcome.AMBIGUOUS]


def test_neither_numbers_nor_texts_nor_tokens_are_logged(make_twilio, caplog):
    caplog.set_level(logging.DEBUG)
    with TwilioFake([None, Fault("close")]) as fake:
        fake.refusals = {number(2): (400, 21211)}
        gateway = make_twilio(fake.url)
        for serial in range(3):
            gateway.send([Outgoing("m", number(serial), "canary text")])
        assert fake.token not in caplog.text
    assert "canary" not in caplog.text
    assert "1700000" not in caplog.text
    assert logging.getLogger("twilio.http_client").level == logging.WARNING
