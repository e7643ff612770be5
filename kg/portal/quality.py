"""`/quality`: the findings of the served build as an inbox grouped by rule; the same as JSON, and as a badge (product guide, pattern S1).

What is shown is the index that `kg validate` writes beside the build (:mod:`kg.validate.history`), and only the one of the very build that is served; where there
is none, the page says how to make it. The state is the address: severity, rule, file, class, new only, page.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import Text
from kg.namespaces import PREFIXES, curie
from kg.portal.page import Reply, Request, json_reply
from kg.portal.quality_inbox import MAX_PAGE, OF_ENTITY, ON_PAGE, EntityLine, Filters, Inbox, RuleLine
from kg.portal.quality_svg import MANY, badge, counted, trend
from kg.portal.render import NotFoundError
from kg.store import EmbeddedStore
from kg.validate.card_texts import rule as rule_text
from kg.validate.card_words import term_name
from kg.validate.cards import Bench, Card, card, word
from kg.validate.history import index_path, read_history
from kg.validate.report import SEVERITIES
from kg.validate.shapes import rule_of

if TYPE_CHECKING:
    from kg.portal.desk import Desk

FRESH = {"Cache-Control": "no-store"}
"""A report may be written anew while the build stays."""
LISTED = 100
"""Findings of a rule that the JSON lists per page."""
COMMAND = "kg validate"
TABLE_FILE = 16 * 1024 * 1024
"""Bytes of a source table that a page reads for a row."""


@dataclass(frozen=True)
class Shown:
    """An entity of a rule with its cards; `more` counts the findings without one."""

    line: EntityLine
    name: str
    cards: tuple[Card, ...]
    more: int


def page(desk: Desk, request: Request) -> Reply:
    """Answer `/quality?severity=&rule=&file=&class=&new=&page=`."""
    inbox, reason = _inbox(desk)
    if inbox is None:
        return desk.render(
            "quality.html", request, headers=FRESH, inbox=None, reason=reason.in_(request.lang), command=COMMAND, **_common(desk, request)
        )
    filters = _filters(inbox, request)
    if filters.rule:
        return _rule_page(desk, request, inbox, filters)
    lines = _lines(desk, inbox, filters)
    return desk.render(
        "quality.html",
        request,
        headers=FRESH,
        inbox=inbox,
        filters=filters,
        lines=lines,
        counts=_counts(desk, inbox),
        history=read_history(_folder(desk)) if desk.build else [],
        trend=lambda history, severity: trend(history, severity, request.lang),
        **_common(desk, request, inbox),
    )


def _rule_page(desk: Desk, request: Request, inbox: Inbox, filters: Filters) -> Reply:
    number = request.number("page", 1, 1, MAX_PAGE)
    total, entities = inbox.entities(filters, number)
    lines = _lines(desk, inbox, filters)
    known = lines or _lines(desk, inbox, Filters(rule=filters.rule))
    if not known:
        what = Text("This build has no finding of such a rule.", "Dieser Build hat keinen Befund einer solchen Regel.")
        fix = Text("The inbox lists the rules that there are.", "Die Übersicht zählt die Regeln auf, die es gibt.")
        raise NotFoundError(what, where=filters.rule[:200], fix=fix)
    bench = _bench(desk, inbox)
    names = desk.labels([one.focus for one in entities if one.focus.startswith(("http://", "https://"))], request.lang)
    shown = []
    for one in entities:
        found = inbox.findings(filters, focus=one.focus, limit=OF_ENTITY)
        cards = tuple(card(result, bench, request.lang) for result in found)
        shown.append(Shown(one, names.get(one.focus) or one.label, cards, one.results - len(cards)))
    return desk.render(
        "quality_rule.html",
        request,
        headers=FRESH,
        inbox=inbox,
        filters=filters,
        line=known[0],
        nothing=not lines,
        total=total,
        entities=shown,
        number=number,
        pages=min(max(1, -(-total // ON_PAGE)), MAX_PAGE),
        cut=total > ON_PAGE * MAX_PAGE,
        word=lambda key: word(key, request.lang),
        **_common(desk, request, inbox),
    )


def api(desk: Desk, request: Request) -> Reply:
    """Answer `/quality.json` with the same filters: counts, rules, trend; with a rule also its findings, a hundred per page."""
    inbox, reason = _inbox(desk)
    head: dict[str, Any] = {"build": desk.site.release, "validated": inbox is not None, "frames": [list(one) for one in desk.site.frames]}
    if inbox is None:
        return json_reply({**head, "reason": reason.in_(request.lang)}, headers=FRESH)
    filters = _filters(inbox, request)
    number = request.number("page", 1, 1, MAX_PAGE)
    data = {
        **head,
        "date": inbox.meta.get("date", ""),
        "engine": inbox.meta.get("engine", ""),
        "baseline": inbox.baseline or None,
        "counts": _counts(desk, inbox)["all"],
        "new": _counts(desk, inbox)["new"] if inbox.baseline else None,
        "filters": {"severity": filters.severity, "rule": filters.rule, "file": filters.file, "class": filters.kind, "new": filters.new},
        "rules": [
            {**vars(line), "rule": curie(line.shape), "text": _text(line.shape, request.lang), "files": list(line.files)}
            for line in _lines(desk, inbox, filters)
        ],
        "trend": [{"date": line.date, "build": line.build, **line.counts, "rules": line.rules} for line in read_history(_folder(desk))],
    }
    truncated = False
    if filters.rule:
        found = inbox.findings(filters, limit=LISTED + 1, offset=(number - 1) * LISTED)
        truncated = len(found) > LISTED
        data["results"] = [
            {
                **{
                    name: getattr(one, name)
                    for name in ("id", "severity", "shape", "component", "focus", "focus_label", "path", "value", "expected", "found")
                },
                "message": dict(one.message),
                "origin": [{"file": place.file, "row": place.row} for place in one.origin],
            }
            for one in found[:LISTED]
        ]
        data |= {"page": number, "truncated": truncated}
    reply = json_reply(data, headers=FRESH)
    reply.truncated = truncated
    return reply


def badge_svg(desk: Desk, request: Request) -> Reply:
    """Answer `/quality/badge.svg?lang=`."""
    inbox, _ = _inbox(desk)
    counts = _counts(desk, inbox)["all"] if inbox is not None else None
    return Reply(badge(counts, request.lang).encode(), "image/svg+xml", headers=FRESH)


# --- what the pages share ------------------------------------------------------------------------------------------------


def _folder(desk: Desk) -> Path:
    assert desk.build is not None
    return desk.build.path.parent.parent / "report"


def _inbox(desk: Desk) -> tuple[Inbox | None, Text]:
    """Return the inbox of the served build, or why there is none."""
    if desk.build is None or not isinstance(desk.store, EmbeddedStore):
        return None, Text(
            "The inbox is off: it shows what a validation of a local build found, and this portal shows an endpoint elsewhere, which has no rows of tables.",
            "Die Übersicht ist abgeschaltet: Sie zeigt, was die Prüfung eines Builds vor Ort ergab; dieses Portal zeigt einen Endpunkt, der keine Zeilen von Tabellen hat.",
        )
    path = index_path(_folder(desk), desk.build.id)
    try:
        state = path.stat()
    except OSError:
        state = None
    found = None
    if state is not None:
        build = desk.build.id
        # Validating again replaces the file.
        found = desk.cached(("quality", state.st_mtime_ns, state.st_ino), lambda: Inbox.open(path, build, (state.st_mtime_ns, state.st_ino)))
    return found, Text("This build has not been validated.", "Dieser Build wurde noch nicht geprüft.")


def _filters(inbox: Inbox, request: Request) -> Filters:
    """Return what was chosen; what does not exist is not chosen."""
    severity = request.value("severity")
    new = request.value("new", "1" if inbox.baseline else "0")
    return Filters(
        severity if severity in SEVERITIES else "",
        _expanded(request.value("rule")[:500]),
        request.value("file")[:500],
        _expanded(request.value("class")[:500]),
        new == "1" and bool(inbox.baseline),
    )


def _expanded(short: str) -> str:
    """Return the IRI of a short name."""
    prefix, colon, local = short.partition(":")
    return PREFIXES[prefix] + local if colon and prefix in PREFIXES else short


def _lines(desk: Desk, inbox: Inbox, filters: Filters) -> list[RuleLine]:
    return desk.cached(("quality lines", inbox.key, filters), lambda: inbox.rules(filters))


def _counts(desk: Desk, inbox: Inbox) -> dict[str, dict[str, int]]:
    return desk.cached(("quality counts", inbox.key), lambda: {"all": inbox.counts(), "new": inbox.counts(new=True)})


def _bench(desk: Desk, inbox: Inbox) -> Bench:
    """Return what cards are made from; kept, since it holds the tables that were read."""

    def make() -> Bench:
        from kg.validate.cards import bench_of_build

        assert desk.build is not None
        assert isinstance(desk.store, EmbeddedStore)
        bench = bench_of_build(desk.build, desk.store, largest=TABLE_FILE)
        bench.failing = inbox.failing
        return bench

    return desk.cached(("quality bench", inbox.key), make)


def _text(shape: str, lang: str) -> str:
    return rule_text(shape, rule_of(shape), lang) or curie(shape)


def _common(desk: Desk, request: Request, inbox: Inbox | None = None) -> dict[str, Any]:
    """Return what both pages show: words, choices, frame."""
    from kg.questions import frame_text

    lang = request.lang
    kinds = inbox.kinds() if inbox is not None else []
    return {
        "rule_text": lambda shape: _text(shape, lang),
        "short": curie,
        "counted": lambda count, severity: counted(count, severity, lang),
        "severities": {name: MANY[name].in_(lang) for name in SEVERITIES},
        "kind_name": lambda kind: term_name(curie(kind), lang),
        "kinds": kinds,
        "files": desk.cached(("quality files", inbox.key), inbox.files) if inbox is not None else [],
        "frame": desk.cached(("quality frame", lang), lambda: frame_text(desk.store, lang)) if inbox is not None else "",
        "choices": {
            "severity": request.value("severity"),
            "file": request.value("file"),
            "class": request.value("class"),
            "new": request.value("new"),
        },
    }
