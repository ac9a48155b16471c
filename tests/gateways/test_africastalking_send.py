"""Sending through the official SDK over real HTTP, and what every end of a call is taken for."""

import json
import logging
import socket
import ssl
import threading
import warnings
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from helpline.gateways.africastalking import RECIPIENT
from helpline.gateways.port import Outcome, Outgoing, Verdict
from tests.fakes.africastalking_fake import AfricasTalkingFake
from tests.fakes.gateway_server import Fault

TEXT = "আগামীকাল সকাল ১০টায়"


def number(serial: int) -> str:
    """A fictional number."""
    return f"+88017{serial:08d}"


def texts(count: int, text: str = TEXT) -> list[Outgoing]:
    return [Outgoing(f"m{n}", number(n), text) for n in range(count)]


def outcomes(verdicts: list[Verdict]) -> list[Outcome]:
    return [verdict.outcome for verdict in verdicts]


def test_a_text_is_accepted_with_the_gateways_id(africastalking_fake, make_africastalking):
    gateway = make_africastalking(africastalking_fake.url)
    (verdict,) = gateway.send(texts(1))
    (arrived,) = africastalking_fake.log
    assert verdict == Verdict("m0", Outcome.ACCEPTED, external_id=arrived.message_id)
    assert (arrived.number, arrived.text) == (number(0), TEXT)


def test_the_request_is_what_the_gateway_documents(africastalking_fake, make_africastalking):
    gateway = make_africastalking(
        africastalking_fake.url + "/", api_key="the-key", sender="HELPLINE", enqueue=True
    )
    gateway.send(texts(2))
    (asked,) = africastalking_fake.asked
    assert asked.path == "/version1/messaging"
    assert asked.form == {
        "username": "sandbox",
        "to": f"{number(0)},{number(1)}",
        "message": TEXT,
        "bulkSMSMode": "1",
        "from": "HELPLINE",
        "enqueue": "1",
    }
    assert asked.headers["apiKey"] == "the-key"
    assert asked.headers["Accept"] == "application/json"


def test_texts_are_bulked_by_text_and_answered_in_order(africastalking_fake, make_africastalking):
    gateway = make_africastalking(africastalking_fake.url)
    messages = [
        Outgoing(f"m{n}", number(n), f"text {n % 3}" if n < 250 else TEXT) for n in range(500)
    ]
    verdicts = gateway.send(messages)
    assert [verdict.message_id for verdict in verdicts] == [f"m{n}" for n in range(500)]
    assert set(outcomes(verdicts)) == {Outcome.ACCEPTED}
    sizes = [len(asked.form["to"].split(",")) for asked in africastalking_fake.asked]
    assert sorted(sizes) == [50, 83, 83, 84, 100, 100]
    by_id = {text.message_id: text for text in africastalking_fake.log}
    for message, verdict in zip(messages, verdicts, strict=True):
        arrived = by_id[verdict.external_id]
        assert (arrived.number, arrived.text) == (message.number, message.text)


def test_a_number_that_comes_twice_goes_into_two_calls(africastalking_fake, make_africastalking):
    gateway = make_africastalking(africastalking_fake.url)
    verdicts = gateway.send([Outgoing("a", number(1), TEXT), Outgoing("b", number(1), TEXT)])
    assert outcomes(verdicts) == [Outcome.ACCEPTED] * 2
    assert verdicts[0].external_id != verdicts[1].external_id
    assert len(africastalking_fake.asked) == 2


