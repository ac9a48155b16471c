"""What a caller can do: one file per task. This is the table of contents.

Digits that callers have learnt do not change. Texts are English; `locale/` holds the Bangla.
"""

from helpline.flow.book import Book
from helpline.flow.words import Keyword
from menus.callback import CALLBACK
from menus.centres import CENTRES
from menus.check_in import CHECK_IN
from menus.complaint import COMPLAINT
from menus.counselling import COUNSELLING
from menus.crisis_centre import CRISIS_CENTRE
from menus.dates import DATES
from menus.family import FAMILY
from menus.home import HOME
from menus.information import INFORMATION
from menus.kept import KEPT
from menus.language import LANGUAGE
from menus.matters import MATTERS
from menus.more import MORE
from menus.needs import NEEDS
from menus.numbers import NUMBERS
from menus.on_behalf import ON_BEHALF
from menus.opinion import OPINION
from menus.registration import REGISTRATION
from menus.renewal import RENEWAL
from menus.safe_contact import SAFE_CONTACT
from menus.stop import STOP
from menus.talk import TALK

BOOK = Book.of(
    HOME,
    REGISTRATION,
    COUNSELLING,
    CENTRES,
    CALLBACK,
    NUMBERS,
    DATES,
    LANGUAGE,
    STOP,
    MORE,
    INFORMATION,
    COMPLAINT,
    CRISIS_CENTRE,
    CHECK_IN,
    MATTERS,
    KEPT,
    FAMILY,
    SAFE_CONTACT,
    OPINION,
    RENEWAL,
    ON_BEHALF,
    NEEDS,
    TALK,
    home="home.start",
    person="callback.offer",
    stuck="callback.stuck",
    resume="home.resume",
    noted="home.noted",
    talk="talk.start",
    keywords=(
        Keyword(("exit", "বন্ধ করুন", "bondho korun"), "stop.silent"),
        Keyword(("stop", "বন্ধ", "bondho"), "stop.stopped"),
        Keyword(("start", "চালু", "chalu"), "stop.started"),
        Keyword(("help", "সাহায্য", "shahajjo", "menu", "মেনু"), "home.start"),
        Keyword(("register", "reg", "নিবন্ধন", "nibondhon"), "registration.start"),
        Keyword(("counselling", "counsellor", "পরামর্শ", "poramorsho"), "counselling.start"),
        Keyword(("centre", "center", "কেন্দ্র", "kendro"), "centres.place", then_answer=True),
        Keyword(("call", "ফোন", "phone"), "callback.safe"),
        Keyword(("numbers", "নম্বর", "nombor"), "numbers.start"),
        Keyword(("dates", "তারিখ", "tarikh"), "dates.start"),
        Keyword(("info", "information", "তথ্য", "tottho", "totho"), "information.start"),
        Keyword(("complaint", "অভিযোগ", "obhijog", "ovijog"), "complaint.start"),
        Keyword(("howami", "কেমন আছি", "kemon achi"), "check_in.by_phone"),
        Keyword(("need", "needs", "দরকার", "dorkar"), "needs.papers"),
        Keyword(("rules", "নিয়ম", "niyom"), "safe_contact.start"),
        Keyword(("refer", "অন্যের জন্য", "onner jonno"), "on_behalf.start"),
        Keyword(
            (
                "wrong number",
                "wrong person",
                "ভুল নম্বর",
                "ভুল নাম্বার",
                "রং নাম্বার",
                "ভুল মানুষ",
                "vul nombor",
                "bhul nombor",
                "vul number",
                "bhul number",
                "rong number",
            ),
            "stop.wrong",
        ),
        Keyword(("matters", "আমার বিষয়", "amar bishoy"), "matters.start"),
        Keyword(("data", "আমার তথ্য", "amar tottho"), "kept.start"),
        Keyword(("family", "পরিবার", "poribar"), "family.start"),
        Keyword(("language", "ভাষা", "bhasha"), "language.start"),
    ),
)
"""Every flow, checked; the service reads it, `helpline menus` prints it."""

EXAMPLES = {
    "place": "BD-13",
    "upazila": "bd-13.savar",
    "place_meant": "BD-13 BD-10",
    "upazila_meant": "bd-13.savar bd-13.dhamrai",
    "country": "SA",
    "day": "2026-12-03",
    "window": "morning",
    "centre": "ttc.bd-13",
    "line": "emergency",
    "date": "example",
    "group": "skill",
    "topic": "rpl",
    "about": "agency",
    "division": "BD-B",
    "office": "example",
    "one": "example",
    "relation": "child",
    "age": "6_17",
    "reference": "000 000 000",
}
"""Answers, and a reference, that stand in the placeholders when the menus are printed."""
