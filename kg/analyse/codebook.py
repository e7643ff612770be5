"""The codebook of roles: every wording of a role in the sources with the code it was given, and the sheet for a second coder.

The unit of coding is a wording with its language and code: where one wording was coded in two ways, it stands in two rows, each with an example of its own.
:mod:`kg.analyse.coders` compares both sheets.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from kg.analyse.frames import frame_of, refusal
from kg.analyse.labels import sort_key
from kg.analyse.method import Method, method_of
from kg.analyse.render_text import method_line, table, wrap
from kg.analyse.result import Result
from kg.analyse.sheets import CODE_COLUMNS, CODEBOOK, CODES, COLUMNS, SECOND, SECOND_COLUMNS, Code, refuse_filled, role_codes, sheet
from kg.analyse.texts import speaker
from kg.analyse.wording import number
from kg.errors import AnalysisError, Text, unwritable
from kg.files import write_files
from kg.namespaces import DCTERMS, FOAF, INNO, OA, RDF, local_name

if TYPE_CHECKING:
    from kg.build import Build
    from kg.engine.base import Engine

TEXT: dict[str, dict[str, str]] = {
    "title": {"de": "Codebuch der Rollen", "en": "Codebook of roles"},
    "summary": {
        "de": "Wortlaute: {wordings}; Zeilen (Wortlaut und Code): {rows}; Beteiligungen: {participations}; vergebene Codes: {codes}.",
        "en": "Wordings: {wordings}; rows (wording and code): {rows}; participations: {participations}; codes in use: {codes}.",
    },
    "twice": {
        "de": "Je nach Zusammenhang mit verschiedenen Codes: {wordings}.",
        "en": "Coded differently by context: {wordings}.",
    },
    "head-wording": {"de": "Wortlaut", "en": "Wording"},
    "head-participations": {"de": "Beteiligungen", "en": "Participations"},
    "head-sources": {"de": "Quellen", "en": "Sources"},
    "head-code": {"de": "Code", "en": "Code"},
    "head-label": {"de": "Bezeichnung", "en": "Label"},
    "rule": {
        "de": "Gezählt werden alle Beteiligungen, wie sie erfasst sind, auch an Veranstaltungen und Programmen; Ebene und Gewicht spielen hier keine Rolle. "
        "Verworfene Aussagen zählen nicht.",
        "en": "All participations count as they are recorded, also those in events and programmes; level and weight do not matter here. "
        "Rejected claims do not count.",
    },
}


_say = speaker(TEXT)


@dataclass(frozen=True)
class Entry:
    """One wording with a code.

    Attributes:
        id: Stable name of the row: `w` and 8 hex digits of wording, language and code.
        wording: The role as the sources word it.
        language: Language tag of the wording, or empty.
        participations: Participations that carry this wording and this code.
        sources: Sources that word it so.
        example: A quote from one of them, or what the curator noted there.
        example_kind: `quote`, `note`, or empty where there is neither.
        example_url: Where the source of the example is found, or empty.
        code: The code that was given.
        label_de: Label of the code.
        label_en: The same in English.
    """

    id: str
    wording: str
    language: str
    participations: int
    sources: int
    example: str
    example_kind: str
    example_url: str
    code: str
    label_de: str
    label_en: str


@dataclass(frozen=True)
class Codebook(Result):
    """All wordings of roles with their codes.

    Attributes:
        entries: By wording, language and code.
        codes: The code list.
        method: Frame, data and seed.
    """

    name: ClassVar[str] = "codebook"
    columns: ClassVar[tuple[str, ...]] = COLUMNS

    entries: tuple[Entry, ...]
    codes: tuple[Code, ...]
    method: Method

    def rows(self) -> list[dict[str, Any]]:
        """Return one row per wording and code with the columns :data:`COLUMNS`."""
        return [asdict(entry) for entry in self.entries]

    def second(self) -> list[dict[str, Any]]:
        """Return the rows for the second coder: without codes and counts, in a random order that the seed fixes."""
        rows = [{column: getattr(entry, column) for column in SECOND_COLUMNS} | {"code": ""} for entry in self.entries]
        rows.sort(key=lambda row: str(row["id"]))
        random.Random(self.method.seed).shuffle(rows)  # noqa: S311 (an order, no secret)
        return rows

    def text(self, lang: str) -> str:
        """Return the sheet as a table, the method last."""
        title = _say("title", lang)
        spellings = [(entry.wording, entry.language) for entry in self.entries]
        twice = sorted({wording for wording, language in spellings if spellings.count((wording, language)) > 1}, key=sort_key)
        values = {"wordings": len(set(spellings)), "rows": len(spellings), "codes": len({entry.code for entry in self.entries})}
        values["participations"] = sum(entry.participations for entry in self.entries)
        notes = [_say("summary", lang, **{key: number(value, lang) for key, value in values.items()})]
        if twice:
            notes.append(_say("twice", lang, wordings="; ".join(twice)))
        notes.append(_say("rule", lang))
        lines = [line for note in notes for line in wrap(note)]
        head = [_say(f"head-{key}", lang) for key in ("wording", "participations", "sources", "code", "label")]
        cells = [[entry.wording, entry.participations, entry.sources, entry.code, getattr(entry, f"label_{lang}")] for entry in self.entries]
        return "\n".join([title, "=" * len(title), *lines, "", *table(head, cells), "", method_line(self.method, lang)]) + "\n"

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain data."""
        found = refusal(self.method.frame)
        return {
            "method": self.method.to_json(),
            "refusal": found.to_json() if found else None,
            "rows": self.rows(),
            "codes": [asdict(code) for code in self.codes],
        }

    def write(self, folder: Path) -> list[Path]:
        """Write `codebook.csv`, `second-coder.csv` and `codes.csv` into a folder, made if it is missing (UTF-8 with byte order mark, RFC 4180).

        Raises:
            AnalysisError: There is a `second-coder.csv` that holds codes already, or that cannot be read.
            BuildError: The folder cannot be written; what stood there is untouched.
        """
        second = folder / SECOND
        refuse_filled(second)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise unwritable(error, folder) from error
        texts = {
            folder / CODEBOOK: sheet(COLUMNS, self.rows()),
            second: sheet(SECOND_COLUMNS, self.second()),
            folder / CODES: sheet(CODE_COLUMNS, [asdict(code) for code in self.codes]),
        }
        write_files(texts)
        return list(texts)


