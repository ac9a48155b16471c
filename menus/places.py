"""The questions that find a place, shared by every task that needs one: division, district, upazila."""

from __future__ import annotations

from helpline.flow.words import AnyScreen, Fork, Goto, Item, Pick, Scene, Several, _

UNKNOWN = "unknown"
"""The upazila of somebody who does not know or say it."""


def district_of(scene: Scene) -> str:
    """The district that was chosen or typed, as its ISO code; empty while only a division is known."""
    place = scene.answers.get("place", "")
    return place if scene.facts.places.district(place) else ""


def upazila_of(scene: Scene) -> str:
    """The key of the upazila, or empty."""
    upazila = scene.facts.places.upazila(scene.answers.get("upazila", ""))
    return upazila.key if upazila and upazila.district == district_of(scene) else ""


def typed_district(typed: str, scene: Scene) -> str | Several | None:
    """A district by name. What is only like a name is offered, never taken."""
    found = scene.facts.places.find_district(typed)
    if found.exact:
        return found.values[0]
    return Several(found.values) if found.values else None


def typed_upazila(typed: str, scene: Scene) -> str | Several | None:
    """An upazila of the chosen district by name."""
    found = scene.facts.places.find_upazila(typed, district_of(scene))
    if found.exact:
        return found.values[0]
    return Several(found.values) if found.values else None


def divisions(scene: Scene) -> tuple[Item, ...]:
    """The divisions of the country."""
    return tuple(Item(each.iso, each.name) for each in scene.facts.places.divisions)


def districts(scene: Scene) -> tuple[Item, ...]:
    """The districts of the chosen division, also to somebody who comes back to choose another."""
    place = scene.answers.get("place", "")
    known = scene.facts.places.district(place)
    chosen = scene.facts.places.districts_of(known.division if known else place)
    return tuple(Item(each.iso, each.name) for each in chosen)


def districts_meant(scene: Scene) -> tuple[Item, ...]:
    """The districts that may have been meant by what was typed."""
    meant = scene.answers.get("place_meant", "").split()
    found = (scene.facts.places.district(iso) for iso in meant)
    return tuple(Item(each.iso, each.name) for each in found if each)


def upazilas(scene: Scene) -> tuple[Item, ...]:
    """The upazilas of the district, and a way past the question."""
    known = scene.facts.places.upazilas_of(district_of(scene))
    return (*(Item(each.key, each.name) for each in known), Item(UNKNOWN, _("I do not know")))


def upazilas_meant(scene: Scene) -> tuple[Item, ...]:
    """The upazilas that may have been meant by what was typed."""
    meant = scene.answers.get("upazila_meant", "").split()
    found = (scene.facts.places.upazila(key) for key in meant)
    return tuple(Item(each.key, each.name) for each in found if each)


def _after_place(scene: Scene) -> str:
    return "upazila" if district_of(scene) else "district"


def place_questions(goto: Goto) -> tuple[AnyScreen, ...]:
    """The screens that ask for a place, then lead to `goto`. The first is called `place`."""
    return (
        Pick(
            "place",
            _("Which division? Or write the name of your district."),
            items=divisions,
            saves="place",
            goto=Fork(_after_place, ("district", "upazila")),
            also=typed_district,
            several="place_meant",
        ),
        Pick(
            "place_meant",
            _("Which one do you mean?"),
            items=districts_meant,
            saves="place",
            goto="upazila",
        ),
        Pick(
            "district",
            _("Which district?"),
            items=districts,
            saves="place",
            goto=Fork(_after_place, ("district", "upazila")),
            also=typed_district,
            several="place_meant",
        ),
        Pick(
            "upazila",
            _("Which upazila?"),
            items=upazilas,
            saves="upazila",
            goto=goto,
            also=typed_upazila,
            several="upazila_meant",
        ),
        Pick(
            "upazila_meant",
            _("Which one do you mean?"),
            items=upazilas_meant,
            saves="upazila",
            goto=goto,
        ),
    )
