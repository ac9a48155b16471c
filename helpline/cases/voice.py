"""What is said on the phone, how the two sides of a call stand, and what keys mean."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Prompt(StrEnum):
    """Something a caller or a member of staff hears: a recording, named in the configuration."""

    LANGUAGE = "language"
    MENU = "menu"
    SAFE = "safe"
    WAIT = "wait"
    MUSIC = "music"
    NOBODY = "nobody"
    CLOSED = "closed"
    NOTED = "noted"
    GOODBYE = "goodbye"
    LOST = "lost"
    SORRY = "sorry"
    ACCEPT = "accept"
    TAKEN = "taken"
    NOT_REACHED = "not_reached"
    PIN = "pin"
    NO_WORK = "no_work"
    PAGED = "paged"


SENTENCES: Final[Mapping[Prompt, tuple[str, str]]] = {
    Prompt.LANGUAGE: (
        "বাংলার জন্য এক চাপুন। For English, press two.",
        "বাংলার জন্য এক চাপুন। For English, press two.",
    ),
    Prompt.MENU: (
        "এখন কারও সাথে কথা বলতে এক চাপুন। আমাদের ফোন পেতে চাইলে দুই চাপুন।",
        "To talk to somebody now, press one. If you would like us to call you, press two.",
    ),
    Prompt.SAFE: (
        "এই নম্বরে ফোন করা কি আপনার জন্য নিরাপদ? হ্যাঁ হলে এক চাপুন। না হলে শুধু রেখে দিন।",
        "Is it safe for you if we call this number? If yes, press one. If not, just hang up.",
    ),
    Prompt.WAIT: (
        "একজনকে ডাকছি। একটু অপেক্ষা করুন।",
        "We are looking for somebody for you. Please wait a little.",
    ),
    Prompt.MUSIC: ("(কথা ছাড়া শান্ত সুর, আধা মিনিট)", "(quiet music without words, half a minute)"),
    Prompt.NOBODY: (
        "দুঃখিত, এখন কেউ ফোন ধরতে পারছেন না। আমরা আপনাকে ফোন করতে পারি।",
        "Sorry, nobody can answer just now. We can call you.",
    ),
    Prompt.CLOSED: (
        "দুঃখিত, এখন আমরা বন্ধ আছি। খোলার পর আমরা আপনাকে ফোন করতে পারি।",
        "Sorry, we are closed now. We can call you when we are open again.",
    ),
    Prompt.NOTED: ("ঠিক আছে। আমরা আপনাকে ফোন করব।", "All right. We will call you."),
    Prompt.GOODBYE: ("ফোন করার জন্য ধন্যবাদ।", "Thank you for calling."),
    Prompt.LOST: (
        "লাইন কেটে গেছে, আপনি রেখে দেবেন না। অন্য একজনকে ডাকছি।",
        "The line to your counsellor was lost. Please stay: we are looking for somebody else.",
    ),
    Prompt.SORRY: (
        "দুঃখিত, এখন কাজ হচ্ছে না। একটু পরে আবার ফোন করুন।",
        "Sorry, it does not work just now. Please call again a little later.",
    ),
    Prompt.ACCEPT: (
        "হেল্পলাইনের একটি কল। নিতে এক চাপুন।",
        "A call of the helpline. To take it, press one.",
    ),
    Prompt.TAKEN: (
        "কলটি অন্য একজন নিয়েছেন। ধন্যবাদ।",
        "Somebody else has taken this call. Thank you.",
    ),
    Prompt.NOT_REACHED: (
        "তাঁকে পাওয়া গেল না। ডেস্কে ফলাফল দেখুন।",
        "They were not reached. The desk shows what comes next.",
    ),
    Prompt.PIN: ("আপনার পিন দিন, তারপর হ্যাশ চাপুন।", "Enter your PIN, then press hash."),
    Prompt.NO_WORK: (
        "আপনার নেওয়া এমন কোনো কাজ নেই যাতে এখন ফোন করা যায়।",
        "You have no work of your own for which somebody may be called now.",
    ),
    Prompt.PAGED: (
        "ধন্যবাদ। কাজটি এখন আপনার। ডেস্কে দেখুন।",
        "Thank you. The work is yours now. Please look at the desk.",
    ),
}
"""The words to be recorded, in Bangla and English. None says what the helpline is about."""


class Role(StrEnum):
    """Whose side of a call a leg is."""

    CLIENT = "client"
    STAFF = "staff"
    SPECIALIST = "specialist"


class Failure(StrEnum):
    """Why somebody was not reached."""

    BUSY = "busy"
    NO_ANSWER = "no_answer"
    REJECTED = "rejected"
    NETWORK = "network"


LEG: Final[Mapping[str, frozenset[str]]] = {
    "wanted": frozenset({"placing", "ended"}),
    "placing": frozenset({"ringing", "answered", "joined", "ended"}),
    "ringing": frozenset({"answered", "joined", "ended"}),
    "answered": frozenset({"joined", "ended"}),
    "joined": frozenset({"answered", "ended"}),
    "ended": frozenset(),
}
"""One side of a call. `wanted` is our wish, `joined` in the conversation; only our own word leads
from there back to `answered`, when the other side was lost."""

RANK: Final[Mapping[str, int]] = {state: place for place, state in enumerate(LEG)}
"""What a gateway reports moves a leg up this list and never down, in whatever order it comes."""