def codebook(build: Build, *, seed: int = 1, engine: Engine | None = None) -> Codebook:
    """Return the wordings of roles in the claims of participations, with the codes these were given.

    Args:
        build: A finished build; of one that is looked at through some sources only theirs count.
        seed: Seed of the order of the sheet for the second coder.
        engine: Batch engine; one is opened and closed without it.

    Cost: a few look-ups in the quad tables; the claims with a wording are held in memory.

    Raises:
        AnalysisError: No claim of a participation holds a wording.
    """
    from kg.engine.duckdb import DuckDB

    if engine is None:
        with DuckDB() as opened:
            return codebook(build, seed=seed, engine=opened)
    found = _entries(engine, build)
    if not found:
        what = Text("No participation holds the wording of a role.", "Keine Beteiligung enthält eine Rolle im Wortlaut.")
        fix = Text(
            "Sources of tables hold wordings in the column role; programme data bring codes instead.",
            "Tabellen enthalten den Wortlaut in der Spalte role; Programmdaten bringen stattdessen Codes mit.",
        )
        raise AnalysisError(what, where=str(build.path), fix=fix)
    frame = frame_of(build, engine)
    method = method_of(build, engine, frame, level="unit", weight="count", roles="all", seed=seed, draws=0)
    codes = role_codes()
    labels = {code.code: (code.label_de, code.label_en) for code in codes}
    entries = []
    for (wording, language, role), claims in sorted(found.items(), key=lambda item: (sort_key(item[0][0]), item[0])):
        kind, example, url = max(claims, key=lambda claim: (claim.example[0] == "quote", bool(claim.example[1]), claim.example)).example
        name = "w" + hashlib.sha256("\n".join((wording, language, role)).encode()).hexdigest()[:8]
        counts = len({claim.participation for claim in claims}), len({source for claim in claims for source in claim.sources})
        entries.append(Entry(name, wording, language, *counts, example, kind, url, role, *labels.get(role, (role, role))))
    return Codebook(tuple(entries), codes, method)


