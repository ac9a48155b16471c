"""Is a text neutral? Whoever holds the phone may read it: what in it tells what it is about, or of whom.

A warning is not a ban: a member of staff may send the text all the same and says why. Only a text
in the wrong script is refused (BTRC: Bangla goes out in Bangla script, never in Latin letters).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from helpline.cases.phone_lines import retired_in
from helpline.cases.references import LENGTH
from helpline.cases.services import Named
from helpline.cases.spelling import sound
from helpline.flow.answers import fold_digits
from helpline.flow.lettering import clean

_NONE: Final[Mapping[str, str]] = MappingProxyType({})
REFUSED: Final = frozenset({"romanised", "wrong_script", "retired"})
"""What no reason can override."""

_BANGLA_STEMS: Final = (
    "পরামর্শ কাউন্সেলিং কাউন্সেলর কাউন্সেলার থেরাপি মানসিক বিষণ্ন হতাশা নির্যাতন নির্যাতিত সহিংসতা "
    "ধর্ষণ ধর্ষিত যৌন নিপীড়ন মারধর পাচার আত্মহত্যা আত্মহনন এইচআইভি এইডস যক্ষ্মা গর্ভবতী গর্ভপাত "
    "মামলা কেস আদালত কোর্ট পুলিশ থানা আইনি আইনজীবী উকিল সালিশ জেল তালাক আশ্রয় আশ্রয়কেন্দ্র শেল্টার "
    "সেফহোম ঋণ দেনা কিস্তি সুদ মহাজন অভিযোগ আবেদন রেফারেল ভুক্তভোগী ভিকটিম প্রবাসফেরত হেল্পলাইন হটলাইন "
    "পুনর্বাসন পুনঃএকত্রীকরণ ক্ষতিপূরণ জিডি এজাহার জামিন হাজতবাস মাদক মাদকাসক্ত মাদকাসক্তি নেশামুক্তি "
    "নিরাময় যক্ষা টিবি ক্যান্সার মনোরোগ মনোচিকিৎসা মনোচিকিৎসক মনোবিজ্ঞানী মনোবিদ সাইকোলজিস্ট সাইকিয়াট্রি "
    "সাইকিয়াট্রিস্ট গর্ভধারণ অপহরণ জিম্মি মুক্তিপণ দালাল হয়রানি ব্ল্যাকমেইল বিচ্ছেদ ডিভোর্স বাল্যবিবাহ"
)
_LATIN_STEMS: Final = (
    "counselling counseling counsel counsellor counselor therapy therapist psychologist psychiatrist "
    "mental depression depressed abuse abusive abused violence violent rape raped sexual harassment "
    "trafficking trafficked traffick suicide suicidal selfharm hiv aids pregnant abortion case court "
    "police lawyer legal arbitration jail prison divorce shelter safehome debt loan lender instalment "
    "complaint referral victim survivor returnee migrant helpline hotline reintegration compensation "
    "pregnancy miscarriage psychiatry psychiatric psychology trauma addiction addict rehab rehabilitation "
    "tuberculosis cancer bail custody lawsuit assault kidnap ransom blackmail deport deported broker "
    "moneylender therapeutic gbv vaw "
    # Bangla in Latin letters, as fingers write it
    "poramorsho poramorso poramorsha kaunseling kaunsiling manoshik manosik nirjaton nirjatan "
    "shohingshota sohingsota dhorshon dhorson pachar atmohotta attohotta atmohotya mamla adalot "
    "adalat polish thana ukil aini ashroy asroy rin dena kisti shud mohajon ovijog obhijog talak "
    "probashferot vuktovogi madok nesha niramoy jamin monorog monochikitsa gorvoboti gorbhoboti dalal "
    "hoyrani harassment bicched upohoron muktipon punorbashon kes"
)
_BANGLA_PHRASES: Final = ("নিরাপদ আশ্রয়", "সেফ হোম", "ওয়ান স্টপ", "মানব পাচার", "প্রবাস ফেরত")
_LATIN_PHRASES: Final = (
    "safe home",
    "self harm",
    "one stop",
    "human trafficking",
    "gd number",
    "gd no",
    "gd nombor",
    "drug test",
)
_NOT_MEANT: Final = re.compile(r"\b(?:in any|just in|in that|in) case\b")

ORGANISATIONS: Final = (
    "BRAC",
    "ব্র্যাক",
    "OKUP",
    "ওকাপ",
    "OCC",
    "ওসিসি",
    "Probash Bondhu",
    "প্রবাস বন্ধু",
    "Prottasha",
    "প্রত্যাশা",
    "Caritas",
    "কারিতাস",
    "BNWLA",
    "Naripokkho",
    "নারীপক্ষ",
    "Ain o Salish",
    "আইন ও সালিশ",
    "Mahila Parishad",
    "মহিলা পরিষদ",
    "Pabna mental",
    "পাবনা মানসিক",
)
"""Offices whose name tells what they do; an installation may give its own list."""

_LETTER: Final = "\u0980-\u09fe"
_BANGLA_ENDINGS: Final = (
    "(?:টি|টা|গুলো|গুলি|খানা|রা|েরা|কারী|সেবা|কেন্দ্র|িক|ী)?(?:কে|ের|র|ে|তে|য়ের|য়ে|য়|দের|েদের)?(?:ই|ও)?"
)
"""What may follow a Bangla word: a counter, a case, an emphasis."""
_LATIN_ENDINGS: Final = "(?:'s|s|es|ed|ing|ers?|(?:ta|ti|gulo|ra)?(?:ke|er|r|te|e|der)?(?:i|o)?)"


def _either(stems: Iterable[str], endings: str, letters: str) -> re.Pattern[str]:
    """A word that begins with one of `stems` and goes on with nothing but endings."""
    known = "|".join(
        sorted((re.escape(clean(stem).casefold()) for stem in stems), key=len, reverse=True)
    )
    return re.compile(f"(?<![{letters}])(?:{known}){clean(endings)}(?![{letters}])")


def _spelt(pattern: str) -> re.Pattern[str]:
    """A pattern whose Bangla is written as that of texts is, when they have been cleaned."""
    return re.compile(clean(pattern))


_BANGLA_WORDS: Final = _either((*_BANGLA_STEMS.split(), *_BANGLA_PHRASES), _BANGLA_ENDINGS, _LETTER)
_LATIN_WORDS: Final = _either((*_LATIN_STEMS.split(), *_LATIN_PHRASES), _LATIN_ENDINGS, "a-z")
_SPELT: Final = re.compile(r"(?<![a-z])h[. -]i[. -]v(?![a-z])")
_LINK: Final = re.compile(
    r"(?:https?://|www\.)\S+|\b[a-z0-9-]+\.(?:com|org|net|info|io|ly|me|gov|bd|app)\b\S*"
)
_CODED: Final = re.compile(rf"(?<![{_LETTER}a-z0-9])[{_LETTER}a-z]{{2,}}[-/]\d+(?:[-/]\d+)*")
"""Letters, a stroke, digits: how files are numbered."""
_ADDRESSED: Final = _spelt(
    rf"(?:\b(?:mr|mrs|ms|miss|md|mst|janab|jonab)\b\.?|(?<![{_LETTER}])(?:জনাব|জনাবা|মোঃ|মোছাঃ|মোসাঃ|মোছা|মোসাম্মৎ))"
    rf"\s+([{_LETTER}a-z]+)"
)
"""A title and the name behind it."""
_GREETED: Final = _spelt(
    rf"^\W*(?:(?:dear|প্রিয়|priyo|hello|hi|হ্যালো|সালাম|salam)\s+)?([{_LETTER}a-z]+)(?:\s+[{_LETTER}a-z]+)?"
    rf"\s+(?:apa|apu|bhai|vai|bhabi|vabi|khala|chacha|kaka|mama|begum|khatun|saheb|shaheb|mia|miah|bibi|"
    rf"আপা|আপু|ভাই|ভাবি|ভাবী|খালা|চাচা|কাকা|মামা|বেগম|খাতুন|সাহেব|মিয়া|বিবি)(?![{_LETTER}a-z])"
)
"""Whoever a text begins with, by what one calls her or him."""
_OPENINGS: Final = (
    "apa apu bhai vai bhabi khala chacha amar apnar apni tumi amra amader dear hello hi salam yes no ok okay "
    "thanks thank sorry please pls ji jee na hae achha thik aj ajke kal agamikal kalke dhonnobad sir madam "
    "today tomorrow tonight now then also and but so if when as once sorry good well first at on in "
    "monday tuesday wednesday thursday friday saturday sunday after before from for to your you we our the "
    "আপা আপু ভাই ভাবি ভাবী খালা চাচা আমার আপনার আপনি আমরা আমাদের তুমি প্রিয় হ্যালো সালাম আসসালামু হ্যাঁ না জি জ্বি আচ্ছা "
    "ঠিক ধন্যবাদ দুঃখিত অনুগ্রহ দয়া আজ আজকে কাল কালকে আগামীকাল গতকাল এখন পরে আগে তারপর তাই কিন্তু যদি যখন "
    "স্যার ম্যাডাম শনিবার রবিবার সোমবার মঙ্গলবার বুধবার বৃহস্পতিবার শুক্রবার সকালে বিকালে দুপুরে"
)
"""What a text may begin with that is nobody's name."""
_CALLED_SO: Final = frozenset(clean(_OPENINGS).split())
_DIGITS: Final = re.compile(r"\d(?:[ .-]?\d)+")
_WORD: Final = re.compile(rf"[{_LETTER}]+|[a-z]+")
_USUAL: Final = (
    "ami apni apnar apnake amra amader tumi tomar korun koren korte korbo korben hobe hoyeche ache "
    "achen nei bolun bolte kotha kemon bhalo valo jonno theke shathe sathe ekhon ashben asben asun "
    "ashun dhonnobad doya kore parben keno kobe kothay chai shomoy somoy"
)
"""Usual Bangla words as fingers write them in Latin letters."""
_ROMANISED: Final = frozenset(_USUAL.split())
_FEW: Final = 2
_SHORTEST_NAME: Final = 2
_LONGEST_ENDING: Final = 1
"""In consonants."""
_VOWELS: Final = re.compile("[aiu]")


