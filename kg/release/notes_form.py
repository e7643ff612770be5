"""Release notes as a structure in both languages, and its forms: JSON, Markdown, HTML, text for a CHANGELOG.

Whatever comes from the data is escaped in each form; HTML holds no style, no script and no identifier of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape as html_escape
from typing import Any

from kg.diff.line import LABEL, shortened
from kg.diff.markdown import escape
from kg.errors import Text
from kg.release.notes_words import CHANGELOG, HEADINGS

_WEB = re.compile(r"https?://[^\s<>\"\\]+")


@dataclass(frozen=True)
class Item:
    """One line of a list.

    Attributes:
        text: What it says.
        name: Name of the entity it is about, if any.
        iri: The entity.
        items: Lines below it.
        code: Text to be copied as it stands, the same in both languages.
        other: Name of what replaces the entity, said after the text.
        other_iri: Its IRI.
    """

    text: Text
    name: Text | None = None
    iri: str = ""
    items: tuple[Text, ...] = ()
    code: str = ""
    other: Text | None = None
    other_iri: str = ""


@dataclass(frozen=True)
class Block:
    """A paragraph, a list, or a table.

    Attributes:
        kind: `text`, `list`, `alarms` or `table`.
        title: Heading of a list or table, if any.
        items: Lines of a list.
        head: Headings of a table's columns.
        rows: Cells of a table; the first of a row names it.
        text: The paragraph.
    """

    kind: str
    title: Text | None = None
    items: tuple[Item, ...] = ()
    head: tuple[Text, ...] = ()
    rows: tuple[tuple[Text, ...], ...] = ()
    text: Text | None = None


@dataclass(frozen=True)
class Section:
    """A section of the notes; `name` is a key of :data:`kg.release.notes_words.HEADINGS`."""

    name: str
    heading: Text
    blocks: tuple[Block, ...]


def section(name: str, *blocks: Block | None) -> Section | None:
    """Return a section with the blocks that there are, or nothing where there is none."""
    there = tuple(block for block in blocks if block is not None)
    return Section(name, HEADINGS[name], there) if there else None


@dataclass(frozen=True)
class Notes:
    """Release notes in both languages.

    Attributes:
        version: Of the release.
        previous: Version of the release before, or empty.
        issued: Day of the release, `YYYY-MM-DD`, or empty.
        title: Heading.
        lead: First paragraph.
        sections: In the order in which they are read.
    """

    version: str
    previous: str
    issued: str
    title: Text
    lead: Text
    sections: tuple[Section, ...] = field(default=())

    def to_json(self) -> dict[str, Any]:
        """Return the notes as JSON can hold them; texts are `{"de": …, "en": …}`."""
        return {
            "version": self.version,
            "previous": self.previous or None,
            "issued": self.issued or None,
            "title": _both(self.title),
            "lead": _both(self.lead),
            "sections": [
                {"name": one.name, "heading": _both(one.heading), "blocks": [_block_json(block) for block in one.blocks]} for one in self.sections
            ],
        }

    @classmethod
    def of_json(cls, data: Mapping[str, Any]) -> Notes:
        """Return the notes that :meth:`to_json` has written.

        Raises:
            KeyError, TypeError, ValueError: It is something else.
        """
        sections = tuple(
            Section(str(one["name"]), _text(one["heading"]), tuple(_block_of(block) for block in one["blocks"])) for one in data["sections"]
        )
        return cls(str(data["version"]), str(data["previous"] or ""), str(data["issued"] or ""), _text(data["title"]), _text(data["lead"]), sections)


def _both(text: Text) -> dict[str, str]:
    return {"de": text.de, "en": text.en}


def _text(data: Mapping[str, Any]) -> Text:
    return Text(str(data["en"]), str(data["de"]))


def _block_json(block: Block) -> dict[str, Any]:
    data: dict[str, Any] = {"kind": block.kind}
    if block.title:
        data["title"] = _both(block.title)
    if block.text:
        data["text"] = _both(block.text)
    if block.items:
        data["items"] = [
            {
                "text": _both(one.text),
                **({"name": _both(one.name)} if one.name else {}),
                **({"iri": one.iri} if one.iri else {}),
                **({"code": one.code} if one.code else {}),
                **({"other": _both(one.other), "other_iri": one.other_iri} if one.other else {}),
                **({"items": [_both(text) for text in one.items]} if one.items else {}),
            }
            for one in block.items
        ]
    if block.rows:
        data |= {"head": [_both(text) for text in block.head], "rows": [[_both(cell) for cell in row] for row in block.rows]}
    return data


def _block_of(data: Mapping[str, Any]) -> Block:
    return Block(
        str(data["kind"]),
        _text(data["title"]) if "title" in data else None,
        tuple(
            Item(
                _text(one["text"]),
                _text(one["name"]) if "name" in one else None,
                str(one.get("iri", "")),
                tuple(_text(text) for text in one.get("items", ())),
                str(one.get("code", "")),
                _text(one["other"]) if "other" in one else None,
                str(one.get("other_iri", "")),
            )
            for one in data.get("items", ())
        ),
        tuple(_text(text) for text in data.get("head", ())),
        tuple(tuple(_text(cell) for cell in row) for row in data.get("rows", ())),
        _text(data["text"]) if "text" in data else None,
    )


# --- Markdown --------------------------------------------------------------------------------------------------------------


def markdown(notes: Notes, lang: str) -> str:
    """Return the notes as Markdown (GitHub Flavored Markdown)."""
    lines = [f"# {escape(notes.title.in_(lang))}", "", escape(notes.lead.in_(lang))]
    for section in notes.sections:
        lines += ["", f"## {escape(section.heading.in_(lang))}"]
        for block in section.blocks:
            lines += ["", *_markdown(block, lang)]
    return "\n".join(lines) + "\n"


def _markdown(block: Block, lang: str) -> list[str]:
    lines = [f"### {escape(block.title.in_(lang))}", ""] if block.title else []
    if block.text:
        lines.append(escape(block.text.in_(lang)))
    if block.rows:
        lines.append(f"| {' | '.join(_inside(cell.in_(lang)) for cell in block.head)} |")
        lines.append(f"| --- |{' ---: |' * (len(block.head) - 1)}")
        lines += [f"| {' | '.join(_inside(cell.in_(lang)) for cell in row)} |" for row in block.rows]
    for item in block.items:
        mark = "⚠️ " if block.kind == "alarms" else ""
        lines.append(f"- {mark}{_line(item, lang)}")
        lines += [f"  - {escape(text.in_(lang))}" for text in item.items]
    return lines


def _line(item: Item, lang: str) -> str:
    parts = [escape(item.text.in_(lang))]
    if item.code and "``" not in item.code:
        # A code span ends at its own number of backticks only.
        parts.append(f"`` {' '.join(item.code.split())} ``")
    if item.other is not None:
        parts.append(_link(item.other.in_(lang), item.other_iri))
    said = " ".join(part for part in parts if part)
    if item.name is None:
        return said
    name = f"**{_link(item.name.in_(lang), item.iri)}**"
    return f"{name}: {said}" if said else name


def _link(name: str, iri: str) -> str:
    shown = escape(shortened(name, LABEL))
    return f"[{shown}](<{iri}>)" if _WEB.fullmatch(iri) else shown


def _inside(text: str) -> str:
    """Return a text for a heading or the cell of a table, where a number at the beginning begins no list."""
    return escape(f"x{text}")[1:]


def changelog(notes: Notes, lang: str) -> str:
    """Return the notes as a section of a CHANGELOG (Keep a Changelog, https://keepachangelog.com): what came, changed and went, without counts."""
    lines = [f"## {_inside(notes.version)}{f' – {notes.issued}' if notes.issued else ''}", "", escape(notes.lead.in_(lang))]
    for section in notes.sections:
        if section.name in CHANGELOG:
            lines += ["", f"### {CHANGELOG[section.name].in_(lang)}", ""]
            for block in section.blocks:
                lines += [line for line in _markdown(block, lang) if line and not line.startswith("#")]
    return "\n".join(lines) + "\n"


# --- HTML ------------------------------------------------------------------------------------------------------------------


def html(notes: Notes, lang: str, *, href: Callable[[str], str] = lambda iri: iri, level: int = 2) -> str:
    """Return lead and sections as HTML without the title; everything is escaped.

    Args:
        notes: The notes.
        lang: `de` or `en`.
        href: Where the page links to for an IRI.
        level: Level of the sections' headings, 1 to 5.
    """
    parts = [f'<p class="lead">{_e(notes.lead.in_(lang))}</p>']
    for section in notes.sections:
        parts.append(f'<section class="notes notes-{_e(section.name)}">\n<h{level}>{_e(section.heading.in_(lang))}</h{level}>')
        parts += [_html(block, section, lang, href, level + 1) for block in section.blocks]
        parts.append("</section>")
    return "\n".join(parts) + "\n"


def _e(text: str) -> str:
    return html_escape(text, quote=True)


def _html(block: Block, section: Section, lang: str, href: Callable[[str], str], level: int) -> str:
    title = block.title.in_(lang) if block.title else ""
    if block.text:
        return f"<p>{_e(block.text.in_(lang))}</p>"
    if block.rows:
        head = "".join(f'<th scope="col"{_number(place)}>{_e(cell.in_(lang))}</th>' for place, cell in enumerate(block.head))
        rows = "".join(f"<tr>{''.join(_cell(place, cell.in_(lang)) for place, cell in enumerate(row))}</tr>\n" for row in block.rows)
        caption = _e(title or section.heading.in_(lang))
        return (
            f'<div class="scroll" tabindex="0" role="region" aria-label="{caption}"><table class="rows"><caption>{caption}</caption>\n'
            f"<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody></table></div>"
        )
    items = "".join(f"<li>{_item(item, lang, href)}</li>\n" for item in block.items)
    heading = f"<h{level}>{_e(title)}</h{level}>\n" if title else ""
    return f"{heading}<ul{' class=' + chr(34) + 'alarms' + chr(34) if block.kind == 'alarms' else ''}>\n{items}</ul>"


def _number(place: int) -> str:
    return ' class="number"' if place else ""


def _cell(place: int, text: str) -> str:
    return f'<td class="number">{_e(text)}</td>' if place else f'<th scope="row">{_e(text)}</th>'


def _item(item: Item, lang: str, href: Callable[[str], str]) -> str:
    parts = [_e(item.text.in_(lang))]
    if item.code:
        parts.append(f"<code>{_e(item.code)}</code>")
    if item.other is not None:
        parts.append(_anchor(item.other.in_(lang), item.other_iri, href))
    said = " ".join(part for part in parts if part)
    if item.name is not None:
        name = f"<strong>{_anchor(item.name.in_(lang), item.iri, href)}</strong>"
        said = f"{name}: {said}" if said else name
    if item.items:
        said += f"<ul>{''.join(f'<li>{_e(text.in_(lang))}</li>' for text in item.items)}</ul>"
    return said


def _anchor(name: str, iri: str, href: Callable[[str], str]) -> str:
    shown = _e(shortened(name, LABEL))
    return f'<a href="{_e(href(iri))}">{shown}</a>' if _WEB.fullmatch(iri) else shown
