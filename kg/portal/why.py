"""Why a statement stands: the page `/why`, and the address that leads to it from the page about a thing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kg.errors import KgError, ParameterError, Text
from kg.portal.entity_words import WORDS
from kg.portal.page import Reply, Request, json_reply
from kg.why import Evidence, overview, why
from kg.why.asked import find_subject
from kg.why.data import Plain

if TYPE_CHECKING:
    from kg.portal.desk import Desk

MAX_ASKED = 1000
"""Characters of a subject, a property or a value that are read."""
MAX_LINKED = 200
"""Characters of a value that an address names; of a longer one all values of its property are explained."""


def evidence_of(desk: Desk, lang: str) -> Evidence:
    """Return what answers are made of; tables and deliveries are read once."""
    return desk.cached(("why", lang), lambda: Evidence(desk.store, desk.build, lang=lang, words=WORDS))


def why_address(request: Request, subject: str, predicate: str, value: str = "") -> str:
    """Return the address that says why a statement stands."""
    return request.url("/why", subject=subject, predicate=predicate, object=value if len(value) <= MAX_LINKED else None)


def page(desk: Desk, request: Request) -> Reply:
    """Answer `/why?subject=&predicate=&object=`: a form, and what :func:`kg.why.why` says, or without a property :func:`kg.why.overview`.

    A subject or a property that nobody knows is no missing page: the form stands there with what is near.
    """
    asked = {name: request.value(name)[:MAX_ASKED] for name in ("subject", "predicate", "object")}
    problem: KgError | None = None
    data: dict[str, Any] = {}
    if asked["subject"]:
        try:
            data = _answer(desk, request.lang, asked)
        except ParameterError as error:
            if request.form == "json":
                raise
            problem = error
    if request.form == "json":
        if not data:
            what = Text("The subject is missing.", "Der Gegenstand fehlt.")
            raise ParameterError(what, fix=Text("Add ?subject=…", "Ergänzen Sie ?subject=…"))
        return json_reply(data)
    status = 400 if problem is not None else 200
    return desk.render("why.html", request, status=status, asked=asked, data=data, problem=problem, told=_told(data), why_address=why_address)


def _answer(desk: Desk, lang: str, asked: dict[str, str]) -> dict[str, Any]:
    evidence, plain = evidence_of(desk, lang), Plain(lang, WORDS)
    subject = find_subject(desk.store, asked["subject"], build=desk.build, lang=lang)
    if not asked["predicate"]:
        return plain.overview(overview(evidence, subject))
    return plain.answer(why(evidence, subject, asked["predicate"], asked["object"]))


def _told(data: dict[str, Any]) -> str:
    """Return which kind of answer it is."""
    return "" if not data else "overview" if "lines" in data else "answer"
