"""Measures of position for a profile: kept beside a build, because measuring a large network takes half a minute and a profile three seconds.

:func:`keep` writes `analysis/positions-<key>.parquet` into the folder of the build; the key is a hash of everything the numbers depend on, so that a file
made otherwise is never read. A small network is measured on the spot. Without either, a profile gives what its own projects suffice for and says how to
have the rest computed.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.analyse.catalogue import CATALOGUE
from kg.analyse.communities import communities
from kg.analyse.frames import may
from kg.analyse.incidence import is_large
from kg.errors import unwritable

if TYPE_CHECKING:
    from kg.analyse.data import Data
    from kg.analyse.nullmodel import Repeats
    from kg.analyse.positions import Positions

SMALL = 1_000
"""Institutions up to which a network is measured on the spot."""
VALUES = ("value", "error", "rank", "rank_best", "rank_worst")
GROUP = {
    "label": {"de": "Gruppe", "en": "Group"},
    "meaning": {
        "de": "Name der Gruppe, in die das Netz die Einrichtung stellt; c1 ist die größte.",
        "en": "Name of the group in which the network places the institution; c1 is the largest.",
    },
    "formula": "Leiden, modularity, resolution 1",
    "weighted": True,
    "source": "V. A. Traag, L. Waltman, N. J. van Eck (2019), doi:10.1038/s41598-019-41695-z",
}
CHANCE = {
    "label": {"de": "Wiederkehrende Partner gegen Zufall", "en": "Repeat partners against chance"},
    "meaning": {
        "de": "Anteil der Ziehungen mit mindestens so vielen wiederkehrenden Partnern.",
        "en": "Share of draws with at least as many repeat partners.",
    },
    "formula": "(k + 1) / (n + 1)",
    "source": "B. Phipson, G. K. Smyth (2010), doi:10.2202/1544-6115.1585",
}
NOT_KEPT = {
    "de": "Für dieses Netz noch nicht gerechnet; `kg analyse positions` mit denselben Optionen rechnet es und hebt es beim Graphen auf.",
    "en": "Not computed for this network yet; `kg analyse positions` with the same options computes it and keeps it with the graph.",
}
UNDEFINED = {"de": "Für diese Einrichtung nicht erklärt: Sie hat keinen Partner.", "en": "Not defined for this institution: it has no partner."}
ABSENT = {"de": "Die Einrichtung ist in keinem gezählten Projekt.", "en": "The institution is in no project that is counted."}


def path(data: Data) -> Path:
    """Return where the measures of a network are kept: the name changes with everything they depend on."""
    about = {key: value for key, value in data.method.to_json().items() if key not in ("draws", "title", "counting_rule")}
    key = json.dumps([about, list(data.build.chosen), sorted(CATALOGUE)], sort_keys=True, ensure_ascii=False)
    return data.build.path / "analysis" / f"positions-{hashlib.sha256(key.encode()).hexdigest()[:12]}.parquet"


def keep(data: Data, found: Positions | None = None) -> Path:
    """Write the measures of a network beside its build, whole or not at all, and return the file.

    Args:
        data: The network.
        found: Its positions, if they have been computed.

    Raises:
        KgError: The folder of the build cannot be written.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    from kg.analyse.positions import positions

    made = found or positions(data)
    groups = _groups(data)
    columns: dict[str, list[Any]] = {"iri": list(made.values["iri"]), "communities": [groups.get(iri) for iri in made.values["iri"]]}
    about = {}
    for name in CATALOGUE:
        columns[name] = list(made.values[name])
        if f"{name}_error" in made.values:
            columns[f"{name}_error"] = list(made.values[f"{name}_error"])
        if name in made.ranks:
            ranked = made.ranks[name]
            columns |= {f"{name}_rank": list(ranked.rank), f"{name}_rank_best": list(ranked.best), f"{name}_rank_worst": list(ranked.worst)}
        about[name] = {"n": sum(value is not None for value in made.values[name]), "estimate": dict(made.estimates.get(name, {}))}
    table = pa.table(columns).replace_schema_metadata({"about": json.dumps(about), "method": json.dumps(data.method.to_json())})
    target = path(data)
    temporary = target.with_suffix(".partial")
    try:
        target.parent.mkdir(exist_ok=True)
        pq.write_table(table, temporary, compression="zstd")
        temporary.replace(target)
    except OSError as error:
        raise unwritable(error, target) from error
    return target


