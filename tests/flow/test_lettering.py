from __future__ import annotations

from itertools import accumulate
from unicodedata import normalize

import pytest
import regex
from gsm0338 import Codec
from hypothesis import example, given, settings
from hypothesis import strategies as st

from helpline.flow.lettering import (
    Segments,
    Unit,
    carries,
    clean,
    clusters,
    compose,
    cut,
    fits,
    segments,
    sms_parts,
    units,
)

CORPUS = """
স্বাগতম। আপনার ভাষা বেছে নিন।
প্রবাসফেরত কর্মীদের সহায়তা কেন্দ্রে আপনাকে স্বাগতম।
নিবন্ধন করতে ১ চাপুন, পরামর্শ চাইলে ২ চাপুন।
আপনি কি নিজের জন্য ফোন করেছেন, নাকি পরিবারের কারও জন্য?
আপনার জেলা কোনটি? নামের প্রথম কয়েকটি অক্ষর লিখুন।
আপনি কোন দেশ থেকে ফিরেছেন?
কত দিন আগে ফিরেছেন: এক মাস, ছয় মাস, নাকি এক বছরের বেশি?
এই মুহূর্তে আপনি কি নিরাপদ আছেন?
জরুরি হলে এখনই ৯৯৯ নম্বরে কল করুন; কলটি বিনা মূল্যে।
আমরা আপনার কথা গোপন রাখব। কাউকে কিছু বলা হবে না।
এই ফোনটি কি অন্য কেউ দেখে বা ব্যবহার করে?
আপনাকে কি এসএমএস পাঠানো নিরাপদ? ১ হ্যাঁ, ২ না।
কোন সময়ে কল করলে সুবিধা হয়: সকাল, দুপুর, নাকি সন্ধ্যা?
চার অঙ্কের একটি গোপন সংখ্যা দিন। সহজে অনুমান করা যায় এমন সংখ্যা দেবেন না।
গোপন সংখ্যাটি আবার লিখুন।
আপনার নিবন্ধন সম্পন্ন হয়েছে। আবেদন নম্বরটি লিখে রাখুন।
একজন নারী পরামর্শকের সঙ্গে কথা বলতে চান?
আগামীকাল সকাল দশটায় পরামর্শক আপনাকে ফোন করবেন।
দুঃখিত, উত্তরটি বোঝা যায়নি। অনুগ্রহ করে একটি সংখ্যা চাপুন।
আপনার নিকটস্থ কেন্দ্র: জেলা কর্মসংস্থান ও জনশক্তি অফিস, রাঙ্গামাটি।
কেন্দ্রটি শুক্র ও শনিবার বন্ধ থাকে।
যাওয়ার সময় পাসপোর্ট, বিমানের টিকিট ও জাতীয় পরিচয়পত্র সঙ্গে নিন।
দালাল টাকা নিয়েছে কিন্তু কাজ দেয়নি; আমি অভিযোগ করতে চাই।
নিয়োগকর্তা আট মাসের বেতন বাকি রেখেছেন।
আমার পাসপোর্ট আটকে রাখা হয়েছিল।
অভিযোগ করতে কোনো টাকা লাগে না। রসিদ, চুক্তিপত্র ও ছবি রেখে দিন।
ঋণের কিস্তি শোধ করতে পারছি না, কী করব?
প্রবাসী কল্যাণ ব্যাংকের ঋণ সম্পর্কে জানতে ৩ চাপুন।
প্রশিক্ষণ শেষে সনদ দেওয়া হবে; যাতায়াত ভাতাও আছে।
আপনি কি সেলাই, রান্না, গাড়ি চালানো বা নির্মাণের কাজ জানেন?
মন খারাপ, ঘুম হয় না, কারও সঙ্গে কথা বলতে ইচ্ছে করে না।
আপনি একা নন। আমরা শুনছি, ধীরে ধীরে বলুন।
শারীরিক বা মানসিক নির্যাতনের কথা বলতে চাইলে ৫ চাপুন।
র‍্যাব বা পুলিশ ডাকার আগে আপনার অনুমতি নেওয়া হবে।
উপজেলা স্বাস্থ্য কমপ্লেক্সে বিনা মূল্যে চিকিৎসা পাওয়া যায়।
স্ত্রী ও দুই সন্তান নিয়ে এখন শ্বশুরবাড়িতে আছি।
আষাঢ় মাসে বাড়ি ফিরেছি, বড় ভাই বিমানবন্দরে ছিলেন।
মনে করিয়ে দেওয়া: কাল বেলা এগারোটায় আপনার সাক্ষাতের সময়।
বার্তা না চাইলে STOP লিখুন। পেছনে যেতে ০, মূল মেনুতে যেতে ০০, আরও দেখতে ৯৮ চাপুন।
ধন্যবাদ। প্রয়োজন হলে আবার ফোন করুন।
""".strip().splitlines()

