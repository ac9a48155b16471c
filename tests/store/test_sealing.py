from __future__ import annotations

import base64
import hashlib
import hmac
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpline.store.sealing import BadKeys, KeyRing, Unsealable, new_keys

PLACE = ("person.identity", "0190a6e4c0de7000800000000000000a")
CANARY = "রহিমা খাতুন +8801700000000"


def key(seed: str) -> str:
    return base64.b64encode(hashlib.sha256(seed.encode()).digest()).decode()


OLD = f"one:{key('1')},index:{key('i')}"
NEW = f"two:{key('2')},one:{key('1')},index:{key('i')}"


@given(st.text(), st.text(max_size=40))
def test_what_is_sealed_opens_in_its_own_place(words: str, row: str):
    ring = KeyRing.parse(OLD)
    assert (
        ring.unseal_text(ring.seal(words, "person.identity", row), "person.identity", row) == words
    )


@given(st.binary())
def test_bytes_come_back_as_they_were(data: bytes):
    ring = KeyRing.parse(OLD)
    assert ring.unseal(ring.seal(data, *PLACE), *PLACE) == data


def test_equal_values_look_different_when_sealed(keys: KeyRing):
    assert keys.seal(CANARY, *PLACE) != keys.seal(CANARY, *PLACE)


def test_a_sealed_value_shows_nothing_of_what_is_in_it(keys: KeyRing):
    blob = keys.seal(CANARY, *PLACE)
    for encoding in ("utf-8", "utf-16-le", "utf-32-le"):
        for piece in CANARY.split():
            assert piece.encode(encoding) not in blob


@pytest.mark.parametrize(
    ("column", "row"),
    [(PLACE[0], PLACE[1][:-1] + "b"), ("person.name", PLACE[1]), ("phone.number", PLACE[1])],
)
def test_a_value_moved_to_another_row_or_column_cannot_be_opened(
    keys: KeyRing, column: str, row: str
):
    blob = keys.seal(CANARY, *PLACE)
    with pytest.raises(Unsealable, match="was changed or moved"):
        keys.unseal(blob, column, row)


