"""The reconciliation service: how fast, and how often right. Usage: python -m benchmarks.reconcile --build FOLDER [--independent FILE]

The sample is made without chance: organisations of the graph in the order of a checksum of their IRI, each name changed in one of several ways in turn.
With --independent, names as another delivery of CORDIS spells them for the same participant code (PIC) are asked for: a sample that nobody made up.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import io
import json
import re
import time
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import psutil

from benchmarks.measure import machine, write_fragment
from benchmarks.portal import _portal
from kg.build import current
from kg.link.words import LEGAL_CODES
from kg.namespaces import INNO
from kg.portal.reconcile_query import BATCH
from kg.portal.reconcile_score import MARGIN, MATCH
from kg.store import Table, open_store

NAMES = 1_000


@dataclass(frozen=True)
class Case:
    """A name to be matched: kind of change, name as sent, IRI of the thing that is right, country as a code or empty."""

    kind: str
    name: str
    iri: str
    country: str = ""


@dataclass
class Tally:
    """What came of the cases of one kind."""

    asked: int = 0
    first: int = 0
    in_five: int = 0
    proposed: int = 0
    right: int = 0


def main() -> None:
    """Measure, print and write the fragment."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, required=True, help="folder of builds with the graph to serve")
    parser.add_argument(
        "--independent", type=Path, help="organisations of another delivery (.csv, .csv.gz) with organisationID or orgId, name, country"
    )
    parser.add_argument("--names", type=int, default=NAMES, help="size of each sample")
    parser.add_argument("--misses", action="store_true", help="list what is wrong")
    options = parser.parse_args()
    build = current(options.build)
    things = _organisations(build.store)
    samples = {"changed": _changed(things, options.names)}
    if options.independent:
        samples["independent"] = _independent(things, options.independent, options.names)
        samples["independent, with country"] = [Case(one.kind, one.name, one.iri, one.country) for one in samples["independent"]]
    with _portal(options.build) as (address, process, _):
        begun = time.monotonic()
        _ask(address, [Case("first", "x", "")], with_country=False)
        first = time.monotonic() - begun
        found = {}
        for name, cases in samples.items():
            begun, spent = time.monotonic(), _spent(process)
            answers = _ask(address, cases, with_country=name.endswith("country"))
            found[name] = (time.monotonic() - begun, _spent(process) - spent, _count(cases, answers))
            if options.misses:
                _tell(cases, answers, things)
    text = _text(build.record, first, found)
    print(text)
    print(write_fragment("reconcile", text))


def _spent(process: psutil.Process) -> float:
    """Return the processor time of a server and its workers: on a busy machine steadier than the clock."""
    times = [one.cpu_times() for one in (process, *process.children(recursive=True))]
    return float(sum(one.user + one.system for one in times))


def _organisations(store: Path) -> dict[str, tuple[str, str]]:
    """Return IRI → name and PIC of every organisation of the graph with a PIC."""
    query = f"SELECT ?s ?name ?pic WHERE {{ ?s a <{INNO.Organisation}> ; skos:prefLabel ?name ; adms:identifier ?i . ?i skos:inScheme <https://w3id.org/innokg/code/identifier-scheme/pic> ; skos:notation ?pic }}"
    result = open_store(store).query(query)
    rows = result.rows if isinstance(result, Table) else []
    return {s.value: (name.value, pic.value) for s, name, pic in rows if s is not None and name is not None and pic is not None}


def _order(iris: Iterable[str]) -> list[str]:
    return sorted(iris, key=lambda iri: hashlib.sha256(iri.encode()).hexdigest())


# --- names, changed as people write them ------------------------------------------------------------------------------------


def _no_legal_form(name: str) -> str:
    words = name.split()
    while len(words) > 1 and re.sub(r"\W", "", words[-1]).casefold() in LEGAL_CODES:
        words.pop()
    return " ".join(words)