@dataclass(frozen=True)
class _Claim:
    """A claim with a wording: its participation, sources, and example (kind, text, address)."""

    participation: str
    sources: tuple[str, ...]
    example: tuple[str, str, str]


_Values = dict[str, dict[str, list[str]]]


def _entries(engine: Engine, build: Build) -> dict[tuple[str, str, str], list[_Claim]]:
    """Return the claims of participations by wording, language and code of the role."""
    quads = engine.quads(build.parquet)
    worded = quads.filter(quads.predicate == INNO.roleWording).select("subject", "object", "language").distinct()
    wordings = sorted((row["subject"], row["object"], row["language"] or "") for row in engine.to_pylist(worded))
    claims = _values(engine, quads, (claim for claim, _, _ in wordings), RDF.subject, RDF.predicate, INNO.claimStatus, INNO.evidence)
    roles = _values(engine, quads, (value for of in claims.values() for value in of.get(RDF.subject, [])), INNO.role, RDF.type)
    evidence = _values(
        engine, quads, (value for of in claims.values() for value in of.get(INNO.evidence, [])), OA.hasSource, OA.hasSelector, DCTERMS.description
    )
    quotes = _values(engine, quads, (value for of in evidence.values() for value in of.get(OA.hasSelector, [])), OA.exact)
    pages = _values(engine, quads, (value for of in evidence.values() for value in of.get(OA.hasSource, [])), FOAF.page)
    found: dict[tuple[str, str, str], list[_Claim]] = {}
    for claim, wording, language in wordings:
        of = claims.get(claim, {})
        if INNO.inInitiative not in of.get(RDF.predicate, []) or any(local_name(status) == "rejected" for status in of.get(INNO.claimStatus, [])):
            continue
        pieces = [evidence.get(piece, {}) for piece in of.get(INNO.evidence, [])]
        sources = tuple(sorted({source for piece in pieces for source in piece.get(OA.hasSource, [])}))
        examples = [("", "", "")]
        for piece in pieces:
            url = next((page for source in piece.get(OA.hasSource, []) for page in pages.get(source, {}).get(FOAF.page, [])), "")
            quoted = [text for selector in piece.get(OA.hasSelector, []) for text in quotes.get(selector, {}).get(OA.exact, [])]
            examples += [("quote", text, url) for text in quoted] + [("note", text, url) for text in piece.get(DCTERMS.description, [])]
        best = max(examples, key=lambda one: (one[0] == "quote", bool(one[1]), one))
        for participation in of.get(RDF.subject, []):
            known = roles.get(participation, {})
            # Uses of a place hold wordings, too; their codes are those of another list.
            for role in known.get(INNO.role, []) if INNO.Participation in known.get(RDF.type, []) else []:
                found.setdefault((wording, language, local_name(role)), []).append(_Claim(participation, sources, best))
    return found


def _values(engine: Engine, quads: Any, subjects: Iterable[str], *predicates: str) -> _Values:
    """Return the objects of some predicates of some subjects, sorted."""
    import pyarrow as pa

    from kg.quads import strings

    asked = engine.table(pa.table({"subject": strings(sorted(set(subjects)))}))
    rows = quads.filter(quads.predicate.isin(list(predicates))).semi_join(asked, "subject").select("subject", "predicate", "object").distinct()
    found: _Values = {}
    for row in sorted(engine.to_pylist(rows), key=lambda row: (row["subject"], row["predicate"], row["object"])):
        found.setdefault(row["subject"], {}).setdefault(row["predicate"], []).append(row["object"])
    return found
