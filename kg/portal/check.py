"""`/check`: drop tables, RDF files or a zip, and see findings, repairs, and what would change in the graph. Nothing is kept (docs/decisions/0009-steward.md).

What is sent goes into a folder that ends with the request. One table alone is checked beside the others of its folder, where the operator names that folder
(setting `tables`). Size, wall clock and memory are bounded as for analyses: several validations take longer than a query may.
"""

from __future__ import annotations

import base64
import shutil
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.config import SETTINGS_FILE
from kg.errors import InputError, KgError, Text
from kg.namespaces import curie
from kg.portal.page import Reply, Request
from kg.portal.quality_svg import counted
from kg.portal.render import failure
from kg.portal.uploads import read_form, unpack
from kg.validate.inputs import COLUMNS, REQUIRED

if TYPE_CHECKING:
    from kg.diff import Diff
    from kg.fix import Preview, Proposal
    from kg.portal.desk import Desk
    from kg.validate import Report

CARDS_PER_RULE = 5
MAX_CARDS = 60
MAX_REPAIRS = 100
MAX_DOWNLOAD = 4 * 1024 * 1024
"""Bytes of repaired tables that a page carries; of more the page says which command makes them."""
CHANGED = 20
"""Changed entities listed per class."""
TABLES = (".csv", ".tsv")
NO_STORE = {"Cache-Control": "no-store"}


@dataclass(frozen=True)
class Rule:
    """The findings of one rule in words: those shown as cards, and how many there are."""

    text: str
    severity: str
    count: int
    cards: tuple[dict[str, Any], ...]

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.count - len(self.cards)


@dataclass(frozen=True)
class Repairs:
    """What `kg fix` would do: proposals, their effect, and the repaired tables to take along.

    Attributes:
        chosen: Repairs that were tried out together.
        undecided: Those of cells for which none is likelier than another.
        harmful: Those that would add findings; never chosen.
        more: Chosen ones that are not listed.
        removes, adds, uncovers: Findings that go, come, and become visible.
        files: Name and data address of each repaired table; none where they are too large.
        too_large: Whether there would be files, were they smaller.
    """

    chosen: tuple[Proposal, ...]
    undecided: tuple[Proposal, ...]
    harmful: tuple[Proposal, ...]
    more: int
    removes: int
    adds: int
    uncovers: int
    files: tuple[tuple[str, str], ...]
    too_large: bool


@dataclass(frozen=True)
class Changed:
    """Entities of one class that would change, each with its kind and phrases; `more` are not listed."""

    name: str
    entities: tuple[tuple[str, str, str, tuple[str, ...]], ...]
    more: int


@dataclass(frozen=True)
class Difference:
    """What would change in the graph that is served."""

    classes: tuple[Changed, ...]
    alarms: tuple[str, ...]
    notes: tuple[str, ...]
    added: int
    removed: int


@dataclass
class Checked:
    """Everything the page shows about what was sent.

    Attributes:
        files: Names of the files that were read.
        passed: Names of files of other kinds.
        beside: Names of the operator's tables that a single table was checked beside.
        counts: Findings by severity.
        rules: Findings by rule, worst first.
        repairs: What could be repaired; `None` where nothing can, or no table was sent.
        difference: What would change in the graph; `None` where it cannot be told.
        untold: Why it cannot.
        alone: Whether other tables were not there, so that rules about what they hold could not be applied.
        hidden: Findings without a card.
    """

    files: Sequence[str]
    passed: Sequence[str]
    beside: Sequence[str]
    counts: dict[str, int]
    rules: Sequence[Rule]
    repairs: Repairs | None = None
    difference: Difference | None = None
    untold: str = ""
    alone: bool = False
    hidden: int = 0


