"""How every page of the desk is made: who asks, may they, is the form ours, in which language.

A room of the desk is a module with `furnish(desk)`, which declares its pages:

    def furnish(desk: Desk) -> None:
        desk.link("queue", _("Queue"), "/queue", Right.WORK)

        @desk.page("/queue", Right.WORK)
        def queue(here: Here) -> Answer:
            return here.show("queue/list.html", items=...)

        @desk.action("/queue/<item>/claim", Right.WORK)
        def claim(here: Here, item: str) -> Answer:
            with here.acting() as deed: ...
            return here.go("queue")
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import wraps
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.exceptions import BadRequest, MethodNotAllowed, NotFound

from handlers.desk.language import LANGUAGES, translated
from helpline.cases.states import IllegalMove
from helpline.service.desk import sessions
from helpline.service.desk.acting import Acting, NotAllowed, Stale, acting

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict
    from werkzeug.wrappers import Response as AnyResponse

    from helpline.cases.roles import Member, Right
    from helpline.service.desk.sessions import LogIn
    from helpline.service.parts import Parts
    from helpline.settings import Settings

    Answer = str | AnyResponse | tuple[str, int]
    View = Callable[..., Answer]

COOKIE: Final = "helpline_desk"
FIELD: Final = "form_token"
"""The hidden field of every form; `{{ token() }}` in a template writes it."""
REFRESHING: Final = "X-Refreshing"
"""The header of `live.js`: a page that refreshes itself does not keep its log-in awake."""
_TOKEN_FIELD: Final = Markup('<input type="hidden" name="{}" value="{}">')
_LONG: Final = ("words", "goal", "reason", "agreed_words", "others", "cover", "text_bn", "text_en")
"""Fields in which staff write sentences; never one with a password, a code or a number."""
_OWN: Final = frozenset({None, "none", "same-origin"})


@dataclass(frozen=True, slots=True)
class Link:
    """One entry of the menu at the top."""

    name: str
    text: str
    endpoint: str
    right: Right
    count: Callable[[Here], int] | None = None
    """How much waits there for this member; shown beside the text when it is not 0."""


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of the page of a case (or of one kind of work item) that another room adds to it.

    `load(here, deed, row)` gives the values of the template, or none to leave the panel out; `row`
    is the case, or the work item.
    """

    place: int
    template: str
    load: Callable[[Here, Acting, Any], dict[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Here:
    """One request of one member of staff."""

    desk: Desk
    who: Member
    session_id: str
    form_token: str

    @property
    def parts(self) -> Parts:
        """What the use cases are made of."""
        return self.desk.parts

    @property
    def language(self) -> str:
        """Of the page: bn or en."""
        return self.who.language

    def say(self, text: str) -> str:
        """A text of the desk in the language of the page."""
        return translated(self.language, text)

    def acting(self) -> AbstractContextManager[Acting]:
        """One transaction in this member's name."""
        return acting(self.desk.parts, self.who)

    def show(self, template: str, status: int = 200, **values: Any) -> Answer:
        """A page. Templates know `here`, `_` (translate), `token` (for forms) and `links`."""
        page = render_template(
            f"desk/{template}",
            here=self,
            who=self.who,
            language=self.language,
            links=[link for link in self.desk.links if self.who.may(link.right)],
            _=self.say,
            token=lambda: _TOKEN_FIELD.format(FIELD, self.form_token),
            **values,
        )
        return page, status

    def go(self, endpoint: str, **values: Any) -> Answer:
        """On to another page, after something was done."""
        return redirect(url_for(f"desk.{endpoint}", **values), 303)


class Desk:
    """The pages of the desk, each with the right it asks for."""

    def __init__(self, parts: Parts, settings: Settings) -> None:
        self.parts = parts
        self.settings = settings
        self.links: list[Link] = []
        self.case_panels: list[Panel] = []
        self.item_panels: dict[str, Panel] = {}
        self.rights: dict[str, Right | None] = {}
        """By endpoint; none for the pages before the log-in."""
        self.blueprint = Blueprint(
            "desk",
            __name__,
            url_prefix="/desk",
            static_folder="static",
            template_folder="templates",
        )
        self.blueprint.after_request(_guarded)
        self.rights["desk.static"] = None

    def link(
        self,
        name: str,
        text: str,
        endpoint: str,
        right: Right,
        count: Callable[[Here], int] | None = None,
    ) -> None:
        """Put a page into the menu at the top, for those who may open it."""
        self.links.append(Link(name, text, endpoint, right, count))

    def case_panel(
        self, place: int, template: str, load: Callable[[Here, Acting, Any], dict[str, Any] | None]
    ) -> None:
        """Add a part to the page of a case; the lower `place`, the higher it stands."""
        self.case_panels.append(Panel(place, f"desk/{template}", load))
        self.case_panels.sort(key=lambda panel: panel.place)

    def item_panel(
        self, kind: str, template: str, load: Callable[[Here, Acting, Any], dict[str, Any] | None]
    ) -> None:
        """Add what can be done about one kind of work item; shown where the item is."""
        self.item_panels[kind] = Panel(0, f"desk/{template}", load)

    def page(self, rule: str, right: Right, *, name: str = "") -> Callable[[View], View]:
        """Declare a page that shows something and changes nothing."""
        return self._route(rule, right, "GET", name)

    def action(self, rule: str, right: Right, *, name: str = "") -> Callable[[View], View]:
        """Declare a form's target. The form must be ours: it bears the token of this log-in."""
        return self._route(rule, right, "POST", name)

    def open(
        self, rule: str, *, methods: tuple[str, ...] = ("GET",), name: str = ""
    ) -> Callable[[View], View]:
        """Declare a page for somebody who is not logged in; it gets no `here`."""

        def declare(view: View) -> View:
            endpoint = name or view.__name__
            self.rights[f"desk.{endpoint}"] = None
            self.blueprint.add_url_rule(
                rule,
                endpoint,
                _own_form(view, methods),
                methods=list(methods),
                provide_automatic_options=False,
            )
            return view

        return declare

    def greet(self, template: str, status: int = 200, language: str = "", **values: Any) -> Answer:
        """A page for somebody who is not logged in: in `language`, or in what their browser asks for.

        Templates know `_`, `language` and `token`, which is worth something only with a cookie.
        """
        spoken = language or _language_asked_for()
        token = form_token(request.cookies.get(COOKIE, ""))
        page = render_template(
            f"desk/{template}",
            language=spoken,
            _=lambda text: translated(spoken, text),
            token=lambda: _TOKEN_FIELD.format(FIELD, token),
            **values,
        )
        return page, status

    @property
    def secure(self) -> bool:
        """Whether browsers are to send our cookie over https only."""
        return self.settings.public_url.startswith("https:")

    def log_in(self) -> LogIn | None:
        """Whose request this is, by its cookie; none when nobody is logged in."""
        used = REFRESHING not in request.headers
        return sessions.find(self.parts, request.cookies.get(COOKIE, ""), used=used)

    def _route(self, rule: str, right: Right, method: str, name: str) -> Callable[[View], View]:
        def declare(view: View) -> View:
            endpoint = name or view.__name__
            self.rights[f"desk.{endpoint}"] = right
            self.blueprint.add_url_rule(
                rule,
                endpoint,
                self._admitted(view, right, method),
                methods=[method],
                provide_automatic_options=False,
            )
            return view

        return declare

    def _admitted(self, view: View, right: Right, method: str) -> View:
        @wraps(view)
        def admit(**values: Any) -> Answer:
            _only((method,))
            _legible(values)
            log_in = self.log_in()
            if log_in is None or not log_in.proved:
                return self._sent_away()
            token = form_token(request.cookies[COOKIE])
            here = Here(self, log_in.member, log_in.session_id, token)
            if not log_in.member.may(right):
                return here.show("missing.html", 403)
            if method == "POST" and not is_ours(token):
                return here.show("kept.html", 403, written=_written())
            try:
                return view(here, **values)
            except NotAllowed:
                return here.show("missing.html", 404)
            except (Stale, IllegalMove):
                return here.show("stale.html", 409)

        return admit

    def _sent_away(self) -> Answer:
        """To the log-in; whoever wrote something meanwhile gets the words back first."""
        if written := _written():
            return self.greet("kept.html", 401, ended=True, written=written)
        return redirect(url_for("desk.log_in"), 303)


def set_cookie(answer: Answer, token: str, *, secure: bool) -> Response:
    """Give the browser the token of a log-in; empty takes it away."""
    response = make_response(answer)
    if token:
        response.set_cookie(
            COOKIE, token, path="/desk", secure=secure, httponly=True, samesite="Strict"
        )
    else:
        response.delete_cookie(
            COOKIE, path="/desk", secure=secure, httponly=True, samesite="Strict"
        )
    return response


def form_token(session_token: str) -> str:
    """The token of forms that belongs to a log-in: whoever does not have its cookie cannot know it."""
    return hmac.new(session_token.encode(), b"form", sha256).hexdigest()


def is_ours(token: str) -> bool:
    """Whether the form that was sent bears this token and comes from one of our pages."""
    given = request.form.get(FIELD, "")
    return _from_our_page() and hmac.compare_digest(given.encode(), token.encode())


def _from_our_page() -> bool:
    """What the browser says: older ones say nothing, and then the token or a password decides."""
    return request.headers.get("Sec-Fetch-Site") in _OWN


def _written() -> list[str]:
    """The words of a form that was not taken: whoever wrote them on our page gets them back, unkept."""
    if not _from_our_page():
        return []
    return [said for name in _LONG for said in request.form.getlist(name) if said.strip()]


def _own_form(view: View, methods: tuple[str, ...]) -> View:
    """Before the log-in there is no token: the browser's own word must do."""

    @wraps(view)
    def admit(**values: Any) -> Answer:
        _only(methods)
        _legible(values)
        if request.method == "POST" and not _from_our_page():
            return _plain("this form is not from our page", 403)
        return view(**values)

    return admit


def _only(methods: tuple[str, ...]) -> None:
    """Refuse HEAD, which Werkzeug adds to GET: it would do, and write down, what GET does."""
    if request.method not in methods:
        raise MethodNotAllowed(methods)


def _legible(values: dict[str, Any]) -> None:
    """Refuse what PostgreSQL cannot hold: a browser sends no such thing by itself."""
    if any("\0" in str(each) for each in values.values()):
        raise NotFound
    if any("\0" in each for fields in (request.args, request.form) for each in _all(fields)):
        raise BadRequest


def _all(fields: MultiDict[str, str]) -> Iterator[str]:
    return (each for values in fields.listvalues() for each in values)


def _language_asked_for() -> str:
    chosen = request.values.get("language", "")
    if chosen in LANGUAGES:
        return chosen
    return request.accept_languages.best_match(LANGUAGES, LANGUAGES[0]) or LANGUAGES[0]


def _plain(line: str, status: int) -> Response:
    return Response(f"{line}\n", status, content_type="text/plain; charset=utf-8")


_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def _guarded(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", _POLICY)
    if request.endpoint != "desk.static":  # a browser keeps nothing about anybody
        response.headers["Cache-Control"] = "no-store"
    return response