KA, KI, KSSA, STRI, SMILE = "ক", "কি", "ক্ষ", "স্ত্রী", "\U0001f600"
YYA, YYA_NFC, RYA = "\u09df", "\u09af\u09bc", "\u09b0\u200d\u09cd\u09af\u09be"
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"

pieces = st.sampled_from(
    [
        *(" \n\r,.aZ09^€[`\x1b" + "কষরযতসহ০১।" + "ািীুেৈৌ্ংঁ়ৗ" + "\u200c\u200d\u200b“\xa0\ud83d"),
        *(KI, KSSA, STRI, YYA, YYA_NFC, RYA, SMILE, FAMILY, "\U0001f1e7", "\U0001f3fd", "\ufe0f"),
        *("\u0301", "\u0600", "\u0915\u094d\u0937", "\u1100", "\u1161", "\u11a8"),
    ]
)
texts = st.one_of(st.lists(pieces, max_size=260).map("".join), st.text(max_size=200))
limits = st.integers(0, 170)
every_unit = pytest.mark.parametrize("unit", list(Unit))


def size(character: str, unit: Unit) -> int:
    if unit is Unit.UCS2:
        return 2 if ord(character) > 0xFFFF else 1
    return 2 if unit is Unit.SEPTETS and character in "\f^{}\\[~]|€" else 1


def length(text: str, unit: Unit) -> int:
    return sum(size(character, unit) for character in text)


def parts_of(pieces: list[str], unit: Unit, alone: int, each: int) -> int:
    """Count the parts when each takes as many whole `pieces` as it can hold."""
    if sum(length(piece, unit) for piece in pieces) <= alone:
        return 1
    parts, used = 1, 0
    for taken in (length(piece, unit) for piece in pieces):
        parts, used = (parts + 1, taken) if used + taken > each else (parts, used + taken)
    return parts


def expected_head(text: str, limit: int, unit: Unit) -> str:
    """Cut the slow and obvious way, counting clusters from the start of the text."""
    end = sum(used <= limit for used in accumulate(size(character, unit) for character in text))
    if end == len(text):
        return text
    borders = [
        border for border in accumulate(map(len, regex.findall(r"\X", text))) if border <= end
    ]
    blanks = [at for at in borders if text[at - 1] in " \n" or (at == end and text[at] in " \n")]
    return text[: max([at for at in blanks if not text[:at].isspace()] or borders or [end])]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (KA * 70, Segments("ucs2", 70, 1)),
        (KA * 71, Segments("ucs2", 71, 2)),
        (KA * 134, Segments("ucs2", 134, 2)),
        (KA * 135, Segments("ucs2", 135, 3)),
        (KSSA * 24, Segments("ucs2", 72, 2)),
        (KA * 66 + SMILE + KA * 66, Segments("ucs2", 134, 3)),
        (KA * 69 + SMILE, Segments("ucs2", 71, 2)),
        ("a" * 160, Segments("gsm7", 160, 1)),
        ("a" * 159 + "€", Segments("gsm7", 161, 2)),
        ("a" * 306, Segments("gsm7", 306, 2)),
        ("a" * 152 + "€" + "b" * 153, Segments("gsm7", 307, 3)),
        ("a\x1bb", Segments("ucs2", 3, 1)),
        ("a`b", Segments("ucs2", 3, 1)),
        ("a§b", Segments("gsm7", 3, 1)),
        ("ç", Segments("ucs2", 1, 1)),
        ("a\tb", Segments("ucs2", 3, 1)),
        ("", Segments("gsm7", 0, 1)),
        (YYA * 70, Segments("ucs2", 70, 1)),
        (YYA_NFC * 70, Segments("ucs2", 140, 3)),
    ],
)
def test_an_sms_costs_what_the_network_counts(text: str, expected: Segments) -> None:
    assert segments(text) == expected


