"""Pasted from "Copy as pytest" on the page of the phone, as it came: what is recorded there plays here."""

# fmt: off
from handlers.phone.dialling import Caller


def test_the_recorded_conversation(caller: Caller) -> None:
    assert caller.dial().text == (
        "প্রবাসফেরতদের সেবা\n"
        "1 নিবন্ধন\n"
        "2 পরামর্শ\n"
        "3 কাছের কেন্দ্র\n"
        "98 আরও 0 কথা"
    )
    assert caller.press("2").text == (
        "কী নিয়ে কথা বলতে চান?\n"
        "1 পরিবার\n"
        "2 দুশ্চিন্তা\n"
        "3 টাকা বা দেনা\n"
        "98 আরও 99 পেছনে 0 কথা"
    )
    assert caller.press("1").text == (
        "কার সাথে কথা বলতে চান?\n"
        "1 একজন নারী\n"
        "2 একজন পুরুষ\n"
        "3 যে কেউ\n"
        "99 পেছনে 0 কথা 00 মেনু"
    )
    first, second = caller.press_twice("1")
    assert first.text == (
        "কীভাবে কথা হবে?\n"
        "1 এই ফোনে, এটা নিরাপদ\n"
        "2 কেন্দ্রে আসব\n"
        "3 এসএমএসে\n"
        "99 পেছনে 0 কথা"
    )
    assert second == first
    caller.press_and_lose("1")
    caller.end()
    assert caller.redial().text == (
        "প্রবাসফেরতদের সেবা\n"
        "1 নিবন্ধন\n"
        "2 পরামর্শ\n"
        "3 কাছের কেন্দ্র\n"
        "98 আরও 0 কথা"
    )
    assert caller.press("3").text == (
        "কোন বিভাগ? বা জেলার নাম লিখুন।\n"
        "1 বরিশাল\n"
        "2 চট্টগ্রাম\n"
        "3 ঢাকা\n"
        "98 আরও 99 পেছনে 0 কথা"
    )