def _transliterated(name: str) -> str:
    for old, new in (("Ä", "Ae"), ("Ö", "Oe"), ("Ü", "Ue"), ("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        name = name.replace(old, new)
    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()


def _typo(name: str) -> str:
    """Swap two letters in the middle of the longest word."""
    word = max(name.split(), key=len)
    middle = len(word) // 2
    return name.replace(word, word[: middle - 1] + word[middle] + word[middle - 1] + word[middle + 1 :], 1) if len(word) > 4 else name


def _abbreviated(name: str) -> str:
    for word, short in (
        ("UNIVERSITY", "Univ."),
        ("UNIVERSITA", "Univ."),
        ("UNIVERSITE", "Univ."),
        ("INSTITUTE", "Inst."),
        ("INSTITUT", "Inst."),
        ("TECHNOLOGY", "Tech."),
    ):
        name = re.sub(rf"\b{word}\w*", short, name, flags=re.IGNORECASE)
    return name


CHANGES: dict[str, Callable[[str], str]] = {
    "case": str.title,
    "legal form dropped": _no_legal_form,
    "transliterated": _transliterated,
    "word order": lambda name: " ".join([*name.split()[1:], name.split()[0]]),
    "typing error": _typo,
    "abbreviation": _abbreviated,
    "punctuation": lambda name: name.replace(" ", " - ", 1).replace("&", "and") + ".",
}


def _changed(things: dict[str, tuple[str, str]], most: int) -> list[Case]:
    """Return cases in turn by kind; a name that a change leaves as it is is passed over for that kind."""
    by_name: dict[str, int] = defaultdict(int)
    for name, _ in things.values():
        by_name[name.casefold()] += 1
    waiting = {
        kind: iter([iri for iri in _order(things) if by_name[things[iri][0].casefold()] == 1 and change(things[iri][0]) not in ("", things[iri][0])])
        for kind, change in CHANGES.items()
    }
    cases: list[Case] = []
    while waiting and len(cases) < most:
        for kind in list(waiting):
            iri = next(waiting[kind], "")
            if not iri:
                del waiting[kind]
                continue
            cases.append(Case(kind, CHANGES[kind](things[iri][0]), iri))
    return cases[:most]


def _independent(things: dict[str, tuple[str, str]], path: Path, most: int) -> list[Case]:
    """Return names of another delivery for participant codes of the graph, where they are spelled differently."""
    data = path.read_bytes()
    text = gzip.decompress(data) if path.suffix == ".gz" else data
    by_pic = {pic: iri for iri, (_, pic) in things.items()}
    other: dict[str, dict[str, str]] = defaultdict(dict)
    decoded = text.decode("utf-8-sig")
    for row in csv.DictReader(io.StringIO(decoded), delimiter=";" if decoded.partition("\n")[0].count(";") > 1 else ","):
        iri = by_pic.get(row.get("organisationID") or row.get("orgId") or "")
        if iri and row["name"] and row["name"] != things[iri][0]:
            other[iri][row["name"]] = row.get("country", "")
    cases = []
    for iri in _order(other):
        name = min(other[iri])
        cases.append(Case(_nearness(name, things[iri][0]), name, iri, other[iri][name]))
    return cases[:most]


def _nearness(one: str, other: str) -> str:
    """Return how much two spellings of one body have in common."""
    words, others = (set(re.findall(r"\w+", text.casefold())) for text in (one, other))
    share = len(words & others) / max(1, len(words | others))
    return "other words" if share == 0 else "few words shared" if share < 0.5 else "most words shared" if share < 1 else "same words"


# --- asking ------------------------------------------------------------------------------------------------------------------


def _ask(address: str, cases: list[Case], *, with_country: bool) -> list[list[dict[str, object]]]:
    """Ask in batches of 100, one after the other, as a client does."""
    answers = []
    for start in range(0, len(cases), BATCH):
        part = cases[start : start + BATCH]
        queries = {}
        for number, one in enumerate(part):
            queries[f"q{number}"] = {"query": one.name, "type": "inno:Organisation", "limit": 5}
            if with_country and one.country:
                queries[f"q{number}"]["properties"] = [{"pid": "country", "v": one.country}]
        body = urlencode({"queries": json.dumps(queries)}).encode()
        with urlopen(Request(address + "/reconcile", body, {"Content-Type": "application/x-www-form-urlencoded"})) as reply:
            data = json.load(reply)
        answers += [data[f"q{number}"]["result"] for number in range(len(part))]
    return answers


def _count(cases: list[Case], answers: list[list[dict[str, object]]]) -> dict[str, Tally]:
    tallies: dict[str, Tally] = defaultdict(Tally)
    for case, result in zip(cases, answers, strict=True):
        for kind in ("all", case.kind):
            one = tallies[kind]
            one.asked += 1
            one.first += bool(result) and result[0]["id"] == case.iri
            one.in_five += any(candidate["id"] == case.iri for candidate in result)
            matched = [candidate["id"] for candidate in result if candidate["match"]]
            one.proposed += bool(matched)
            one.right += matched == [case.iri]
    return tallies


def _tell(cases: list[Case], answers: list[list[dict[str, object]]], things: dict[str, tuple[str, str]]) -> None:
    for case, result in zip(cases, answers, strict=True):
        best = result[0] if result else {}
        if best.get("id") != case.iri:
            print(
                f"{'MATCH ' if best.get('match') else ''}{case.kind}: {case.name} | right: {things[case.iri][0]} | got: {best.get('name')} {best.get('score')}"
            )


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "–"


def _text(record: dict[str, object], first: float, found: dict[str, tuple[float, float, dict[str, Tally]]]) -> str:
    classes = record["classes"]
    assert isinstance(classes, dict)
    lines = [
        f"Graph: {classes[INNO.Organisation]:,} organisations, {record['quads']:,} statements. {machine()}",
        f"Match: from {MATCH:g} points and {MARGIN:g} ahead of the second. First request of a worker (reads all names): {first:.1f} s.",
        "",
        "| sample | kind | names | s (of processor) | first is right | among five | match proposed | of these right |",
        "|---|---|---:|---:|---:|---:|---:|---:|",
    ]
    for sample, (seconds, spent, tallies) in found.items():
        for kind in ("all", *sorted(set(tallies) - {"all"})):
            one = tallies[kind]
            took = f"{seconds:.2f} ({spent:.2f})" if kind == "all" else ""
            cells = (_share(one.first, one.asked), _share(one.in_five, one.asked), _share(one.proposed, one.asked), _share(one.right, one.proposed))
            lines.append(f"| {sample} | {kind} | {one.asked} | {took} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
