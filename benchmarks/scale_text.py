"""The fragment of :mod:`benchmarks.scale`: what was measured, beside what was aimed for."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from benchmarks.growth import exponent
from benchmarks.kept import Value
from benchmarks.measure import machine

SIZE, SECONDS, MEGABYTES, EXPONENT = "10", 600.0, 2000.0, 1.15
"""Aims for ten times Horizon Europe, and for the growth up to there: issue 8."""
GROUPS = ("communities", "betweenness")
"""Stages that are reported apart: another method makes them where a network is larger."""


def fragment(found: Value) -> str:
    """Return the part of the benchmarks page."""
    sizes = [str(size) for size in found["sizes"]]
    done = {size: value for size in sizes if (value := found["batch"].get(size)) and "error" not in value}
    lines = [
        "## Past one machine: growth",
        "",
        f"`python -m benchmarks.scale --delivery FOLDER --memory {found['memory']} --threads {found['threads']}` on {machine()}. "
        f"duckdb {version('duckdb')}, ibis-framework {version('ibis-framework')}, pyoxigraph {version('pyoxigraph')}. One run per size, from nothing, "
        "in a process of its own; memory is that of the whole process tree, *CPU* is processor time, which other work on the machine disturbs less than wall time, "
        "*spill* the largest size of what did not fit in memory and lay on disk.",
        "",
        "Horizon Europe, replicated: every copy has project and organisation ids of its own and the same structure. So components multiply and nothing "
        "mixes across copies; a network that gets denser with its size is not measured here.",
        "",
        *_batch(sizes, found["batch"]),
        "",
        *_aims(done),
        *_store(sizes, found["store"]),
        *_spark(found),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _batch(sizes: list[str], batch: dict[str, Any]) -> list[str]:
    """Return the table of stages."""
    found = {size: value for size in sizes if (value := batch.get(size))}
    if not found:
        return ["`kg batch` is not measured yet."]
    head = "".join(f" {size}x: rows | s | CPU s | MB |" for size in found)
    lines = [f"| stage |{head} exponent |", f"|---|{'---:|---:|---:|---:|' * len(found)}---:|"]
    names = list(dict.fromkeys(stage["stage"] for value in found.values() for stage in value["stages"]))
    for name in names:
        cells, points = "", []
        for size, value in found.items():
            stage = next((item for item in value["stages"] if item["stage"] == name), None)
            cells += f" {stage['rows']:,} | {stage['seconds']:.1f} | {stage['cpu']:.1f} | {stage['megabytes']:.0f} |" if stage else " | | | |"
            if stage and stage["seconds"] > 0:
                points.append((float(size), float(stage["seconds"])))
        lines.append(f"| {name} |{cells} {_number(exponent(points))} |")
    outside = "".join(f" | {_outside(value, 'seconds'):.1f} | {_outside(value, 'cpu'):.1f} | |" for value in found.values())
    lines.append(f"| beside the stages: start, reading the sources, report |{outside} |")
    cells = "".join(f" | {value['seconds']:.1f} | {value['cpu']:.1f} | {value['megabytes']:.0f} |" for value in found.values())
    lines.append(f"| whole command |{cells} |")
    cells = "".join(f" | {_without_groups(value, 'seconds'):.1f} | {_without_groups(value, 'cpu'):.1f} | |" for value in found.values())
    lines.append(f"| without {' and '.join(GROUPS)} |{cells} {_number(_growth(found))} |")
    lines += ["", "Spill: " + "; ".join(f"{size}x {value['spill']:,.0f} MB" for size, value in found.items()) + "."]
    lines += _methods(found)
    return lines + [f"- {size}x was not finished: {value['error'].splitlines()[0]}" for size, value in found.items() if "error" in value]


def _methods(found: dict[str, Any]) -> list[str]:
    """Say which stages are approximations at which size: their times do not compare with those of the others."""
    lines = []
    for size, value in found.items():
        names = [stage["stage"] for stage in value["stages"] if stage.get("about", {}).get("approximate")]
        if names:
            lines.append(f"- {size}x: {', '.join(names)} approximate; exponents across methods mean nothing.")
    return lines


def _outside(value: dict[str, Any], what: str) -> float:
    """Return what a run took beside its stages: the records do not count it."""
    return max(float(value[what]) - sum(float(stage[what]) for stage in value["stages"]), 0.0)


def _without_groups(value: dict[str, Any], what: str) -> float:
    """Return what a run took without its groups."""
    return float(value[what]) - sum(float(stage[what]) for stage in value["stages"] if stage["stage"] in GROUPS)


def _growth(found: dict[str, Any], what: str = "seconds") -> float | None:
    return exponent([(float(size), _without_groups(value, what)) for size, value in found.items() if "error" not in value])


def _aims(done: dict[str, Any]) -> list[str]:
    lines = []
    if largest := done.get(SIZE):
        seconds, megabytes = _without_groups(largest, "seconds"), largest["megabytes"]
        lines.append(
            f"- {SIZE}x without groups: {seconds:.0f} s, aim below {SECONDS:.0f} s ({_held(seconds < SECONDS)}); whole: {_memory(megabytes)}."
        )
    grown = _growth(done)
    if grown is not None:
        lines.append(
            f"- Growth without groups: exponent {grown:.2f}, aim at most {EXPONENT} ({_held(grown <= EXPONENT)}); of processor time {_number(_growth(done, 'cpu'))}."
        )
    return lines


def _memory(megabytes: float) -> str:
    return f"{megabytes:,.0f} MB, aim below {MEGABYTES:,.0f} MB ({_held(megabytes < MEGABYTES)})"


def _store(sizes: list[str], store: dict[str, Any]) -> list[str]:
    """Return what a load of the embedded store takes."""
    found = {size: value for size in sizes if (value := store.get(size)) and "error" not in value}
    if not found:
        return ["- The embedded store is not measured yet."]
    lines = [
        "",
        "Apart: the N-Quads of a batch into a new embedded store (`pyoxigraph.Store.bulk_load`).",
        "",
        "| | quads | s | quads/s | MB | bytes/quad on disk |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for size, value in found.items():
        quads = value["quads"]
        rate, each = quads / value["seconds"], value["bytes"] / max(quads, 1)
        lines.append(f"| {size}x | {quads:,} | {value['seconds']:.1f} | {rate:,.0f} | {value['megabytes']:.0f} | {each:.0f} |")
    return [*lines, ""]


def _spark(found: Value) -> list[str]:
    value = found.get("spark")
    if not value:
        return ["Spark is not measured yet."]
    size = found["sizes"][0]
    if "error" in value:
        return [f"Spark ({found['master']}) at {size}x was not finished: {value['error'].splitlines()[0]}"]
    ours = found["batch"].get(str(size)) or {"seconds": 0.0, "stages": []}
    seconds = {stage["stage"]: stage["seconds"] for stage in ours["stages"]}
    same = {item["stage"]: item for item in value.get("same", [])}
    lines = [
        f"Apache Spark (`--engine spark --master {found['master']}`) at {size}x, every stage compared with DuckDB's: all rows both ways.",
        "",
        "| stage | Spark s | DuckDB s | rows | equal | largest difference of a float |",
        "|---|---:|---:|---:|---|---:|",
    ]
    for stage in value["stages"]:
        name = stage["stage"]
        one = same.get(name)
        equal = "not compared" if one is None else "yes" if one["same"] else f"**no**: {one['only'][0]:,} and {one['only'][1]:,} rows"
        apart = f"{one['float']:.0e}" if one and one["float"] else ""
        lines.append(f"| {name} | {stage['seconds']:.1f} | {_number(seconds.get(name), 1)} | {stage['rows']:,} | {equal} | {apart} |")
    times = value["seconds"] / ours["seconds"] if ours["seconds"] else None
    lines.append(f"| whole command | {value['seconds']:.1f} | {_number(ours['seconds'] or None, 1)} | | | |")
    return [
        *lines,
        "",
        f"- Spark took {_number(times, 1)} times as long as DuckDB at this size, and {value['megabytes']:,.0f} MB in all its processes.",
    ]


def _number(value: float | None, digits: int = 2) -> str:
    return "" if value is None else f"{value:.{digits}f}"


def _held(held: bool) -> str:
    return "held" if held else "**missed**"
