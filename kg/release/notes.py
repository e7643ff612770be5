"""Release notes: what is new in words for people, in German and English (`notes.de.md`, `notes.en.md`; `notes.json` for the portal and the static site).

Lists are bounded and say what they leave out; every number stands beside how the data were collected. Made of :class:`kg.release.changes.Changes` alone, so that the
same two releases give the same notes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from kg.diff.words import KINDS, class_rank
from kg.errors import Text
from kg.files import write_files
from kg.publish.parts import Part
from kg.release.changes import CONTRADICTIONS, GROUPS, Changes, Contradiction, Entry
from kg.release.changes import PARTS as CHANGE_PARTS
from kg.release.notes_form import Block, Item, Notes, Section, changelog, html, markdown, section
from kg.release.notes_numbers import counts, findings, holds, measures, quality
from kg.release.notes_words import ONE, day, number, rest
from kg.release.parts import release_parts

FILES = ("notes.de.md", "notes.en.md", "notes.json")
PARTS = (
    Part("notes.de.md", "text/markdown", "", "about", "TXT", "Was neu ist, auf Deutsch", "What is new, in German"),
    Part("notes.en.md", "text/markdown", "", "about", "TXT", "Was neu ist, auf Englisch", "What is new, in English"),
    Part("notes.json", "application/json", "", "about", "JSON", "Was neu ist, für Programme", "What is new, for programs"),
)
LINES = 8
"""Phrases about one entity."""
ALARMS = 12


def write(folder: Path, found: Changes) -> tuple[str, ...]:
    """Write the notes into the folder of a release and return the names of the files.

    Raises:
        BuildError: They cannot be written.
    """
    made = notes(found)
    texts = {
        "notes.de.md": markdown(made, "de"),
        "notes.en.md": markdown(made, "en"),
        "notes.json": json.dumps(made.to_json(), ensure_ascii=False, indent=1) + "\n",
    }
    write_files({folder / name: text for name, text in texts.items()})
    return FILES


def read(folder: Path) -> Notes | None:
    """Return the notes of a release, or nothing where it has none that can be read."""
    try:
        path = folder / "notes.json"
        if path.stat().st_size > MAX_BYTES:
            return None
        return Notes.of_json(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        return None


MAX_BYTES = 8 * 1024 * 1024


def notes(found: Changes) -> Notes:
    """Return the notes of a release."""
    manifest, previous = found.manifest, found.previous
    version, issued = str(manifest["version"]), str(manifest.get("issued") or "")
    name, when = title_of(manifest), day(issued)
    heading = Text(f"{name.en}: release {version}", f"{name.de}: Release {version}")
    from_day = Text(f" of {when.en}" if issued else "", f" vom {when.de}" if issued else "")
    if previous is None:
        lead = _first_lead(found, version, from_day)
        sections = [_violations(found), holds(found), _contradictions(found), quality(found), _frame(found)]
    else:
        lead = _lead(found, version, str(previous["version"]), from_day)
        lists = [_list(found, heading) for heading in GROUPS]
        sections = [_first(found), *lists, _contradictions(found), counts(found), quality(found), measures(found), _rights(found), _frame(found)]
    kept = tuple(section for section in sections if section is not None)
    return Notes(version, str(previous["version"]) if previous else "", issued, heading, lead, kept)


def title_of(manifest: Mapping[str, Any]) -> Text:
    """Return the title of the graph of a release; its short name where it has none."""
    title, name = manifest.get("title") or {}, str(manifest.get("name") or "")
    return Text(str(title.get("en") or name), str(title.get("de") or name))


def _statements(found: Changes) -> int:
    """Return the number of statements, as the manifest counts them: those about the build itself among them."""
    stated = found.manifest.get("quads")
    return stated if isinstance(stated, int) else sum(count.new for count in found.numbers if count.group == "graph")


def _first_lead(found: Changes, version: str, from_day: Text) -> Text:
    total = number(_statements(found))
    return Text(
        f"Release {version}{from_day.en} is the first one: {total.en} statements. There is nothing to compare it with.",
        f"Release {version}{from_day.de} ist das erste: {total.de} Aussagen. Es gibt nichts, womit es zu vergleichen wäre.",
    )


def _lead(found: Changes, version: str, before: str, from_day: Text) -> Text:
    total = number(_statements(found))
    if found.statements == (0, 0):
        return Text(
            f"Release {version}{from_day.en} says the same as {before}: {total.en} statements, none came, none went.",
            f"Release {version}{from_day.de} sagt dasselbe wie {before}: {total.de} Aussagen, keine kam hinzu, keine entfiel.",
        )
    parts = []
    for heading in GROUPS:
        count = found.total(heading)
        words, shown = ONE[heading][count != 1], number(count)
        parts.append(Text(f"{shown.en} {words.en}", f"{shown.de} {words.de}"))
    came, gone = (number(count) for count in found.statements)
    one = found.statements[0] == 1
    return Text(
        f"Release {version}{from_day.en}. Since {before}: {', '.join(part.en for part in parts)}; "
        f"{came.en} {'statement' if one else 'statements'} of content came, {gone.en} went; {total.en} there are in all.",
        f"Release {version}{from_day.de}. Seit {before}: {', '.join(part.de for part in parts)}; "
        f"{came.de} {'inhaltliche Aussage kam' if one else 'inhaltliche Aussagen kamen'} hinzu, {gone.de} {'entfiel' if found.statements[1] == 1 else 'entfielen'}; "
        f"insgesamt sind es {total.de}.",
    )


def _said(text: Text) -> Item:
    return Item(text)


# --- what must be seen -----------------------------------------------------------------------------------------------------


def _first(found: Changes) -> Section | None:
    """Return the alarms: what was lost, what vanished without a word, rules that are broken."""
    items = [_said(alarm) for alarm in found.alarms[:ALARMS]]
    if len(found.alarms) > ALARMS:
        more = number(len(found.alarms) - ALARMS)
        items.append(
            _said(Text(f"and {more.en} more losses above 5 %; see the counts", f"und {more.de} weitere Verluste über 5 %; siehe die Zahlen"))
        )
    count, iris = found.unregistered
    shown = number(count)
    if count:
        one = count == 1
        what = Text(
            f"{shown.en} {'entity has' if one else 'entities have'} vanished without a row in retired.csv. If that is meant, add {'this row' if one else 'these rows'} "
            "(with a successor where there is one), so that the address goes on answering:",
            f"{shown.de} {'Entität ist' if one else 'Entitäten sind'} ohne Zeile in retired.csv verschwunden. Ist das gewollt, ergänzen Sie {'diese Zeile' if one else 'diese Zeilen'} "
            "(mit Nachfolger, wo es einen gibt), damit die Adresse weiter antwortet:",
        )
        items.append(_said(what))
        issued = str(found.manifest.get("issued") or "")
        items += [Item(Text("", ""), code=f"{iri},,{issued}") for iri in iris]
        if count > len(iris):
            items.append(_said(rest(count - len(iris))))
    broken = _violations(found)
    items += [item for block in (broken.blocks if broken else ()) for item in block.items]
    return section("first", Block("alarms", items=tuple(items)) if items else None)


def _violations(found: Changes) -> Section | None:
    count = findings(found.manifest).get("violation", 0)
    if not count:
        return None
    shown = number(count)
    text = Text(
        f"The release breaks the rules of the data: {shown.en} {'violation' if count == 1 else 'violations'}.",
        f"Das Release verletzt die Regeln der Daten: {shown.de} {'Verstoß' if count == 1 else 'Verstöße'}.",
    )
    return section("first", Block("alarms", items=(_said(text),)))


# --- entities --------------------------------------------------------------------------------------------------------------


def _list(found: Changes, heading: str) -> Section | None:
    blocks = []
    for cls in sorted(found.kinds, key=class_rank):
        total = found.of(cls, heading)
        entries = found.entries.get(heading, {}).get(cls, ())
        if not total:
            continue
        items = [_entity(entry, heading) for entry in entries]
        if total > len(entries):
            items.append(_said(rest(total - len(entries), by_changes=True)))
        shown, name = number(total), found.names[cls]
        blocks.append(Block("list", Text(f"{name.en} ({shown.en})", f"{name.de} ({shown.de})"), tuple(items)))
    if heading == "changed" and (derived := sum(kinds.get("derived", 0) for kinds in found.kinds.values())):
        shown = number(derived)
        blocks.append(
            Block(
                "text",
                text=Text(
                    f"Of {shown.en} more {'entity' if derived == 1 else 'entities'} only statements changed that follow from others; changes.json lists them as derived.",
                    f"Bei {shown.de} {'weiteren Entität' if derived == 1 else 'weiteren Entitäten'} haben sich nur Aussagen geändert, die aus anderen folgen; changes.json führt sie unter derived.",
                ),
            )
        )
    return section(heading, *blocks)


def _entity(entry: Entry, heading: str) -> Item:
    entity = entry.entity
    name = Text(entity.label("en"), entity.label("de"))
    if heading == "withdrawn":
        return Item(_gone(entry), name, entity.iri, other=entry.successor, other_iri=entity.successor)
    said = list(entry.said[:LINES])
    if len(entry.said) > LINES:
        more = number(len(entry.said) - LINES)
        said.append(Text(f"and {more.en} more changes", f"und {more.de} weitere Änderungen"))
    kind = KINDS["renamed"] if entity.kind == "renamed" else Text("", "")
    if len(said) == 1 and not kind.en:
        return Item(said[0], name, entity.iri)
    return Item(kind, name, entity.iri, tuple(said))


def _gone(entry: Entry) -> Text:
    if entry.successor is not None:
        return Text("replaced by", "ersetzt durch")
    if entry.entity.kind == "retired":
        return Text("retired, without a successor", "zurückgezogen, ohne Nachfolger")
    return Text("gone, without an entry in retired.csv", "verschwunden, ohne Eintrag in retired.csv")


def _contradictions(found: Changes) -> Section | None:
    before, now = found.open
    if found.previous is None:
        shown = number(now)
        text = Text(f"Open contradictions between sources: {shown.en}.", f"Offene Widersprüche zwischen Quellen: {shown.de}.")
        return section("contradictions", Block("text", text=text) if now else None)
    if not found.came and not found.settled and before == now:
        return None
    old, new = number(before), number(now)
    text = Text(f"Open contradictions: {old.en} before, {new.en} now.", f"Offene Widersprüche: vorher {old.de}, jetzt {new.de}.")
    blocks: list[Block | None] = [Block("text", text=text)]
    for title, members in ((Text("New", "Neu"), found.came), (Text("Settled", "Beigelegt"), found.settled)):
        if members:
            cut = (
                (_said(Text("and perhaps more: 50 are told at most", "und vielleicht weitere: Höchstens 50 werden genannt")),)
                if len(members) >= CONTRADICTIONS
                else ()
            )
            blocks.append(Block("list", title, (*(_contradiction(one) for one in members), *cut)))
    return section("contradictions", *blocks)


def _contradiction(one: Contradiction) -> Item:
    what = Text(f"{one.property.en}: ", f"{one.property.de}: ") if one.property else Text("", "")
    how = Text(f" – {one.how.en}", f" – {one.how.de}") if one.how else Text("", "")
    text = Text(f"{what.en}{one.one.en} against {one.other.en}{how.en}", f"{what.de}{one.one.de} gegen {one.other.de}{how.de}")
    return Item(text, one.name, one.about)


# --- licence, publisher, files, frame --------------------------------------------------------------------------------------


def _rights(found: Changes) -> Section | None:
    new, old = found.manifest, found.previous or {}
    items = []
    for name, text in (("licences", Text("Licences", "Lizenzen")), ("publisher", Text("Publisher", "Herausgeber"))):
        was, now = _stated(old.get(name)), _stated(new.get(name))
        if was != now and name in old and name in new:
            shown = ", ".join(was) or "–", ", ".join(now) or "–"
            items.append(_said(Text(f"{text.en} changed from {shown[0]} to {shown[1]}", f"{text.de} geändert von {shown[0]} auf {shown[1]}")))
    # What describes the others is written after the notes, and is in every release.
    described = {part.name for part in release_parts(str(new.get("name", "")), (*PARTS, *CHANGE_PARTS)) if part.holds == "about"}
    before, after = _files(old) - described, _files(new) - described
    came, gone = sorted(after - before), sorted(before - after)
    if came:
        items.append(_said(Text(f"New files: {', '.join(came)}", f"Neue Dateien: {', '.join(came)}")))
    if gone:
        items.append(_said(Text(f"Files that are no longer there: {', '.join(gone)}", f"Dateien, die es nicht mehr gibt: {', '.join(gone)}")))
    return section("rights", Block("list", items=tuple(items)) if items else None)


def _files(manifest: Mapping[str, Any]) -> set[str]:
    return {str(one["name"]) for one in manifest.get("files", ()) if isinstance(one, Mapping) and "name" in one}


def _stated(value: Any) -> list[str]:
    """Return a licence or publisher of a manifest as texts, whatever form it has."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [str(value.get("name") or value.get("url") or "")]
    if isinstance(value, Sequence):
        return sorted(text for one in value for text in _stated(one))
    return []


def _frame(found: Changes) -> Section | None:
    """Say how the data were collected: no number means anything without it."""
    frames = found.manifest.get("sampling_frames") or {}
    before = (found.previous or {}).get("sampling_frames") or {}
    items = []
    for name in sorted(frames):
        kind, population = str(frames[name].get("kind") or "–"), frames[name].get("population") or {}
        items.append(_said(Text(f"{name} ({kind}): {population.get('en') or '–'}", f"{name} ({kind}): {population.get('de') or '–'}")))
        if found.previous is not None and name in before and before[name].get("kind") != frames[name].get("kind"):
            was = str(before[name].get("kind") or "–")
            items.append(
                _said(
                    Text(
                        f"{name} was {was} before: numbers before and now do not count the same.",
                        f"{name} war vorher {was}: Die Zahlen vorher und jetzt zählen nicht dasselbe.",
                    )
                )
            )
    items += [_said(remark) for remark in found.remarks]
    return section("frame", Block("list", items=tuple(items)) if items else None)


__all__ = ["FILES", "PARTS", "Notes", "changelog", "findings", "html", "markdown", "notes", "read", "write"]