def kept(data: Data, institution: str) -> dict[str, dict[str, Any]] | None:
    """Return the measures kept for one institution; nothing where there are none, the file is damaged, or it does not hold the institution."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    from kg.analyse.arrow import constant

    file = path(data)
    if not file.is_file():
        return None
    try:
        table = pq.read_table(file)
        about = json.loads((table.schema.metadata or {})[b"about"])
        rows = table.filter(pc.equal(table["iri"], constant(institution))).to_pylist()
        if len(rows) != 1:
            return None
        row = rows[0]
        found = {}
        for name, measure in CATALOGUE.items():
            values = {"value": row[name]} | {key: row[f"{name}_{key}"] for key in VALUES if f"{name}_{key}" in row}
            parameters = {"weight": data.method.weight if measure.weighted else None, **about[name]["estimate"]}
            found[name] = {**values, "n": about[name]["n"], "parameters": parameters, **measure.to_json()}
        return found | {"communities": _group(data, row["communities"])}
    except (OSError, KeyError, ValueError, pa.ArrowException):
        return None


def profile_measures(data: Data, institution: str, chance: Repeats | None) -> dict[str, dict[str, Any]]:
    """Return every measure of an institution by standard name, with rank where the frame allows one, and what stands behind it.

    Args:
        data: The network.
        institution: IRI of an institution.
        chance: Its repeat partners against chance, if that was computed.

    Returns:
        Per measure `value` (null where it is undefined or not computed, which `reason` says), `error`, `rank`, `rank_best`, `rank_worst` (null where there
        is no rank; where the frame allows none `refusal` names it, its reason stands once in the profile), `n`, `level`, `parameters`, `formula`, `source`.
    """
    found = _values(data, institution)
    if chance is not None:
        about = {"draws": chance.draws, "seed": chance.seed, "model": chance.method, "observed": chance.number.observed}
        found["p_value"] = {"value": chance.at_least, "n": len(data.incidence.institutions), "parameters": about, **CHANCE}
    ranked = may(data.frame, "order")
    refused = {} if ranked else {"refusal": {"withheld": "order", "frame": data.frame.kind}}
    blank = dict.fromkeys(VALUES)
    return {name: {**blank, **measure, "level": data.method.level, **refused} for name, measure in found.items()}


def _values(data: Data, institution: str) -> dict[str, dict[str, Any]]:
    bare = {name: {"n": None, "parameters": {}, **measure.to_json()} for name, measure in CATALOGUE.items()}
    bare["communities"] = _group(data, None)
    if institution not in data.incidence.position:
        return {name: {**measure, "reason": ABSENT} for name, measure in bare.items()}
    found = kept(data, institution)
    if found is None and len(data.incidence.institutions) <= SMALL and not is_large(data.incidence.pairs):
        from kg.analyse.positions import position_of

        found = {**position_of(data, institution)["measures"], "communities": _group(data, _groups(data).get(institution))}
    if found is None:
        own = _own(data, institution)
        return {name: {**measure, "value": own.get(name), "reason": NOT_KEPT} for name, measure in bare.items()}
    return {name: measure if measure["value"] is not None else {**measure, "reason": UNDEFINED} for name, measure in found.items()}


def _groups(data: Data) -> Mapping[str, str]:
    return communities(data.collaboration, seed=data.selection.seed).of()


def _group(data: Data, name: str | None) -> dict[str, Any]:
    return {"value": name, "n": len(data.incidence.institutions), "parameters": {"seed": data.selection.seed}, **GROUP}


def _own(data: Data, institution: str) -> dict[str, float]:
    """Return what the own projects of an institution suffice for: its number of partners and, with these weights, the sum of its weights."""
    met: Counter[str] = Counter()
    teams = data.incidence.teams(data.incidence.projects_of(institution)).values()
    for team in teams:
        met.update(team - {institution})
    strength = sum(len(team) > 1 for team in teams) if data.method.weight == "newman" else sum(met.values())
    return {"degree": len(met), "strength": float(strength)}
