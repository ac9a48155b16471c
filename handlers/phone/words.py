"""The words of the two simulators themselves, in Bangla and English. Callers never see these."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Language = Literal["bn", "en"]

TERMINAL: Final[Mapping[Language, Mapping[str, str]]] = {
    "en": {
        "welcome": "Fictional number {number} dials {code}. Write help for what else can be done.",
        "help": "Write the answer and press Enter. Or: redial · hang up · sms TEXT · inbox · "
        "dup (the last key delivered again) · dup KEY (one key delivered twice at once) · "
        "drop KEY (the network breaks, the screen is lost) · quit",
        "over": "The session is over. Write redial to dial again.",
        "ended": "Hung up.",
        "lost": "The network broke: the key was delivered, the screen never came.",
        "sent": "SMS sent.",
        "empty": "No SMS.",
        "same": "Delivered twice: both answers are the same.",
        "other": "Delivered twice: THE ANSWERS DIFFER.",
        "missing": "Write it with a text, such as: {word} 1",
    },
    "bn": {
        "welcome": "কাল্পনিক নম্বর {number} থেকে {code} ডায়াল হচ্ছে। আর কী করা যায় দেখতে help লিখুন।",
        "help": "উত্তর লিখে Enter চাপুন। অথবা: redial (আবার ডায়াল) · hang up (কল শেষ) · sms TEXT · "
        "inbox (আসা এসএমএস) · dup (শেষ চাপ আবার পৌঁছায়) · dup KEY (একই চাপ একসাথে দুবার) · "
        "drop KEY (নেটওয়ার্ক যায়, পর্দা আসে না) · quit (বন্ধ)",
        "over": "সেশন শেষ। আবার ডায়াল করতে redial লিখুন।",
        "ended": "কল শেষ।",
        "lost": "নেটওয়ার্ক চলে গেছে: উত্তর পৌঁছেছে, পর্দা আর আসেনি।",
        "sent": "এসএমএস পাঠানো হয়েছে।",
        "empty": "কোনো এসএমএস নেই।",
        "same": "দুবার পৌঁছেছে: দুই উত্তর একই।",
        "other": "দুবার পৌঁছেছে: দুই উত্তর আলাদা!",
        "missing": "সাথে লেখা দিন, যেমন: {word} 1",
    },
}

PAGE: Final[Mapping[str, tuple[str, str]]] = {
    # on the page, around the phone
    "title": ("ফোন সিমুলেটর", "Phone simulator"),
    "subtitle": (
        "আসল ওয়েবহুকে, আসল গেটওয়ের মতো করে",
        "through the real webhook, the way the gateway would",
    ),
    "page_language": ("পাতার ভাষা", "Language of this page"),
    "sim": ("সিম ও লাইন", "SIM and line"),
    "number": ("ফোন নম্বর", "Phone number"),
    "fictional": ("কাল্পনিক নম্বর", "fictional number"),
    "fictional_code": ("কাল্পনিক কোড", "fictional code"),
    "short_code": ("শর্ট কোড", "Short code"),
    "gateway": ("গেটওয়ে", "Gateway"),
    "new_sim": ("নতুন সিম", "New SIM"),
    "network": ("নেটওয়ার্ক", "Network"),
    "next_key": ("পরের চাপে কী হবে", "What happens to the next key"),
    "slow": ("উত্তর দেরিতে আসে", "Slow reply"),
    "lost": ("নেটওয়ার্ক যায়", "Drop the network"),
    "twice": ("দুবার পৌঁছায়", "Duplicate delivery"),
    "redial": ("আবার ডায়াল", "Redial"),
    "ends": ("গেটওয়ে সেশন শেষ করে", "Gateway ends the session"),
    "clock": ("ঘড়ি", "Clock"),
    "skip_hour": ("+1 ঘণ্টা", "+1 hour"),
    "skip_day": ("+1 দিন", "+1 day"),
    "dhaka": ("ঢাকার সময়", "Dhaka time"),
    "keyboard": (
        "কিবোর্ড: অঙ্ক লিখুন · Enter পাঠায় · Esc কল কাটে · ↑↓ স্ক্রল",
        "Keyboard: type digits · Enter sends · Esc hangs up · ↑↓ scroll",
    ),
    "room": ("পর্দার জায়গা", "Room on the screen"),
    "too_long": ("{n} বেশি: কেটে যাবে", "{n} too many: would be cut"),
    "messages": ("এসএমএস", "SMS"),
    "no_messages": ("এখনও কোনো এসএমএস নেই।", "No SMS yet."),
    "write_sms": ("হেল্পলাইনে এসএমএস", "SMS to the helpline"),
    "sms_gateway": ("এসএমএস গেটওয়ে", "SMS gateway"),
    "send": ("পাঠান", "Send"),
    "parts": ("{units} {unit} · {parts}টি এসএমএস", "{units} {unit} · {parts} SMS"),
    "transcript": ("যা হলো", "Transcript"),
    "empty_transcript": (
        "প্রতিটি পর্দা, চাপ ও মাপ এখানে জমা হবে।",
        "Every screen, key and size will be listed here.",
    ),
    "copy": ("pytest হিসেবে কপি", "Copy as pytest"),
    "copied": ("কপি হয়েছে", "Copied"),
    "clear": ("মুছুন", "Clear"),
    "close": ("বন্ধ", "Close"),
    # on the phone itself
    "phone": ("ফোন", "Phone"),
    "keypad": ("কিপ্যাড", "Keypad"),
    "screen": ("ফোনের পর্দা", "Screen of the phone"),
    "answer": ("আপনার উত্তর", "Your answer"),
    "operator": ("কাল্পনিক", "Fictional"),
    "press_call": ("{code} ডায়াল করতে সবুজ বোতাম", "Press the green key to dial {code}"),
    "unread": ("{n}টি নতুন এসএমএস", "{n} new SMS"),
    "running": ("USSD চলছে…", "USSD running…"),
    "key_call": ("কল", "Call"),
    "key_end": ("কল শেষ", "End"),
    "key_up": ("উপরে", "Up"),
    "key_down": ("নিচে", "Down"),
    "soft_send": ("পাঠান", "Send"),
    "soft_cancel": ("বাতিল", "Cancel"),
    "soft_call": ("কল", "Call"),
    "soft_clear": ("মুছুন", "Clear"),
    "soft_messages": ("এসএমএস", "Messages"),
    "soft_back": ("পেছনে", "Back"),
    "soft_next": ("পরের", "Next"),
    "soft_ok": ("ঠিক আছে", "OK"),
    # what happened
    "said_dial": ("ডায়াল {code}", "dialled {code}"),
    "said_redial": ("আবার ডায়াল {code}", "redialled {code}"),
    "said_end": ("শেষ পর্দা", "last screen"),
    "said_same": ("দুবার পৌঁছেছে, দুই উত্তর একই", "delivered twice: both answers are identical"),
    "said_other": ("দুবার পৌঁছেছে, উত্তর আলাদা!", "delivered twice: THE ANSWERS DIFFER"),
    "said_slow": ("দেরিতে এসেছে", "came late"),
    "said_lost": (
        "উত্তর পৌঁছেছে, পর্দা আর আসেনি",
        "the key was delivered, the screen never came",
    ),
    "said_hung_up": ("কল কাটা হলো", "hung up"),
    "said_notice": ("সেশন শেষের খবর পাঠানো হলো", "end-of-session notice delivered"),
    "said_no_notice": (
        "এই গেটওয়ে সেশন শেষের খবর দেয় না",
        "this gateway sends no end-of-session notice",
    ),
    "said_skipped": ("ঘড়ি এগোল {n} ঘণ্টা", "clock skipped by {n} h"),
    "said_new_sim": ("নতুন সিম {number}", "new SIM {number}"),
    "said_sms_out": ("এসএমএস পাঠানো হলো", "SMS sent"),
    "said_sms_in": ("এসএমএস এলো", "SMS received"),
    "fault_network": ("নেটওয়ার্ক নেই", "Network lost"),
    "fault_unreachable": ("সার্ভার সাড়া দেয় না", "The server does not answer"),
    "fault_refused": ("ওয়েবহুক ফিরিয়ে দিল: {status}", "The webhook refused: {status}"),
    "fault_contract": ("উত্তর CON বা END নয়", "The answer is neither CON nor END"),
}
"""Every label of the page: Bangla, English."""