def warnings(
    text: str,
    language: str,
    *,
    names: Iterable[str] = (),
    organisations: Iterable[str] = ORGANISATIONS,
    retired: Mapping[str, str] = _NONE,
    signs: Iterable[str] = (),
) -> list[str]:
    """What in `text` is not neutral, each as `code:word`; nothing when it is.

    Codes: `romanised`, `wrong_script` and `retired` (refused), `service`, `organisation`, `name`,
    `sign`, `link`, `reference`. `names` are those of the person the text is for; `retired` are
    numbers that are not to be given to anybody, with those that are right instead; `signs` are words
    that mean something between her and us on this phone, and are none once others have read them.
    """
    plain = clean(text).casefold()
    found = [
        *_script(plain, language),
        *(f"retired:{told}" for told in retired_in(text, retired)),
        *(f"service:{word}" for word in _services(plain)),
        *(f"organisation:{name}" for name in _named(plain, organisations)),
        *(f"name:{word}" for word in _names(plain, names)),
        *(f"name:{word}" for word in _spoken_to(plain)),
        *(f"sign:{word}" for word in _named(plain, (each for each in signs if each.strip()))),
        *(f"link:{link[0]}" for link in _LINK.finditer(plain)),
        *(f"reference:{number}" for number in _references(plain)),
    ]
    return list(dict.fromkeys(found))