def test_a_bulk_of_a_hundred_with_seven_failures_has_ninety_three_sent(
    africastalking_fake, make_africastalking
):
    gateway = make_africastalking(africastalking_fake.url)
    failures = {3: 402, 14: 403, 15: 404, 92: 405, 65: 406, 35: 407, 89: 502}
    africastalking_fake.refusals = {
        number(place): (code, RECIPIENT[code][1]) for place, code in failures.items()
    }
    verdicts = gateway.send(texts(100))
    assert Counter(outcomes(verdicts))[Outcome.ACCEPTED] == 93
    assert len(africastalking_fake.log) == 93
    for place, code in failures.items():
        outcome, word = RECIPIENT[code]
        assert verdicts[place] == Verdict(f"m{place}", outcome, trouble=word)


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (100, Outcome.ACCEPTED),
        (101, Outcome.ACCEPTED),
        (102, Outcome.ACCEPTED),
        (401, Outcome.MISCONFIGURED),
        (402, Outcome.MISCONFIGURED),
        (403, Outcome.REFUSED),
        (404, Outcome.REFUSED),
        (405, Outcome.MISCONFIGURED),
        (406, Outcome.OPTED_OUT),
        (407, Outcome.RETRY),
        (409, Outcome.REFUSED),
        (500, Outcome.AMBIGUOUS),
        (501, Outcome.AMBIGUOUS),
        (502, Outcome.REFUSED),
        (999, Outcome.AMBIGUOUS),
        (0, Outcome.AMBIGUOUS),
    ],
)
def test_each_code_of_a_recipient_has_its_outcome(
    code, outcome, africastalking_fake, make_africastalking
):
    africastalking_fake.refusals = {number(0): (code, "Word")}
    verdicts = make_africastalking(africastalking_fake.url).send(texts(2))
    assert outcomes(verdicts) == [outcome, Outcome.ACCEPTED]
    assert verdicts[0].external_id == ""


def answer_with(*entries: dict[str, object], message: str = "Sent") -> Fault:
    data = {"SMSMessageData": {"Message": message, "Recipients": list(entries)}}
    return Fault("body", body=json.dumps(data).encode())


@pytest.mark.parametrize(
    ("entry", "outcome", "external_id"),
    [
        ({"statusCode": "101", "messageId": "ATXid_1"}, Outcome.ACCEPTED, "ATXid_1"),
        ({"statusCode": 101, "messageId": "None"}, Outcome.ACCEPTED, ""),
        ({"statusCode": 101, "messageId": None}, Outcome.ACCEPTED, ""),
        ({"statusCode": 101}, Outcome.ACCEPTED, ""),
        ({"statusCode": 101, "messageId": "x" * 5000}, Outcome.ACCEPTED, ""),
        ({"statusCode": 101, "number": "8801700000000"}, Outcome.ACCEPTED, ""),
        ({"statusCode": 401, "messageId": "ATXid_1"}, Outcome.AMBIGUOUS, "ATXid_1"),
        ({"statusCode": 401, "messageId": "None"}, Outcome.MISCONFIGURED, ""),
        ({"statusCode": None}, Outcome.AMBIGUOUS, ""),
        ({"messageId": "ATXid_1"}, Outcome.AMBIGUOUS, "ATXid_1"),
        ({"statusCode": 101, "number": "+8801799999999"}, Outcome.AMBIGUOUS, ""),
        ({"statusCode": "Success"}, Outcome.AMBIGUOUS, ""),
        ({"statusCode": [101]}, Outcome.AMBIGUOUS, ""),
    ],
)
def test_odd_entries_of_a_recipient(entry, outcome, external_id, make_africastalking):
    with AfricasTalkingFake([answer_with({"number": number(0)} | entry)]) as fake:
        (verdict,) = make_africastalking(fake.url).send(texts(1))
    assert (verdict.outcome, verdict.external_id) == (outcome, external_id)


def test_a_recipient_missing_from_the_answer_is_ambiguous(africastalking_fake, make_africastalking):
    africastalking_fake.left_out = {number(1)}
    verdicts = make_africastalking(africastalking_fake.url).send(texts(3))
    assert outcomes(verdicts) == [Outcome.ACCEPTED, Outcome.AMBIGUOUS, Outcome.ACCEPTED]
    assert verdicts[1].trouble == "not-in-answer"


