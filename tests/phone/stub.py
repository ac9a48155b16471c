"""A helpline in fifty lines: webhooks in the gateways' contracts, a real simulator page, a log of SMS."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from flask import Flask, request
from werkzeug.serving import make_server

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

HOME = "প্রবাসফেরতদের সেবা\n1 নিবন্ধন\n2 পরামর্শ\n3 কেন্দ্র খুঁজুন\n98 আরও 0 কথা বলুন"
CONSENT = "আপনার কথা গোপন থাকবে। রাজি?\n1 রাজি\n2 না\n99 পেছনে 0 কথা বলুন"
BYE = "ঠিক আছে। কিছুই রাখা হয়নি।"
TOO_LONG = "ক" * 75 + "ক্ষ্মক্ষ্ম"
ENGLISH = "Fictional menu [1]"
SCREENS = {"": HOME, "1": CONSENT, "3": TOO_LONG, "4": ENGLISH}


class Stub:
    """What the webhooks were sent, and how often a key press was new to them."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, dict[str, str]]] = []
        self.headers: list[Mapping[str, str]] = []
        self._lock = threading.Lock()
        self._served: dict[tuple[str, str], str] = {}
        self.app = Flask("stub")
        self.app.add_url_rule("/hooks/<path:rest>", "hook", self._hook, methods=["POST"])
        self.url = ""
        self.forgets = False
        """Take every delivery for a new one, as a careless helpline would."""

    def forms(self, path: str) -> list[dict[str, str]]:
        return [form for heard, form in self.heard if heard == path]

    def _hook(self, rest: str) -> tuple[str, int]:
        form = request.form.to_dict()
        with self._lock:
            self.heard.append((rest, form))
            self.headers.append(dict(request.headers))
        if not rest.endswith("/ussd"):
            return "", 200
        key = form["text"].rpartition("*")[2]
        if key == "500":
            return "no", 500
        if key == "html":
            return "<html>", 200
        place = (form["sessionId"], form.get("id", form["text"]))
        with self._lock:
            serial = len(self.heard)
            screen = SCREENS.get(key, BYE)
            body = f"END {screen}" if screen == BYE else f"CON {screen}"
            if key == "5":  # tells deliveries apart: a repeat that is not known as one shows
                body = f"CON turn {serial}"
            return (body if self.forgets else self._served.setdefault(place, body)), 200


@contextmanager
def serving(stub: Stub) -> Iterator[Stub]:
    """Serve it on a free port of this machine, many requests at a time."""
    server = make_server("127.0.0.1", 0, stub.app, threaded=True)
    stub.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield stub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