@pytest.mark.parametrize(
    "text", [KI * 67, KA * 66 + KSSA + KA * 65, KA * 66 + KI + KA * 66, KA * 2 + STRI * 22]
)
def test_a_letter_across_the_67th_unit_is_kept_whole_and_costs_a_part_more_than_units_do(
    text: str,
) -> None:
    assert units(text, Unit.UCS2) == 134
    assert parts_of(list(text), Unit.UCS2, 70, 67) == 2
    assert segments(text).parts == 3


@settings(deadline=None)
@given(texts)
@example("a" * 152 + "\r\n" + "b" * 152)
def test_the_reported_parts_are_the_dearer_of_both_ways_to_split(text: str) -> None:
    gsm7 = carries(text, Unit.SEPTETS)
    unit, alone, each = (Unit.SEPTETS, 160, 153) if gsm7 else (Unit.UCS2, 70, 67)
    whole = regex.findall(r"\X", text)
    by_unit = parts_of(list(text), unit, alone, each)
    assert segments(text).parts >= by_unit
    if all(length(cluster, unit) <= each for cluster in whole):
        assert segments(text).parts == max(by_unit, parts_of(whole, unit, alone, each))


@settings(deadline=None)
@given(texts)
def test_sms_parts_join_to_the_text_and_none_is_too_long_or_splits_a_letter(text: str) -> None:
    parts = sms_parts(text)
    gsm7 = carries(text, Unit.SEPTETS)
    unit, each = (Unit.SEPTETS, 153) if gsm7 else (Unit.UCS2, 67)
    assert "".join(parts) == text
    assert len(parts) == 1 or all(0 < length(part, unit) <= each for part in parts)
    whole = regex.findall(r"\X", text)
    if all(length(cluster, unit) <= each for cluster in whole):
        assert set(accumulate(map(len, parts))) <= {0, *accumulate(map(len, whole))}


def test_a_heap_of_marks_larger_than_a_part_is_still_sent_whole_in_several() -> None:
    heap = KA + "\u0981" * 200 + SMILE
    assert len(clusters(heap)) == 2
    assert [units(part, Unit.UCS2) for part in sms_parts(heap)] == [67, 67, 67, 2]


@every_unit
@settings(deadline=None, max_examples=300)
@given(text=texts, limit=limits)
@example(text="ab cd", limit=2)
@example(text="  " + KA * 9, limit=4)
@example(text="a\r\nb", limit=2)
@example(text="\U0001f1e7\U0001f1e9" * 3, limit=6)
def test_a_cut_is_where_counting_clusters_from_the_start_would_put_it(
    text: str, limit: int, unit: Unit
) -> None:
    head, rest = cut(text, limit, unit)
    assert head + rest == text
    assert units(head, unit) <= limit
    assert head == expected_head(text, limit, unit)


@pytest.mark.parametrize("sentence", CORPUS)
def test_a_bangla_sentence_is_cut_between_words_at_every_width_that_holds_its_words(
    sentence: str,
) -> None:
    longest = max(len(word) for word in sentence.split())
    for limit in range(1, 161):
        head, rest = cut(sentence, limit, Unit.UCS2)
        assert head == expected_head(sentence, limit, Unit.UCS2)
        if limit >= longest:
            assert (head.split() + rest.split()) == sentence.split()


@pytest.mark.parametrize("letter", ["a", "{", KA, KI, KSSA, STRI, RYA, SMILE, FAMILY])
@every_unit
def test_four_hundred_letters_without_a_space_are_cut_into_full_pages(
    letter: str, unit: Unit
) -> None:
    rest, pages = letter * 400, []
    while rest:
        page, rest = cut(rest, 80, unit)
        pages.append(page)
    assert "".join(pages) == letter * 400
    assert all(set(clusters(page)) == {letter} for page in pages)
    assert all(units(page, unit) > 80 - units(letter, unit) for page in pages[:-1])


def test_a_cut_gives_an_empty_head_only_when_no_character_fits() -> None:
    assert cut("abc", 0, Unit.ASCII) == cut("abc", -3, Unit.ASCII) == ("", "abc")
    assert cut(SMILE + KA, 1, Unit.UCS2) == ("", SMILE + KA)
    assert cut("€1", 1, Unit.SEPTETS) == ("", "€1")
    assert cut(KI, 1, Unit.UCS2) == (KI[0], KI[1])
    assert cut("", 0, Unit.UCS2) == ("", "")