def test_a_recipient_answered_twice_is_ambiguous(make_africastalking):
    twice = {"number": number(0), "statusCode": 101, "messageId": "ATXid_1"}
    with AfricasTalkingFake([answer_with(twice, twice | {"statusCode": 403})]) as fake:
        (verdict,) = make_africastalking(fake.url).send(texts(1))
    assert (verdict.outcome, verdict.trouble) == (Outcome.AMBIGUOUS, "twice-in-answer")


@pytest.mark.parametrize(
    ("message", "outcome"),
    [
        ("InvalidSenderId", Outcome.MISCONFIGURED),
        ("InsufficientBalance", Outcome.MISCONFIGURED),
        ("Sent to 0/1 Total Cost: 0", Outcome.AMBIGUOUS),
        ("", Outcome.AMBIGUOUS),
    ],
)
def test_an_answer_without_recipients_may_say_why(message, outcome, make_africastalking):
    with AfricasTalkingFake([answer_with(message=message)]) as fake:
        (verdict,) = make_africastalking(fake.url).send(texts(1))
    assert verdict.outcome is outcome


@pytest.mark.parametrize("how", ["charset", "text"])
def test_json_counts_whatever_its_content_type(how, make_africastalking):
    with AfricasTalkingFake([Fault(how, after=True)]) as fake:
        (verdict,) = make_africastalking(fake.url).send(texts(1))
        assert verdict.external_id == fake.log[0].message_id
    assert verdict.outcome is Outcome.ACCEPTED


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'"SMSMessageData"',
        b'{"SMSMessageData": null}',
        b'{"SMSMessageData": "x"}',
        b'{"SMSMessageData": {}}',
        b'{"SMSMessageData": {"Recipients": null}}',
        b'{"SMSMessageData": {"Recipients": [1]}}',
        b'{"SMSMessageData": {"Recipients": [{}]}}',
        b'{"SMSMessageData": {"Recipients": "none"}}',
        b"\xff\xfe",
        b"[" * 100_000,
    ],
)
def test_a_201_that_is_not_the_documented_answer_is_ambiguous(body, make_africastalking):
    with AfricasTalkingFake([Fault("body", body=body)]) as fake:
        (verdict,) = make_africastalking(fake.url).send(texts(1))
    assert verdict.outcome is Outcome.AMBIGUOUS


@pytest.mark.parametrize("after", [False, True])
def test_a_page_with_status_200_is_ambiguous(after, make_africastalking):
    with AfricasTalkingFake([Fault("html", after=after)]) as fake:
        (verdict,) = make_africastalking(fake.url).send(texts(1))
    assert (verdict.outcome, verdict.trouble) == (Outcome.AMBIGUOUS, "unreadable-answer")


STATUSES = {
    301: Outcome.MISCONFIGURED,
    302: Outcome.MISCONFIGURED,
    307: Outcome.MISCONFIGURED,
    400: Outcome.REFUSED,
    401: Outcome.MISCONFIGURED,
    402: Outcome.MISCONFIGURED,
    403: Outcome.MISCONFIGURED,
    404: Outcome.MISCONFIGURED,
    405: Outcome.MISCONFIGURED,
    407: Outcome.MISCONFIGURED,
    408: Outcome.RETRY,
    413: Outcome.REFUSED,
    422: Outcome.REFUSED,
    429: Outcome.RETRY,
    500: Outcome.AMBIGUOUS,
    501: Outcome.AMBIGUOUS,
    502: Outcome.AMBIGUOUS,
    503: Outcome.RETRY,
    504: Outcome.AMBIGUOUS,
    599: Outcome.AMBIGUOUS,
}


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(("status", "outcome"), STATUSES.items())
def test_each_status_has_its_outcome_whether_or_not_the_text_was_taken(
    status, outcome, after, make_africastalking
):
    """The sender cannot know which it was: so RETRY is kept for statuses that say "not taken"."""
    headers = {"Location": "http://127.0.0.1:1/"} if status < 400 else {}
    with AfricasTalkingFake([Fault("status", after, status, headers)]) as fake:
        verdicts = make_africastalking(fake.url).send(texts(3))
        assert len(fake.asked) == 1, "neither repeated nor redirected"
        assert len(fake.log) == (3 if after else 0)
    assert set(verdicts) == {
        Verdict(f"m{n}", outcome, trouble=f"http-{status}", retry_after=0) for n in range(3)
    }
    assert outcome is not Outcome.RETRY or status in {408, 425, 429, 503}