def codes(found: Iterable[str]) -> list[str]:
    """The codes of warnings without the words, which may be somebody's name."""
    return list(dict.fromkeys(each.partition(":")[0] for each in found))


def _script(plain: str, language: str) -> Iterator[str]:
    bangla = sum("\u0980" <= letter <= "\u09fe" for letter in plain)
    latin = sum("a" <= letter <= "z" for letter in plain)
    if language == "bn" and latin > bangla:
        yield "romanised:"
    elif language == "en" and bangla > latin:
        yield "wrong_script:"
    elif language == "en":
        words = [word for word in _WORD.findall(plain) if word in _ROMANISED]
        if len(words) >= _FEW:
            yield f"romanised:{' '.join(words[:3])}"


def _services(plain: str) -> Iterator[str]:
    meant = _NOT_MEANT.sub(" ", plain)
    for pattern in (_BANGLA_WORDS, _LATIN_WORDS, _SPELT):
        yield from (word[0] for word in pattern.finditer(meant))


def _named(plain: str, organisations: Iterable[str]) -> Iterator[str]:
    for name in organisations:
        letters, endings = ("a-z", _LATIN_ENDINGS) if name.isascii() else (_LETTER, _BANGLA_ENDINGS)
        if _either((name,), endings, letters).search(plain):
            yield name