def test_every_character_of_plane_zero_is_gsm7_exactly_when_the_codec_knows_it() -> None:
    for code in range(0x10000):
        septets = len(Codec().encode(chr(code), "ignore")[0]) if code != 0x1B else 0
        assert carries(chr(code), Unit.SEPTETS) == (septets > 0)
        assert not septets or units(chr(code), Unit.SEPTETS) == septets


def test_what_a_unit_carries_and_what_fits_in_it() -> None:
    assert fits("Press 1.\n2 No", 13, Unit.ASCII)
    assert not fits("Press 1.\n2 No", 12, Unit.ASCII)
    assert not any(carries(text, Unit.ASCII) for text in ("é", KA, "\x1b", "\0", "’"))
    assert fits("{1}", 5, Unit.SEPTETS)
    assert not fits("{1}", 4, Unit.SEPTETS)
    assert not any(carries(text, Unit.SEPTETS) for text in (KA, "১", "।", "`", "‘", SMILE))
    assert fits(KA + SMILE, 3, Unit.UCS2)
    assert not fits("\ud83d", 9, Unit.UCS2)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (YYA, YYA_NFC),
        ("\ufeff" + KA + "\u200b" + KA, KA * 2),
        (RYA + "\u09ac", RYA + "\u09ac"),
        ("\u0995\u09cd\u200c\u09b7", "\u0995\u09cd\u200c\u09b7"),
        ("\u0995\u09cd\u200d\u09b7", "\u0995\u09cd\u200d\u09b7"),
        (f"{KA}\u200d{KA}\u200c{KI}\u200d{KA}\u200d\u09be", KA * 2 + KI + KA + "\u09be"),
        ("a\u200db\u200c \u200d", "ab "),
        (FAMILY, FAMILY),
        ("‘ক’ “খ” ‚‛„‟", "'ক' \"খ\" ''\"\""),
        ("a\xa0b\tc\u202fd", "a b c d"),
        ("1\r\n2\r3\u20284\n", "1\n2\n3\n4\n"),
        ("a\0b\x1bc\x07\x7f\ud83d", "abc"),
        ("\u202e12\u2066\u200f", "12"),
        ("e\u0301 {x} %s <b>", "é {x} %s <b>"),
    ],
)
def test_clean_keeps_what_is_read_and_drops_what_is_not(typed: str, kept: str) -> None:
    assert clean(typed) == kept


@settings(deadline=None, max_examples=300)
@given(texts)
@example("ক\u09fe\u200c\u09cd\u200d")
@example("র\u200d\u200c্\u200d\u200d")
def test_cleaning_twice_changes_nothing_more_and_the_result_is_nfc(text: str) -> None:
    once = clean(text)
    assert clean(once) == once == normalize("NFC", once)
    assert not regex.search(r"[\p{Cs}\u200b\ufeff\0\r“”‘’]", once)


@pytest.mark.parametrize("sentence", CORPUS)
def test_a_plain_sentence_is_only_normalised_and_composing_it_loses_nothing(sentence: str) -> None:
    assert clean(sentence) == normalize("NFC", sentence)
    wire = compose(clean(sentence))
    assert normalize("NFC", wire) == clean(sentence)
    assert units(wire, Unit.UCS2) <= units(clean(sentence), Unit.UCS2)
    assert len(clusters(wire)) == len(clusters(clean(sentence)))


def test_compose_joins_the_five_pairs_and_nothing_else() -> None:
    apart = (
        "\u09a1\u09bc \u09a2\u09bc \u09af\u09bc \u0995\u09c7\u09be \u0995\u09c7\u09d7 \u09ac\u09bc"
    )
    whole = "\u09dc \u09dd \u09df \u0995\u09cb \u0995\u09cc \u09ac\u09bc"
    assert compose(apart) == compose(whole) == whole


def test_a_cluster_is_what_a_reader_takes_for_one_letter() -> None:
    assert clusters(KI + "ক্ষ্ম" + STRI + RYA + YYA_NFC) == [KI, "ক্ষ্ম", STRI, RYA, YYA_NFC]