@pytest.mark.parametrize("after", [False, True])
def test_a_gateway_that_hangs_is_ambiguous(after, make_africastalking):
    with AfricasTalkingFake([Fault("hang", after)]) as fake:
        (verdict,) = make_africastalking(fake.url, read_seconds=0.2).send(texts(1))
    assert (verdict.outcome, verdict.trouble) == (Outcome.AMBIGUOUS, "read-timeout")


@pytest.mark.parametrize("after", [False, True])
def test_a_connection_closed_without_an_answer_is_ambiguous(after, make_africastalking):
    with AfricasTalkingFake([Fault("close", after)]) as fake:
        (verdict,) = make_africastalking(fake.url).send(texts(1))
        assert len(fake.asked) == 1, "not repeated"
    assert (verdict.outcome, verdict.trouble) == (Outcome.AMBIGUOUS, "connection-lost")


def test_a_refused_connection_is_worth_another_try(make_africastalking):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{unused.getsockname()[1]}"
        (verdict,) = make_africastalking(address).send(texts(1))
    assert (verdict.outcome, verdict.trouble) == (Outcome.RETRY, "connection-refused")


def test_a_host_without_a_name_is_worth_another_try(make_africastalking):
    (verdict,) = make_africastalking("http://gateway.invalid").send(texts(1))
    assert verdict.outcome is Outcome.RETRY


def test_a_connection_that_never_opens_is_worth_another_try(make_africastalking, deaf_address):
    gateway = make_africastalking(deaf_address, connect_seconds=0.2)
    (verdict,) = gateway.send(texts(1))
    assert (verdict.outcome, verdict.trouble) == (Outcome.RETRY, "connect-timeout")


@pytest.mark.parametrize(
    ("base_url", "api_key"),
    [("nonsense", "key"), ("http://", "key"), ("http://127.0.0.1:1", "key\nwith: a line break")],
)
def test_an_address_or_key_that_cannot_be_used_is_ours_to_fix(
    base_url, api_key, make_africastalking
):
    (verdict,) = make_africastalking(base_url, api_key=api_key).send(texts(1))
    assert verdict.outcome is Outcome.MISCONFIGURED


def test_an_unencrypted_answer_where_tls_was_expected_is_no_verdict(
    africastalking_fake, make_africastalking
):
    address = africastalking_fake.url.replace("http:", "https:")
    (verdict,) = make_africastalking(address).send(texts(1))
    assert (verdict.outcome, verdict.trouble) == (Outcome.AMBIGUOUS, "tls")


def test_a_certificate_nobody_vouches_for_is_ours_to_fix(tmp_path, make_africastalking):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed(tmp_path))
    with AfricasTalkingFake() as fake:
        fake._server.socket = context.wrap_socket(fake._server.socket, server_side=True)
        address = fake.url.replace("http:", "https:")
        (verdict,) = make_africastalking(address).send(texts(1))
        assert not fake.log
    assert (verdict.outcome, verdict.trouble) == (Outcome.MISCONFIGURED, "tls-certificate")


