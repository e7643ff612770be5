"""Accepted proposals written into the tables, all files or none, and every decision recorded.

How an enriched value is evidenced. Every statement has its source, so what comes from a table at hand cites a row of `sources.csv` for that table
(url, title, publisher, licence in the note): it is added once, its id is appended to `source_ids` of the entity, and a row `locatedIn` of
`relations.csv` has it as its `source_id`. Which value came from which row of the table, how sure it was, and who took it over stands in
`decisions.csv`: `target` is the entity, `decision` is `enriched` (`not-enriched`: never again; `enrich-later`: not until the reasons change), `value`
the column and the value, `why` the note or the first reason. A build reads these decisions as records only; they change no statement.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kg.enrich.identifiers import with_identifier
from kg.enrich.model import ADDRESS, IDENTIFIERS, LOCATED, Citation, NewPlace, Proposal
from kg.enrich.propose import ACCEPTED, LATER, REJECTED
from kg.enrich.review import ACCEPT, REJECT, Decision, reasons, safe
from kg.errors import InputError, Text
from kg.files import write_files
from kg.sources.folder import DECISION_COLUMNS, read_folder
from kg.sources.lossless import LosslessTable, checksum

FILES = ("sources.csv", "entities.csv", "relations.csv", "decisions.csv")


@dataclass(frozen=True)
class Applied:
    """What was written.

    Attributes:
        accepted, rejected, later: Decisions taken over.
        files: Files that changed.
        places: New places.
        sources: New sources.
    """

    accepted: int
    rejected: int
    later: int
    files: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    def text(self, lang: str) -> str:
        """Return what was done as lines in `de` or `en`."""
        if lang == "de":
            head = f"{self.accepted} angenommen, {self.rejected} abgelehnt, {self.later} aufgeschoben."
            return f"{head}\nNeu: {len(self.places)} Orte, {len(self.sources)} Quellen. Geändert: {', '.join(self.files) or 'nichts'}."
        head = f"{self.accepted} accepted, {self.rejected} rejected, {self.later} put off."
        return f"{head}\nNew: {len(self.places)} places, {len(self.sources)} sources. Changed: {', '.join(self.files) or 'nothing'}."


def snapshot(folder: Path) -> dict[str, bytes]:
    """Return the bytes of the tables that applying may change, those that are there; taken before proposing, they show a change in the meantime."""
    try:
        return {name: (folder / name).read_bytes() for name in FILES if (folder / name).exists()}
    except OSError as error:
        what = Text(f"A table cannot be read: {error.strerror}.", f"Eine Tabelle ist nicht lesbar: {error.strerror}.")
        raise InputError(what, where=str(folder), fix=Text("Check permissions.", "Prüfen Sie die Rechte.")) from error


def apply(folder: Path, before: Mapping[str, bytes], decisions: Sequence[Decision], citations: Mapping[str, Citation], *, date: str) -> Applied:
    """Write accepted proposals and record all decisions.

    Args:
        folder: The folder of tables.
        before: :func:`snapshot` of the moment the proposals were made.
        decisions: What was decided.
        citations: Source rows by id.
        date: Today, `YYYY-MM-DD`.

    Raises:
        InputError: A table has changed in the meantime, cannot take the values, or would have problems that it has not now; nothing is written.
        BuildError: A file cannot be written; nothing is written.
    """
    edit = _Edit(folder, before, citations, date)
    for decision in sorted(decisions, key=lambda item: (item.proposal.entity, item.proposal.column, item.proposal.value)):
        if decision.decision == ACCEPT:
            edit.accept(decision.proposal)
        edit.record(decision)
    changed = {name: table.data() for name, table in edit.tables.items() if table.data() != before.get(name)}
    _no_new_problems(folder, before, changed)
    now = snapshot(folder)
    if {name: checksum(data) for name, data in now.items()} != {name: checksum(data) for name, data in before.items()}:
        what = Text(
            "A table has changed since the proposals were made; nothing was written.",
            "Eine Tabelle wurde geändert, seit die Vorschläge gemacht wurden; geschrieben wurde nichts.",
        )
        raise InputError(what, where=str(folder), fix=Text("Run the command again.", "Rufen Sie den Befehl neu auf."))
    write_files({folder / name: data for name, data in changed.items()})
    counts = [sum(item.decision == word for item in decisions) for word in (ACCEPT, REJECT)]
    return Applied(counts[0], counts[1], len(decisions) - sum(counts), tuple(sorted(changed)), tuple(edit.places), tuple(edit.sources))


class _Edit:
    """The tables while they change, in memory."""

    def __init__(self, folder: Path, before: Mapping[str, bytes], citations: Mapping[str, Citation], date: str) -> None:
        header = ",".join(DECISION_COLUMNS).encode() + b"\r\n"
        self.tables = {name: LosslessTable(before.get(name, header if name == "decisions.csv" else b""), str(folder / name)) for name in FILES}
        self.citations, self.date = citations, date
        self.places: list[str] = []
        self.sources: list[str] = []
        self._rows = {name: self._index(name, column) for name, column in (("entities.csv", "entity_id"), ("sources.csv", "source_id"))}

    def _index(self, name: str, column: str) -> dict[str, int]:
        table = self.tables[name]
        found: dict[str, int] = {}
        for number in table.rows:
            found.setdefault(table.cell(number, column).strip(), number)
        return found

    def accept(self, proposal: Proposal) -> None:
        """Write one proposal."""
        entities, number = self.tables["entities.csv"], self._rows["entities.csv"][proposal.entity]
        for source in proposal.sources:
            self._source(source)
        if proposal.column == LOCATED:
            if proposal.place is not None:
                self._place(proposal.place)
            self._append_relation(proposal.entity, proposal.value, proposal.sources[0], f"{proposal.reasons[0].text.de}.")
            return
        if proposal.column == IDENTIFIERS:
            entities.set(number, "identifiers", with_identifier(entities.cell(number, "identifiers"), proposal.value))
        elif proposal.column == ADDRESS:
            entities.set(number, "address", proposal.value)
        else:
            for column, value in zip(("lat", "lon"), proposal.value.split(" "), strict=True):
                entities.set(number, column, value)
        self._cite(number, proposal.sources)

    def _cite(self, number: int, sources: Iterable[str]) -> None:
        entities = self.tables["entities.csv"]
        cell = entities.cell(number, "source_ids")
        present = [part.strip() for part in cell.split(";") if part.strip()]
        missing = [source for source in sources if source not in present]
        if missing:
            gap = "; " if "; " in cell else ";"
            entities.set(number, "source_ids", gap.join([*([cell.rstrip("; ")] if present else []), *missing]))

    def _source(self, source: str) -> None:
        if source in self._rows["sources.csv"]:
            return
        citation = self.citations[source]
        table = self.tables["sources.csv"]
        values = {
            **{
                "source_id": source,
                "url": citation.url,
                "title": safe(citation.title),
                "publisher": citation.publisher,
                "language": citation.language,
            },
            **{"published": citation.published, "note": safe(citation.note), "retrieved_at": self.date},
        }
        self._rows["sources.csv"][source] = table.append({column: value for column, value in values.items() if column in table.columns})
        self.sources.append(source)

    def _place(self, place: NewPlace) -> None:
        if place.country is not None and not place.country.exists:
            self._place(place.country)
        if place.place_id in self._rows["entities.csv"]:
            return
        for source in place.source_ids:
            self._source(source)
        table = self.tables["entities.csv"]
        described = f"Ort in {place.country.de}." if place.country else "Staat."
        values = {
            **{"entity_id": place.place_id, "type": "Place", "label_de": place.de, "label_en": place.en},
            **{"description_de": described, "source_ids": ";".join(place.source_ids)},
        }
        self._rows["entities.csv"][place.place_id] = table.append({column: value for column, value in values.items() if column in table.columns})
        self.places.append(place.place_id)
        if place.country is not None:
            self._append_relation(place.place_id, place.country.place_id, place.source_ids[0], f"{place.de} liegt in {place.country.de}.")

    def _append_relation(self, subject: str, target: str, source: str, evidence: str) -> None:
        table = self.tables["relations.csv"]
        values = {"subject_id": subject, "predicate": "locatedIn", "object_id": target, "source_id": source, "evidence": safe(evidence)}
        table.append({column: value for column, value in values.items() if column in table.columns})

    def record(self, decision: Decision) -> None:
        """Write down a decision; one that stands already is not repeated."""
        table, proposal = self.tables["decisions.csv"], decision.proposal
        word = ACCEPTED if decision.decision == ACCEPT else REJECTED if decision.decision == REJECT else LATER
        value = f"{proposal.decided_as} @{proposal.basis}" if word == LATER else proposal.decided_as
        why = decision.note or f"{reasons(proposal, 'de')} [{proposal.score:.2f}]"
        values = {"target": proposal.entity, "decision": word, "value": value, "who": safe(decision.who), "when": self.date, "why": safe(why)}
        if not any(all(table.cell(number, column) == values[column] for column in ("target", "decision", "value")) for number in table.rows):
            table.append(values)


def _no_new_problems(folder: Path, before: Mapping[str, bytes], changed: Mapping[str, bytes]) -> None:
    """Refuse tables that would have a problem they do not have now."""
    with tempfile.TemporaryDirectory() as work:
        copy = Path(work) / "tables"
        copy.mkdir()
        for name in (*FILES, "retired.csv", "roles.csv", "settings.toml"):
            if (folder / name).is_file() and name not in before:
                shutil.copyfile(folder / name, copy / name)
        known = None
        for version in (before, {**before, **changed}):
            for name, data in version.items():
                (copy / name).write_bytes(data)
            found = {(item.file, item.column, item.code, item.value, item.subject): item for item in read_folder(copy, "").problems}
            if known is not None and (new := sorted(item for key, item in found.items() if key not in known)):
                what = Text(
                    "The tables would have new problems; nothing was written.", "Die Tabellen hätten neue Probleme; geschrieben wurde nichts."
                )
                fix = Text(new[0].text("en"), new[0].text("de"))
                raise InputError(what, where=str(folder), fix=fix, problems=tuple(new))
            known = set(found)
