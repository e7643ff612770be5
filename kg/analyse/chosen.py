"""Which of the participations that count remain under a selection: by claims, time window, size of projects, and place.

Each function takes the table of participations (columns of :class:`kg.analyse.projection.Row`) and returns what remains of it with the number left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.analyse.arrow import numbers
from kg.analyse.dates import Span
from kg.analyse.incidence import Incidence
from kg.errors import AnalysisError, Text
from kg.namespaces import INNO, OA, RDF, code
from kg.quads import strings

if TYPE_CHECKING:
    import pyarrow as pa

    from kg.engine.base import Engine

COORDINATOR = code("participation-role", "coordinator")
_EARLIEST, _LATEST = 1, 9999


def by_claims(engine: Engine, parquet: Iterable[Path], table: pa.Table, claims: str) -> tuple[pa.Table, int]:
    """Return the participations whose claims suffice, and how many do not.

    A claim is one that the participation is in its initiative; rejected ones say nothing. Participations of a delivery (CORDIS) have no claims: the
    delivery itself is their one document. Where a project is recorded twice, each participation is judged by its own claims.

    Args:
        engine: Batch engine.
        parquet: Quad tables of a build.
        table: Participations.
        claims: `all`; `undisputed`: at least one claim is not disputed, or there is none; `without-attributed`: at least one claim is more than attributed
            to somebody, or there is none; `several-sources`: the claims rest on at least two documents, so that what one delivery alone says is left out.
    """
    if claims == "all":
        return table, 0
    names = table["participation"].unique()
    rows = _claims(engine.quads(parquet), engine.table(_one_column(names)))
    good = {
        "undisputed": rows.live & (rows.status != code("claim-status", "disputed")),
        "without-attributed": rows.live & (rows.attestation != code("attestation", "attributed")),
        "several-sources": rows.live,
    }[claims]
    found = rows.mutate(good=good)
    tally = found.group_by("participation").aggregate(good=found.good.sum(), documents=found.document.nunique(where=found.good))
    counted = engine.to_pylist(tally)
    if claims == "several-sources":
        enough = {row["participation"] for row in counted if row["documents"] >= 2}
        return _rows_with(table, "participation", enough, len(names))
    lacking = {row["participation"] for row in counted if not row["good"]}
    return _rows_with(table, "participation", set(names.to_pylist()) - lacking, len(names))


def _claims(quads: Any, asked: Any) -> Any:
    """Return one row per claim and document: `participation, status, attestation, document, live`."""

    def triples(predicate: str, subject: str, object_: str) -> Any:
        found = quads.filter(quads.predicate == predicate)
        return found.select(**{subject: found.subject, object_: found.object}).distinct()

    rows = triples(RDF.subject, "claim", "participation").semi_join(asked, "participation")
    about = quads.filter((quads.predicate == RDF.predicate) & (quads.object == INNO.inInitiative)).select(claim="subject").distinct()
    rows = rows.semi_join(about, "claim").inner_join(triples(INNO.claimStatus, "claim", "status"), "claim")
    rows = rows.inner_join(triples(INNO.attestation, "claim", "attestation"), "claim")
    sources = triples(INNO.evidence, "claim", "evidence").inner_join(triples(OA.hasSource, "evidence", "document"), "evidence")
    rows = rows.left_join(sources.select("claim", "document").distinct(), "claim").drop("claim_right")
    return rows.mutate(live=rows.status != code("claim-status", "rejected"))


def _one_column(names: pa.Array) -> pa.Table:
    import pyarrow as pa

    return pa.table({"participation": names})


def in_window(table: pa.Table, spans: Mapping[str, Span], since: int | None, until: int | None, open_dates: str) -> tuple[pa.Table, int, int]:
    """Return the participations in projects that ran in a time window.

    Args:
        table: Participations.
        spans: When each project ran.
        since: First year, or `None`.
        until: Last year, or `None`.
        open_dates: `possible` (an open start or end may reach anywhere) or `certain` (only years a date names or that lie between two dates).

    Returns:
        The participations, the number of projects left out, and how many of those that remain lack a start or an end.

    Raises:
        AnalysisError: No project ran in the window; the message says in which years projects did.
    """
    first, last = since if since is not None else _EARLIEST, until if until is not None else _LATEST
    kept = set()
    for project, span in spans.items():
        years = span.years(first, last)[1 if open_dates == "possible" else 0]
        if len(years) and years[0] <= last and years[-1] >= first:
            kept.add(project)
    if not kept:
        raise _empty_window(spans.values(), since, until)
    open_ = sum(1 for project in kept if not (spans[project].start and spans[project].end))
    remaining, left_out = _rows_with(table, "initiative", kept, len(spans))
    return remaining, left_out, open_


def _empty_window(spans: Iterable[Span], since: int | None, until: int | None) -> AnalysisError:
    years = sorted(int(text[:4]) for span in spans for text in (span.start, span.end) if text)
    window = f"{since if since is not None else '…'}–{until if until is not None else '…'}"
    what = Text(f"No project ran in {window}.", f"In {window} lief kein Projekt.")
    if years:
        fix = Text(f"Projects are dated from {years[0]} to {years[-1]}.", f"Projekte sind datiert von {years[0]} bis {years[-1]}.")
    else:
        fix = Text("No project has a date; leave the window out.", "Kein Projekt hat ein Datum; lassen Sie das Fenster weg.")
    return AnalysisError(what, where="--since, --until", fix=fix)


def up_to(table: pa.Table, cap: int | None) -> tuple[pa.Table, int]:
    """Return the participations in projects of at most so many institutions, and the number of larger projects."""
    if cap is None:
        return table, 0
    incidence = Incidence.read(table)
    kept = {project for project, size in zip(incidence.projects, incidence.sizes.tolist(), strict=True) if size <= cap}
    return _rows_with(table, "initiative", kept, len(incidence.projects))


def at_places(table: pa.Table, places: Mapping[str, str]) -> tuple[pa.Table, int]:
    """Return the participations with the place of each institution in its stead, and the number of institutions without one."""
    names = set(table["organisation"].unique().to_pylist())
    remaining, left_out = _rows_with(table, "organisation", names & places.keys(), len(names))
    position = remaining.schema.get_field_index("organisation")
    return remaining.set_column(position, "organisation", strings([places[name] for name in remaining["organisation"].to_pylist()])), left_out


def with_contributions(engine: Engine, parquet: Iterable[Path], table: pa.Table) -> tuple[pa.Table, int, int]:
    """Return the participations with a column `contribution` (euro), and how many have none and how many a negative one.

    What is missing or negative is not known and stands as 0: a pair gets only what is known. Rows of one participation in two roles share its amount: the
    first carries it, the others 0, so that sums are true.
    """
    import numpy as np

    quads = engine.quads(parquet)
    asked = engine.table(_one_column(table["participation"].unique()))
    found = quads.filter(quads.predicate == INNO.contribution).select(participation="subject", amount="object").semi_join(asked, "participation")
    known = found.group_by("participation").aggregate(amount=found.amount.try_cast("float64").min())
    amounts = {row["participation"]: row["amount"] for row in engine.to_pylist(known) if row["amount"] is not None}
    values, seen, missing, negative = [], set(), 0, 0
    for name in table["participation"].to_pylist():
        amount = 0.0
        if name not in seen:
            seen.add(name)
            amount = amounts.get(name, 0.0)
            missing += name not in amounts
            negative += amount < 0
        values.append(max(amount, 0.0))
    return table.append_column("contribution", numbers(np.array(values, dtype=np.float64))), missing, negative


def _rows_with(table: pa.Table, column: str, kept: set[str], before: int) -> tuple[pa.Table, int]:
    """Return the rows with one of some values in a column, and how many of the distinct values are gone."""
    import pyarrow.compute as pc

    return table.filter(pc.is_in(table[column], value_set=strings(sorted(kept)))), before - len(kept)


def require_some(table: pa.Table, what: Text, fix: Text, where: str) -> None:
    """Refuse a selection that leaves nothing.

    Raises:
        AnalysisError: The table is empty.
    """
    if not table.num_rows:
        raise AnalysisError(what, where=where, fix=fix)
