"""Which service points are near: jurisdiction first, distance last."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date

import pytest

from helpline.cases.directory import Centre, Directory, Kind, Why, kilometres
from helpline.data.load import load_directory_seed, load_kinds, load_places
from helpline.flow.words import Label

PLACES = load_places()
KINDS = load_kinds()
SEED = Directory(load_directory_seed(), KINDS, PLACES)
TODAY = date(2026, 11, 21)

WELFARE = Kind("welfare", Label("ক", "w", "Welfare"), far=True)
AID = Kind("aid", Label("খ", "a", "Aid"), every_district=True)
CLINIC = Kind("clinic", Label("গ", "c", "Clinic"), every_division=True, far=True)
TANGAIL, DHAKA, GAZIPUR, CHATTOGRAM, BANDARBAN = "BD-63", "BD-13", "BD-18", "BD-10", "BD-01"


def centre(key: str, district: str, kind: str = "welfare", **more: object) -> Centre:
    """Make a service point that exists only here."""
    return Centre(key, kind, Label(key, key, key), district, **more)  # type: ignore[arg-type]


def directory(*centres: Centre) -> Directory:
    return Directory(centres, (WELFARE, AID, CLINIC), PLACES)


def found(
    of: Directory, district: str, upazila: str = "", limit: int = 9, **more
) -> list[tuple[str, Why]]:
    return [(one.centre.key, one.why) for one in of.near(district, upazila, TODAY, limit, **more)]


def test_own_upazila_comes_before_own_district_before_catchment() -> None:
    points = directory(
        centre("serves", DHAKA, catchment=(TANGAIL,)),
        centre("whole", TANGAIL),
        centre("here", TANGAIL, upazila="bd-63.sakhipur"),
        centre("there", TANGAIL, upazila="bd-63.gopalpur"),
    )
    assert found(points, TANGAIL, "bd-63.sakhipur") == [
        ("here", Why.OWN_UPAZILA),
        ("whole", Why.OWN_DISTRICT),
        ("there", Why.OWN_DISTRICT),
        ("serves", Why.CATCHMENT),
        ("aid.bd-63", Why.TYPE_LEVEL),
    ]


def test_the_own_district_counts_although_another_is_nearer() -> None:
    points = directory(centre("own", CHATTOGRAM), centre("nearer", BANDARBAN))
    assert found(points, CHATTOGRAM, "bd-10.satkania")[0] == ("own", Why.OWN_DISTRICT)
    assert "nearer" not in dict(found(points, CHATTOGRAM, "bd-10.satkania"))


def test_a_catchment_may_name_an_upazila() -> None:
    points = directory(centre("serves", BANDARBAN, catchment=("bd-10.satkania",)))
    assert found(points, CHATTOGRAM, "bd-10.satkania")[0] == ("serves", Why.CATCHMENT)
    assert found(points, CHATTOGRAM, "bd-10.raozan")[-1] == ("serves", Why.DISTANCE)


def test_without_anything_near_the_nearest_of_a_kind_is_named_once() -> None:
    points = directory(centre("near", GAZIPUR), centre("far", "BD-54"), centre("also", GAZIPUR))
    assert found(points, DHAKA) == [("aid.bd-13", Why.TYPE_LEVEL), ("near", Why.DISTANCE)]


def test_a_kind_that_is_answered_is_not_looked_for_farther_away() -> None:
    points = directory(centre("own", TANGAIL), centre("near", GAZIPUR))
    assert [key for key, _ in found(points, TANGAIL)] == ["own", "aid.bd-63"]


def test_one_of_the_division_comes_before_a_nearer_one_of_another() -> None:
    points = directory(centre("division", CHATTOGRAM, "clinic"), centre("nearer", DHAKA, "clinic"))
    assert found(points, "BD-08")[-1] == ("division", Why.OWN_DIVISION)


def test_where_no_one_of_the_division_is_known_none_is_made_up() -> None:
    points = directory(centre("elsewhere", DHAKA, "clinic"))
    assert found(points, "BD-34")[-1] == ("elsewhere", Why.DISTANCE)
    assert found(SEED, "BD-34", kinds=("occ",)) == [("occ-dhaka", Why.DISTANCE)]


def test_a_kind_that_every_district_has_is_named_without_an_address() -> None:
    [answer] = directory().near(TANGAIL, None, TODAY, 5)
    assert answer.why is Why.TYPE_LEVEL
    assert answer.centre.name == Label("খ, টাঙ্গাইল", "a, Tangail", "Aid, Tangail")
    assert answer.centre.address is None
    assert answer.centre.phone == ""
    assert answer.confirm


def test_the_districts_own_one_on_record_replaces_the_made_up_one() -> None:
    assert found(directory(centre("real", TANGAIL, "aid")), TANGAIL) == [("real", Why.OWN_DISTRICT)]
    sadar = centre("real", TANGAIL, "aid", upazila="bd-63.sadar")
    assert found(directory(sadar), TANGAIL) == [("real", Why.OWN_DISTRICT)]


def test_one_in_some_upazila_does_not() -> None:
    points = directory(centre("branch", TANGAIL, "aid", upazila="bd-63.gopalpur"))
    assert [why for _, why in found(points, TANGAIL)] == [Why.OWN_DISTRICT, Why.TYPE_LEVEL]


def test_expired_entries_are_left_out_everywhere() -> None:
    gone = {"expires_at": TODAY}
    points = directory(
        centre("own", TANGAIL, **gone),
        centre("aid", TANGAIL, "aid", **gone),
        centre("far", GAZIPUR, **gone),
        centre("farther", DHAKA, expires_at=date(2026, 11, 22)),
    )
    assert found(points, TANGAIL) == [("aid.bd-63", Why.TYPE_LEVEL), ("farther", Why.DISTANCE)]


def test_what_nobody_verified_has_to_be_confirmed() -> None:
    verified = {"verified_at": date(2026, 11, 1), "verified_by": "someone"}
    points = directory(centre("known", TANGAIL, **verified), centre("unknown", TANGAIL))
    confirm = {one.centre.key: one.confirm for one in points.near(TANGAIL, None, TODAY, 2)}
    assert confirm == {"known": False, "unknown": True}


def test_every_answer_can_be_asked_for_again_by_its_key() -> None:
    for district in PLACES.districts:
        for answer in SEED.near(district.iso, None, TODAY, 20):
            again = SEED.answer(answer.centre.key, TODAY)
            assert again is not None
            assert (again.centre, again.confirm) == (answer.centre, answer.confirm)


def test_an_answer_that_has_expired_since_is_still_known_but_to_be_confirmed() -> None:
    point = centre("own", TANGAIL, verified_at=date(2026, 1, 1), expires_at=TODAY)
    answer = directory(point).answer("own", TODAY)
    assert answer is not None
    assert answer.confirm


@pytest.mark.parametrize(
    "key", ["", "nobody", "aid", "aid.", "aid.bd-99", "welfare.bd-63", "x.bd-63"]
)
def test_a_key_that_was_never_offered_has_no_answer(key: str) -> None:
    assert directory().answer(key, TODAY) is None


def test_an_unknown_district_has_no_answers() -> None:
    assert SEED.near("", None, TODAY, 5) == SEED.near("BD-99", "", TODAY, 5) == ()


def test_no_more_than_asked_for() -> None:
    assert len(SEED.near("BD-08", None, TODAY, 2)) == 2
    assert SEED.near("BD-08", None, TODAY, 0) == ()


def test_answers_of_one_rank_come_in_the_order_of_kinds_then_as_given() -> None:
    points = directory(
        centre("c", TANGAIL, "clinic"),
        centre("b", TANGAIL),
        centre("a", TANGAIL, "aid"),
        centre("0", TANGAIL),
    )
    assert [key for key, _ in found(points, TANGAIL)] == ["b", "0", "a", "c"]


def test_only_the_kinds_asked_for() -> None:
    assert found(SEED, "BD-13", kinds=("legal_aid",)) == [("legal_aid.bd-13", Why.TYPE_LEVEL)]


def test_of_two_entries_with_one_key_the_later_counts() -> None:
    points = directory(centre("one", TANGAIL), centre("one", DHAKA))
    assert found(points, DHAKA)[0] == ("one", Why.OWN_DISTRICT)
    assert found(points, TANGAIL)[-1] == ("one", Why.DISTANCE)


def test_every_district_gets_a_training_centre_legal_aid_and_a_crisis_centre() -> None:
    for district in PLACES.districts:
        kinds = {one.centre.kind for one in SEED.near(district.iso, None, TODAY, 20)}
        assert {"ttc", "legal_aid", "occ", "welfare"} <= kinds


def test_magura_is_served_by_the_welfare_centre_of_jashore() -> None:
    assert found(SEED, "BD-37")[0] == ("welfare-jashore", Why.CATCHMENT)


def test_distances_are_those_of_the_map() -> None:
    dhaka, chattogram = PLACES.district(DHAKA), PLACES.district(CHATTOGRAM)
    assert 205 < kilometres(dhaka, chattogram) < 225
    assert kilometres(dhaka, dhaka) == 0


def test_five_thousand_service_points_are_searched_in_no_time() -> None:
    many = [
        replace(seed, key=f"{seed.key}-{number}", upazila=upazila.key, district=upazila.district)
        for number, upazila in enumerate(PLACES.upazilas)
        for seed in load_directory_seed()[:10]
    ]
    assert len(many) == 4950
    points = Directory(many, KINDS, PLACES)
    points.near(CHATTOGRAM, None, TODAY, 6)
    began = time.perf_counter()
    for _ in range(50):
        assert len(points.near(CHATTOGRAM, "bd-10.raozan", TODAY, 6)) == 6
    assert (time.perf_counter() - began) / 50 < 0.01