def _names(plain: str, names: Iterable[str]) -> Iterator[str]:
    """Words that are, or sound like, a part of somebody's name, in either script."""
    parts = [word for name in names for word in _WORD.findall(clean(name).casefold())]
    wanted = {part for part in parts if len(part) >= _SHORTEST_NAME}
    if not wanted:
        return
    sounds = {bones for part in wanted if len(bones := _bones(part)) > _SHORTEST_NAME}
    bangla = _either(
        [part for part in wanted if not part.isascii()] or ["\0"], _BANGLA_ENDINGS, _LETTER
    )
    for word in _WORD.findall(plain):
        if word in wanted or bangla.fullmatch(word) or _sounds_like(word, sounds):
            yield word


def _spoken_to(plain: str) -> Iterator[str]:
    """Names with which, or behind a title, somebody is spoken to."""
    found = [match[1] for match in _ADDRESSED.finditer(plain)]
    greeted = _GREETED.match(plain)
    found += [greeted[1]] if greeted else []
    yield from (word for word in found if word not in _CALLED_SO)


def _sounds_like(word: str, sounds: set[str]) -> bool:
    """Whether a word sounds like a name, or like one with an ending."""
    spoken = _bones(word)
    return any(
        spoken.startswith(name) and len(spoken) - len(name) <= _LONGEST_ENDING for name in sounds
    )


def _bones(word: str) -> str:
    """How a word sounds without its vowels, which every writer spells in another way."""
    spoken = sound(word)
    return spoken[:1] + _VOWELS.sub("", spoken[1:])


def _references(plain: str) -> Iterator[str]:
    yield from (run[0] for run in _CODED.finditer(fold_digits(plain)))
    for run in _DIGITS.finditer(fold_digits(plain)):
        if sum(letter.isdigit() for letter in run[0]) == LENGTH:
            yield run[0]


CANNED: Final = (
    Named(
        "এখন কি কথা বলতে পারবেন? 1 হ্যাঁ 2 না 3 পরে",
        "Are you able to talk now? 1 yes 2 no 3 later",
    ),
    Named("ধন্যবাদ। আপনার বার্তা পেয়েছি।", "Thank you. We got your message."),
    Named("যে সময় বলেছেন, তখন ফোন করব।", "We will call at the time you said."),
    Named(
        "আজ আপনাকে ফোনে পাইনি। কখন সুবিধা হয়, জানাবেন।",
        "We could not reach you today. Please tell us which time suits you.",
    ),
    Named("সময় পেলে আমাদের ফোন করবেন।", "When you have time, please call us."),
    Named(
        "আসার সময় কাগজপত্র সাথে আনবেন।",
        "When you come, please bring your papers.",
    ),
)
"""Neutral answers to begin with."""
