"""Answers for people: plain text for the terminal, Markdown to paste into a ticket. Made of the plain data of :mod:`kg.why.data`."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from typing import Any

from kg.errors import Text

WIDTH = 120
SHOWN_SOURCES = 6
"""Sources of one claim that are listed where it comes from the row of the thing itself: all of them are cited for all of its columns."""

WORDS = {
    "says": Text("Who says so", "Wer das sagt"),
    "row": Text("Where it stands", "Wo es steht"),
    "against": Text("Who says something else", "Wer etwas anderes sagt"),
    "why": Text("Why", "Warum"),
    "change": Text("What would change it", "Was das ändern würde"),
    "derived": Text("Derived by the rule", "Abgeleitet nach der Regel"),
    "from": Text("from", "aus"),
    "decisions": Text("Decisions", "Entscheidungen"),
    "delivery": Text("Delivery", "Lieferung"),
    "published": Text("published", "veröffentlicht"),
    "retrieved": Text("read", "abgerufen"),
    "state": Text("state", "Stand"),
    "words": Text("in the words of the source", "im Wortlaut der Quelle"),
    "speakers": Text("said by", "Aussage von"),
    "quote": Text("verbatim", "wörtlich"),
    "other": Text("in other words", "sinngemäß"),
    "more": Text("{n} more", "{n} weitere"),
    "nobody": Text("Nobody says so.", "Niemand sagt das."),
    "near": Text("What is said instead", "Was stattdessen gesagt wird"),
    "note": Text("Note", "Hinweis"),
    "contradicted": Text("contradicted", "umstritten"),
    "sources": Text("{n} sources", "{n} Quellen"),
    "source": Text("1 source", "1 Quelle"),
    "own-row": Text("own row ({n} sources cited for all of it)", "eigene Zeile ({n} Quellen für alles darin genannt)"),
    "quoted": Text("“{text}”", "„{text}“"),
    "record": Text("record", "Eintrag"),
    "counts": Text(
        "{statements} statements; contradicted: {contradicted}; in a row without a source of its own: {without_source}",
        "{statements} Aussagen; umstritten: {contradicted}; in einer Zeile ohne eigene Quelle: {without_source}",
    ),
    "ask": Text("Ask further with a property: kg why {id} PROPERTY [VALUE]", "Weiter fragen mit einer Eigenschaft: kg why {id} EIGENSCHAFT [WERT]"),
}


def words(lang: str) -> dict[str, str]:
    """Return the words around an answer."""
    return {name: text.in_(lang) for name, text in WORDS.items()}


def answer_text(data: dict[str, Any], lang: str, *, markdown: bool = False) -> str:
    """Return an answer (:meth:`kg.why.data.Plain.answer`) for people."""
    return "\n".join(_Writer(lang, markdown).answer(data)) + "\n"


def overview_text(data: dict[str, Any], lang: str, *, markdown: bool = False) -> str:
    """Return an overview (:meth:`kg.why.data.Plain.overview`) for people."""
    return "\n".join(_Writer(lang, markdown).overview(data)) + "\n"


class _Writer:
    """Writes lines; a list item has its level."""

    def __init__(self, lang: str, markdown: bool) -> None:
        self.markdown = markdown
        self.words = words(lang)

    def answer(self, data: dict[str, Any]) -> Iterator[str]:
        for number, one in enumerate(data["statements"]):
            yield from [""] if number else []
            yield from self._statement(one, data["subject"])
        if not data["found"]:
            asked = ", ".join(one["label"] for one in data["predicates"])
            yield from self._head(f"{data['subject']['label']} · {asked}{': ' + data['wanted'] if data['wanted'] else ''}")
            yield self.words["nobody"]
        if data["near"]:
            yield from self._section("near")
            for one in data["near"]:
                yield from self._item(f"{one['predicate']['label']}: {one['object']['label']}")
        yield from self._notes(data["notes"])

    def overview(self, data: dict[str, Any]) -> Iterator[str]:
        yield from self._head(data["subject"]["label"])
        yield self.words["counts"].format(**data["counts"])
        yield ""
        if self.markdown:
            yield "| | | | |"
            yield "|---|---|---|---|"
        for one in data["lines"]:
            rests = self._number(one["sources"]) if one["basis"] == "claim" else one["basis_text"]
            rests = self.words["own-row"].format(n=one["sources"]) if one["own_row"] else rests
            marks = [one["status_text"]] if one["status"] != "accepted" else []
            marks += [self.words["contradicted"]] if one["contradicted"] and not marks else []
            value = self._cut(self._value(one["object"]))
            cells = (one["predicate"]["label"], value, rests, ", ".join(marks))
            if self.markdown:
                yield "| " + " | ".join(self._plain(cell).replace("|", "\\|") for cell in cells) + " |"
            else:
                yield f"  {'! ' if one['contradicted'] else '  '}{cells[0]}: {value} – {rests}{' (' + cells[3] + ')' if marks else ''}"
        yield from self._decisions(data["decisions"])
        yield ""
        name = data["subject"]["iri"].rstrip("/").rsplit("/", 1)[-1]
        yield self.words["ask"].format(id=name)
        yield from self._notes(data["notes"])

    def _statement(self, one: dict[str, Any], subject: dict[str, str]) -> Iterator[str]:
        who = subject["label"]
        record = f" ({one['subject']['label']})" if one["subject"]["iri"] != subject["iri"] else ""
        status = f" [{one['status_text']}]" if one["status"] != "accepted" else ""
        yield from self._head(f"{who} · {one['predicate']['label']}: {self._value(one['object'])}{record}{status}")
        yield from self._paragraph(self.words["why"], one["reason"])
        if one["claims"]:
            yield from self._section("says", f" ({self._number(one['sources'])})")
            for claim in one["claims"]:
                yield from self._claim(claim)
        if one["deliveries"]:
            yield from self._section("delivery")
            for two in one["deliveries"]:
                parts = [two["title"], two["publisher"], f"{self.words['state']} {two['state']}" if two["state"] else ""]
                yield from self._item(", ".join(filter(None, parts)))
        if one["origins"]:
            yield from self._section("row")
            for place in one["origins"]:
                yield from self._item(place["text"])
        for derived in one["derived"]:
            yield from self._derived(derived)
        if one["against"]:
            yield from self._section("against")
            for claim in one["against"]:
                yield from self._claim(claim, self._other(claim))
        yield from self._decisions(one["decisions"])
        if one["change"]:
            yield from self._section("change")
            for text in one["change"]:
                yield from self._item(text)

    def _claim(self, one: dict[str, Any], before: str = "") -> Iterator[str]:
        places = "; ".join(place["text"] for place in one["origins"])
        wording = ", ".join(self._quoted(two["text"]) for two in one["wordings"])
        told = f" · {self.words['words']}: {wording}" if wording else ""
        told += f" · {self.words['speakers']}: {', '.join(two['label'] for two in one['speakers'])}" if one["speakers"] else ""
        yield from self._item(f"{before}{one['attestation_text'] or one['status_text']}{' · ' + places if places else ''}{told}")
        own_row = one["attestation"] == "entity-row"
        sources = one["sources"][:SHOWN_SOURCES] if own_row else one["sources"]
        for source in sources:
            yield from self._source(source, bare=own_row)
        if len(one["sources"]) > len(sources):
            yield from self._item(self.words["more"].format(n=len(one["sources"]) - len(sources)), 1)

    def _other(self, one: dict[str, Any]) -> str:
        """Return what another claim says; of a claim about a record whom else its row names."""
        named = f" ({', '.join(two['label'] for two in one['concerns'])})" if one["of_record"] and one["concerns"] else ""
        return f"{one['predicate']['label']}: {self._value(one['object'])}{named} [{one['status_text']}] – "

    def _source(self, one: dict[str, Any], *, bare: bool) -> Iterator[str]:
        dates = [f"{self.words[name]} {one[name]}" for name in ("published", "retrieved") if one[name]]
        yield from self._item(", ".join(filter(None, [self._quoted(one["title"]), one["publisher"], *dates])), 1)
        for kind, name in () if bare else (("quotes", "quote"), ("paraphrases", "other")):
            for text in one[kind]:
                yield from self._item(f"{self.words[name]}: {text['text']}", 2)

    def _derived(self, one: dict[str, Any]) -> Iterator[str]:
        yield from self._section("derived", f" {self._quoted(one['title'])}{' (' + one['rule'] + ')' if one['rule'] else ''} {self.words['from']}")
        for two in one["premises"]:
            rests = [self._quoted(title) for title in two["sources"]] or [
                f"{self.words['derived']} {self._quoted(rule['title'])}" for rule in two["rules"]
            ]
            rests += [place["text"] for place in two["origins"]]
            line = f"{two['subject']['label']} · {two['predicate']['label']}: {self._value(two['object'])}"
            yield from self._item(line + (f" – {'; '.join(rests)}" if rests else ""))
        if one["more"]:
            yield from self._item(self.words["more"].format(n=one["more"]))

    def _decisions(self, decisions: list[dict[str, Any]]) -> Iterator[str]:
        if decisions:
            yield from self._section("decisions")
        for one in decisions:
            value = f" → {one['value']}" if one["value"] else ""
            yield from self._item(f"{one['target']}: {one['decision']}{value} · {one['who']}, {one['when']} · {one['origin']['text']}")
            yield from self._item(one["why"], 1)

    def _notes(self, notes: Iterable[str]) -> Iterator[str]:
        for text in notes:
            yield ""
            yield from self._paragraph(self.words["note"], text)

    # --- marks -----------------------------------------------------------------------------------------------------------

    def _head(self, text: str) -> Iterator[str]:
        yield from [f"## {self._plain(text)}", ""] if self.markdown else [text]

    def _section(self, word: str, more: str = "") -> Iterator[str]:
        title = self.words[word] + more
        yield from ["", f"**{self._plain(title)}**", ""] if self.markdown else [f"  {title}:"]

    def _paragraph(self, word: str, text: str) -> Iterator[str]:
        if self.markdown:
            yield f"**{word}:** {self._plain(text)}"
        else:
            yield from textwrap.wrap(f"{word}: {text}", WIDTH, initial_indent="  ", subsequent_indent="    ", break_long_words=False)

    def _item(self, text: str, level: int = 0) -> Iterator[str]:
        if self.markdown:
            yield f"{'  ' * level}- {self._plain(text)}"
        else:
            indent = "    " + "  " * level
            yield from textwrap.wrap(f"- {text}", WIDTH, initial_indent=indent, subsequent_indent=indent + "  ", break_long_words=False)

    def _plain(self, text: str) -> str:
        """Return text of the data for Markdown: on one line, nothing of it a mark (CommonMark, section 2.4)."""
        line = " ".join(text.split())
        return "".join("\\" + letter if letter in "\\`*_[]<>#" else letter for letter in line) if self.markdown else line

    def _value(self, term: dict[str, str]) -> str:
        lang = f" ({term['lang']})" if term.get("lang") else ""
        return " ".join(term["label"].split()) + lang

    def _quoted(self, text: str) -> str:
        return self.words["quoted"].format(text=text)

    def _cut(self, text: str, most: int = 90) -> str:
        return text if len(text) <= most else text[: most - 1] + "…"

    def _number(self, count: int) -> str:
        return self.words["source"] if count == 1 else self.words["sources"].format(n=count)