def self_signed(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file = folder / "server.pem"
    file.write_bytes(secret + certificate.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.mark.parametrize(
    ("retry_after", "low", "high"),
    [
        ("7", 7, 7),
        (" 7 ", 7, 7),
        ("0", 0, 0),
        ("999999999999", 3600, 3600),
        ("-5", 0, 0),
        ("nan", 0, 0),
        ("soon", 0, 0),
        ("", 0, 0),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0, 0),
    ],
)
def test_the_wait_a_gateway_asks_for_is_passed_on(retry_after, low, high, make_africastalking):
    fault = Fault("status", status=429, headers={"Retry-After": retry_after})
    with AfricasTalkingFake([fault]) as fake:
        (verdict,) = make_africastalking(fake.url).send(texts(1))
    assert low <= verdict.retry_after <= high


def test_a_wait_until_a_date_is_passed_on_in_seconds(make_africastalking):
    date = format_datetime(datetime.now(UTC) + timedelta(minutes=20), usegmt=True)
    fault = Fault("status", status=429, headers={"Retry-After": date})
    with AfricasTalkingFake([fault]) as fake:
        (verdict,) = make_africastalking(fake.url).send(texts(1))
    assert 1000 <= verdict.retry_after <= 1200


def test_a_byte_order_mark_before_the_json_does_not_matter(make_africastalking):
    good = answer_with({"number": number(0), "statusCode": 101, "messageId": "ATXid_1"})
    with AfricasTalkingFake([replace(good, body=b"\xef\xbb\xbf" + good.body)]) as fake:
        (verdict,) = make_africastalking(fake.url).send(texts(1))
    assert verdict.outcome is Outcome.ACCEPTED


def test_a_cookie_of_the_gateway_is_not_kept(make_africastalking):
    fault = Fault("status", status=400, headers={"Set-Cookie": "a=b; Path=/"})
    with AfricasTalkingFake([fault]) as fake:
        gateway = make_africastalking(fake.url)
        gateway.send(texts(1))
        gateway.send(texts(1))
        assert "Cookie" not in fake.asked[1].headers


def test_wrong_credentials_are_ours_to_fix(make_africastalking):
    with AfricasTalkingFake(api_key="right") as fake:
        (verdict,) = make_africastalking(fake.url, api_key="wrong").send(texts(1))
    assert (verdict.outcome, verdict.trouble) == (Outcome.MISCONFIGURED, "http-401")


def test_after_a_failed_call_the_rest_is_not_tried(make_africastalking):
    messages = [Outgoing(f"m{n}", number(n), f"text {n}") for n in range(5)]
    with AfricasTalkingFake([None, Fault("status", status=500)]) as fake:
        verdicts = make_africastalking(fake.url).send(messages)
        assert len(fake.asked) == 2
    assert [(verdict.outcome, verdict.trouble) for verdict in verdicts] == [
        (Outcome.ACCEPTED, ""),
        (Outcome.AMBIGUOUS, "http-500"),
        *[(Outcome.UNTRIED, "not-tried")] * 3,
    ]


def test_after_a_refused_call_the_rest_is_tried(make_africastalking):
    messages = [Outgoing(f"m{n}", number(n), f"text {n}") for n in range(3)]
    with AfricasTalkingFake([Fault("status", status=400)]) as fake:
        verdicts = make_africastalking(fake.url).send(messages)
    assert outcomes(verdicts) == [Outcome.REFUSED, Outcome.ACCEPTED, Outcome.ACCEPTED]


def test_an_empty_balance_stops_the_rest(africastalking_fake, make_africastalking):
    africastalking_fake.refusals = {number(0): (405, "InsufficientBalance")}
    messages = [Outgoing(f"m{n}", number(n), f"text {n}") for n in range(2)]
    verdicts = make_africastalking(africastalking_fake.url).send(messages)
    assert [verdict.trouble for verdict in verdicts] == ["InsufficientBalance", "not-tried"]


@pytest.mark.parametrize(
    ("to", "text", "trouble"),
    [
        ("01700000001", TEXT, "bad-number"),
        ("+8801100000001", TEXT, "bad-number"),
        ("+8801700000001\n", TEXT, "bad-number"),
        ("+8801700000001,+8801700000002", TEXT, "bad-number"),
        ("", TEXT, "bad-number"),
        ("+8801700000001", "", "empty-text"),
        ("+8801700000001", " \n", "empty-text"),
        ("+8801700000001", "x" * 1601, "too-long"),
        ("+8801700000001", "\ud800", "bad-text"),
        ("+8801700000001", "a\0b", "bad-text"),
    ],
)
def test_what_cannot_be_sent_is_refused_without_a_call_and_spoils_no_other(
    to, text, trouble, africastalking_fake, make_africastalking
):
    gateway = make_africastalking(africastalking_fake.url)
    verdicts = gateway.send([Outgoing("bad", to, text), *texts(1)])
    assert verdicts[0] == Verdict("bad", Outcome.REFUSED, trouble=trouble)
    assert verdicts[1].outcome is Outcome.ACCEPTED
    assert [arrived.number for arrived in africastalking_fake.log] == [number(0)]


def test_nothing_to_send_is_no_call(africastalking_fake, make_africastalking):
    assert make_africastalking(africastalking_fake.url).send([]) == []
    assert not africastalking_fake.asked


def test_many_threads_send_at_once_and_every_verdict_is_its_own(make_africastalking):
    shares = {
        Fault("status", status=429): 0.05,
        Fault("status", after=True, status=500): 0.05,
        Fault("close", after=True): 0.05,
        Fault("charset", after=True): 0.2,
    }
    with AfricasTalkingFake(shares=shares, seed=7) as fake:
        gateway = make_africastalking(fake.url)
        with ThreadPoolExecutor(8) as pool:
            batches = list(
                pool.map(
                    lambda n: gateway.send(
                        [Outgoing(f"{n}-{k}", number(n * 10 + k), f"text {n}") for k in range(10)]
                    ),
                    range(60),
                )
            )
        log = fake.log
    arrived = {text.message_id: text for text in log}
    numbers = Counter(text.number for text in log)
    assert max(numbers.values()) == 1, "nobody is texted twice"
    for n, verdicts in enumerate(batches):
        for k, verdict in enumerate(verdicts):
            assert verdict.message_id == f"{n}-{k}"
            to = number(n * 10 + k)
            if verdict.outcome is Outcome.ACCEPTED:
                assert arrived[verdict.external_id].number == to
            if verdict.outcome is Outcome.RETRY:
                assert to not in numbers
    found = Counter(verdict.outcome for verdicts in batches for verdict in verdicts)
    assert found[Outcome.ACCEPTED] > 400
    assert found[Outcome.RETRY]
    assert found[Outcome.AMBIGUOUS]


def test_one_connection_is_kept_for_many_calls(make_africastalking):
    ports = set()

    class Watching(AfricasTalkingFake):
        def answer(self, asked):
            ports.add(threading.get_ident())  # one thread per connection
            return super().answer(asked)

    with Watching() as fake:
        gateway = make_africastalking(fake.url)
        for n in range(20):
            gateway.send([Outgoing("m", number(n), TEXT)])
    assert len(ports) == 1


def test_a_proxy_of_the_environment_is_not_asked_for_this_machine(
    africastalking_fake, make_africastalking, monkeypatch
):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    (verdict,) = make_africastalking(africastalking_fake.url).send(texts(1))
    assert verdict.outcome is Outcome.ACCEPTED


def test_the_sandbox_user_brings_no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        from helpline.gateways.africastalking_sdk import KeptSMSService  # noqa: PLC0415

        service = KeptSMSService("sandbox", "key", "")
        service.close()


def test_the_sdks_callback_threads_are_not_to_be_used():
    from helpline.gateways.africastalking_sdk import KeptSMSService  # noqa: PLC0415

    service = KeptSMSService("sandbox", "key", "http://127.0.0.1:1")
    with pytest.raises(TypeError):
        service.send("x", ["+8801700000001"], callback=print)
    service.close()


def test_neither_numbers_nor_texts_nor_keys_are_logged(make_africastalking, caplog):
    caplog.set_level(logging.DEBUG)
    faults = [None, Fault("status", status=400, body=number(0).encode()), Fault("close")]
    with AfricasTalkingFake(faults) as fake:
        gateway = make_africastalking(fake.url, api_key="canary-key")
        for _ in faults:
            verdicts = gateway.send(texts(1, "canary text"))
            assert "17000000" not in repr(verdicts)
    assert "canary" not in caplog.text
    assert "17000000" not in caplog.text