def page(desk: Desk, request: Request) -> Reply:
    """Answer GET with the form, and POST with what was found in the files sent."""
    values: dict[str, Any] = {"limit": desk.settings.upload_bytes // 1024**2, "counted": counted}
    if "content_type" not in request.options:
        return desk.render("check.html", request, checked=None, **values)
    _, uploads = read_form(str(request.options["content_type"]), request.body)
    if not uploads:
        what = Text("No file was chosen.", "Es wurde keine Datei gewählt.")
        raise InputError(what, fix=Text("Choose tables, RDF files or a zip.", "Wählen Sie Tabellen, RDF-Dateien oder ein Zip."))
    with tempfile.TemporaryDirectory(prefix="kg-check-") as work:
        folder = Path(work) / _name(desk)
        folder.mkdir()
        try:
            paths, passed = unpack(uploads, folder)
            checked = _check(desk, request, folder, paths, passed)
        except KgError as error:
            return failure(_without(error, folder), request, status=400, headers=NO_STORE)
    return desk.render("check.html", request, headers=NO_STORE, checked=checked, **values)


def _check(desk: Desk, request: Request, folder: Path, paths: Sequence[Path], passed: Sequence[str]) -> Checked:
    from kg.validate import validate_paths

    named = [path for path in paths if path.suffix != ".toml"]
    if not named:
        what = Text("There is nothing to check in it.", "Darin ist nichts zu prüfen.")
        known = ", ".join(f"{name}.csv" for name in COLUMNS)
        fix = Text(f"Send tables ({known}), RDF files or a zip of them.", f"Senden Sie Tabellen ({known}), RDF-Dateien oder ein Zip davon.")
        raise InputError(what, where=", ".join(passed[:5]) or None, fix=fix)
    tables = [path for path in named if path.suffix.lower() in TABLES]
    beside = _siblings(desk, folder, tables)
    whole = all((folder / f"{kind}.csv") in tables for kind in REQUIRED)
    asked = [folder] if whole and len(tables) == len(named) else named
    report = validate_paths(asked, lang=request.lang)
    cards, hidden = _rules(report, asked, folder, request.lang)
    checked = Checked([path.name for path in named], passed, beside, report.severities, cards, hidden=hidden)
    if tables:
        checked.repairs = _repairs(folder, report, request.lang) if whole else _repairs(tables[0], None, request.lang)
    complete = all((folder / f"{kind}.csv").is_file() for kind in REQUIRED)
    checked.alone = bool(tables) and not complete
    if desk.build is None or desk.site.remote:
        checked.untold = _UNTOLD["remote"].in_(request.lang)
    elif not complete:
        checked.untold = _UNTOLD["part"].in_(request.lang)
    elif not report.conforms:
        checked.untold = _UNTOLD["violations"].in_(request.lang)
    else:
        checked.difference = _difference(desk, folder, request.lang)
    return checked


_UNTOLD = {
    "remote": Text(
        "The graph served here lies elsewhere, so that it cannot be compared.", "Der hier gezeigte Graph liegt anderswo und ist nicht zu vergleichen."
    ),
    "part": Text(
        "For a comparison with the graph, send all three tables together.",
        "Für einen Vergleich mit dem Graphen senden Sie alle drei Tabellen zusammen.",
    ),
    "violations": Text(
        "What changes is told once there is no violation: a build would refuse these tables.",
        "Was sich ändert, steht hier, sobald es keinen Verstoß gibt: Ein Build würde diese Tabellen ablehnen.",
    ),
}


def _name(desk: Desk) -> str:
    """Return how the folder of an upload is called: the graph is named after it where no settings are sent along."""
    return Path(desk.settings.tables).resolve().name if desk.settings.tables else "dortmund" if not desk.build else str(desk.build.record["name"])


def _siblings(desk: Desk, folder: Path, tables: Sequence[Path]) -> list[str]:
    """Copy the operator's other tables beside those that were sent, so that ids are known; return their names."""
    if not tables or not desk.settings.tables:
        return []
    found = []
    for name in (*(f"{kind}.csv" for kind in COLUMNS), SETTINGS_FILE):
        source = Path(desk.settings.tables) / name
        if source.is_file() and not (folder / name).exists():
            shutil.copyfile(source, folder / name)
            found.append(name)
    return found


def _rules(report: Report, asked: Sequence[Path], folder: Path, lang: str) -> tuple[list[Rule], int]:
    """Return the findings by rule with some cards each, and how many findings have none."""
    from kg.validate.card_texts import rule as rule_text
    from kg.validate.cards import bench_of_paths, card
    from kg.validate.shapes import rule_of

    if not report.results:
        return [], 0
    bench = bench_of_paths(asked, report)
    counts = Counter((result.severity, result.shape) for result in report.results)
    made: dict[tuple[str, str], list[dict[str, Any]]] = {key: [] for key in counts}
    left = MAX_CARDS
    for result in report.results:
        cards = made[result.severity, result.shape]
        if len(cards) < CARDS_PER_RULE and left:
            left -= 1
            cards.append(_relative(card(result, bench, lang).data(), folder))
    rules = [
        Rule(rule_text(shape, rule_of(shape), lang) or curie(shape), severity, counts[severity, shape], tuple(cards))
        for (severity, shape), cards in made.items()
    ]
    return rules, sum(rule.more for rule in rules)


def _relative(value: Any, folder: Path) -> Any:
    """Return a value with the paths of the working folder as the names of files."""
    if isinstance(value, str):
        return value.replace(f"{folder}/", "")
    if isinstance(value, dict):
        return {key: _relative(one, folder) for key, one in value.items()}
    return [_relative(one, folder) for one in value] if isinstance(value, list | tuple) else value


def _without(error: KgError, folder: Path) -> KgError:
    """Return an error that does not name the working folder, with its problems as sentences."""

    def plain(text: Text) -> Text:
        return Text(_relative(text.en, folder), _relative(text.de, folder))

    lines = {lang: " ".join(_relative(problem.text(lang), folder) for problem in error.problems[:10]) for lang in ("en", "de")}
    what = plain(error.what)
    if lines["en"]:
        what = Text(f"{what.en} {lines['en']}", f"{what.de} {lines['de']}")
    return InputError(what, where=_relative(error.where, folder) if error.where else None, fix=plain(error.fix) if error.fix else None)


def _repairs(path: Path, report: Report | None, lang: str) -> Repairs | None:
    """Return what could be repaired in a folder of tables, or in the one table that was sent."""
    from kg.fix import preview, propose
    from kg.fix.apply import edited

    proposals = propose(path)
    if not proposals.items:
        return None
    found: Preview = preview(proposals, lang=lang, before=report)
    chosen = found.choice.chosen
    made = edited(proposals.folder, chosen)
    fits = sum(map(len, made.values())) <= MAX_DOWNLOAD
    files = tuple((name, "data:text/csv;charset=utf-8;base64," + base64.b64encode(data).decode()) for name, data in sorted(made.items()) if fits)
    counted = (len(found.effect.removes), len(found.effect.adds), len(found.effect.uncovers)) if found.effect is not None else (0, 0, 0)
    shown = chosen[:MAX_REPAIRS]
    return Repairs(shown, found.choice.undecided[:MAX_REPAIRS], found.harmful[:MAX_REPAIRS], len(chosen) - len(shown), *counted, files, not fits)


def _difference(desk: Desk, folder: Path, lang: str) -> Difference:
    """Return what the tables would change in the graph that is served."""
    from kg.diff import diff

    assert desk.build is not None
    with diff(desk.build.path, folder) as found:
        return _told(found, lang)


def _told(found: Diff, lang: str) -> Difference:
    listed = found.listed(CHANGED, biggest=True)
    lines = found.describe([entity for members in listed.values() for entity in members])
    classes = []
    for cls, members in listed.items():
        entities = tuple(
            (entity.iri, entity.label(lang), _kind(entity.kind, lang), tuple(line.text.in_(lang) for line in lines.get(entity.iri, ())))
            for entity in members
        )
        total = sum(found.kinds[cls].values())
        classes.append(Changed(found.names.cls(cls).in_(lang), entities, total - len(entities)))
    return Difference(
        tuple(classes),
        tuple(text.in_(lang) for text in found.alarm_texts()),
        tuple(text.in_(lang) for text in found.notes),
        found.added_count,
        found.removed_count,
    )


def _kind(kind: str, lang: str) -> str:
    from kg.diff.words import KINDS

    return KINDS[kind].in_(lang)