def test_a_value_with_any_one_bit_changed_cannot_be_opened(keys: KeyRing):
    blob = keys.seal(CANARY, *PLACE)
    for position in range(len(blob) * 8):
        changed = bytearray(blob)
        changed[position // 8] ^= 1 << position % 8
        with pytest.raises(Unsealable):
            keys.unseal(bytes(changed), *PLACE)


def test_a_value_cut_short_or_made_longer_cannot_be_opened(keys: KeyRing):
    blob = keys.seal(CANARY, *PLACE)
    for changed in [blob[:length] for length in range(len(blob))] + [blob + b"\0"]:
        with pytest.raises(Unsealable):
            keys.unseal(changed, *PLACE)


@given(st.binary(max_size=80))
def test_whatever_bytes_are_there_the_answer_is_unsealable(blob: bytes):
    ring = KeyRing.parse(OLD)
    with pytest.raises(Unsealable):
        ring.unseal(blob, *PLACE)


def test_another_key_of_the_same_name_cannot_open():
    blob = KeyRing.parse(OLD).seal(CANARY, *PLACE)
    with pytest.raises(Unsealable, match="was changed or moved"):
        KeyRing.parse(f"one:{key('x')},index:{key('i')}").unseal(blob, *PLACE)


def test_a_key_that_left_the_ring_is_named_as_the_reason():
    blob = KeyRing.parse(NEW).seal(CANARY, *PLACE)
    with pytest.raises(Unsealable, match="sealed with a key that is not in the ring"):
        KeyRing.parse(OLD).unseal(blob, *PLACE)


def test_an_error_names_the_place_and_never_the_value(keys: KeyRing):
    blob = keys.seal(CANARY, *PLACE)
    with pytest.raises(Unsealable) as caught:
        keys.unseal(blob[:-1], *PLACE)
    assert str(caught.value) == f"{PLACE[0]} of row {PLACE[1]} was changed or moved"
    assert caught.value.__suppress_context__


def test_after_rotation_old_values_open_and_new_ones_use_the_new_key():
    old, new = KeyRing.parse(OLD), KeyRing.parse(NEW)
    before, after = old.seal(CANARY, *PLACE), new.seal(CANARY, *PLACE)
    assert new.unseal_text(before, *PLACE) == new.unseal_text(after, *PLACE) == CANARY
    assert new.needs_rotation(before)
    assert not new.needs_rotation(after)
    assert b"two" in after


def test_a_fingerprint_survives_rotation_of_the_data_keys():
    phone = ("phone", "+8801700000000")
    assert KeyRing.parse(OLD).fingerprint(*phone) == KeyRing.parse(NEW).fingerprint(*phone)


def test_a_fingerprint_depends_on_the_kind_the_value_and_the_index_key(keys: KeyRing):
    prints = {
        keys.fingerprint("phone", "1"),
        keys.fingerprint("identity", "1"),
        keys.fingerprint("phone", "2"),
        KeyRing.parse(OLD).fingerprint("phone", "1"),
        keys.fingerprint("phone1", ""),
        hashlib.sha256(b"1").digest(),
    }
    assert len(prints) == 6
    assert {len(each) for each in prints} == {32}


def test_a_fingerprint_is_hmac_under_a_key_derived_as_rfc_5869_says():
    extracted = hmac.digest(bytes(32), base64.b64decode(key("i")), "sha256")
    derived = hmac.digest(extracted, b"helpline fingerprint phone\x01", "sha256")
    expected = hmac.digest(derived, b"+8801700000000", "sha256")
    assert KeyRing.parse(OLD).fingerprint("phone", "+8801700000000") == expected
    assert expected.hex().startswith("ac7df29b380c3ba8"), "must never change: look-ups would fail"


def test_fresh_keys_make_a_ring_of_their_own():
    assert KeyRing.parse(new_keys("one")).fingerprint("a", "b") != KeyRing.parse(
        new_keys("one")
    ).fingerprint("a", "b")


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("", "every entry must be id:base64key"),
        ("secret", "every entry must be id:base64key"),
        (f"one:{key('1')},", "every entry must be id:base64key"),
        (f"One:{key('1')}", "every entry must be id:base64key"),
        (f"{'a' * 17}:{key('1')}", "every entry must be id:base64key"),
        (f"one:{key('1')},one:{key('2')}", "two keys are named one"),
        ("one:not*base64", "the key one is not base64"),
        ("one:abc", "the key one is not base64"),
        ("one:c2hvcnQ=", "the key one must be 32 bytes"),
        (f"one:{base64.b64encode(bytes(32)).decode()}", "the key one is one byte repeated"),
        (f"one:{key('1')}", "the key named index is missing"),
        (f"index:{key('1')}", "there is no data key beside index"),
        (f"one:{key('1')},index:{key('1')}", "one key is there under two names"),
    ],
)
def test_keys_that_cannot_be_used_are_refused_in_one_line(setting: str, message: str):
    with pytest.raises(BadKeys) as caught:
        KeyRing.parse(setting)
    said = str(caught.value)
    assert message in said
    assert "\n" not in said
    assert key("1") not in said


def test_spaces_around_entries_are_no_mistake():
    ring = KeyRing.parse(OLD.replace(",", " , "))
    assert ring.fingerprint("a", "b") == KeyRing.parse(OLD).fingerprint("a", "b")


def test_a_ring_shows_nothing_of_its_keys(keys: KeyRing):
    assert repr(keys) == str(keys) == "<KeyRing>"


def test_a_ring_cannot_be_pickled_into_a_job(keys: KeyRing):
    with pytest.raises(TypeError):
        pickle.dumps(keys)
