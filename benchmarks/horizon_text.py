"""The fragment of the benchmark on Horizon Europe, made from its results alone."""

from __future__ import annotations

from importlib.metadata import version

from benchmarks.growth import exponent
from benchmarks.kept import Value
from benchmarks.measure import machine

FASTER, MEGABYTES, VALIDATION, EXPONENT, ROWS_SECONDS = 10.0, 1000.0, 30.0, 1.1, 1.5
PACKAGES = ("ibis-framework", "duckdb", "pyoxigraph", "rdflib", "pyshacl", "networkx", "igraph")
COMMAND = "python -m benchmarks.horizon --delivery FOLDER --peers PYTHON"
PLAIN_STAGES = {
    "map": "tables → rdflib graph",
    "derive": "derived statements",
    "write": "N-Quads and Turtle",
    "network": "projection to a network",
    "measures": "degree, PageRank, components, communities, betweenness from 20 sources",
    "graphml": "GraphML",
    "validate": "pySHACL, all shapes",
    "report": "results written",
}


def fragment(found: Value) -> str:
    """Return the fragment in Markdown."""
    parts = [head(found), ours(found), plain(found), targets(found), verdicts(found), peers(found)]
    return "## Horizon Europe, whole job\n\n" + "\n".join(part for part in parts if part)


def held(holds: bool) -> str:
    """Return the word for a target."""
    return "held" if holds else "missed"


def head(found: Value) -> str:
    """Say what was measured, on what, and how to repeat it."""
    runs = "one run" if found["runs"] == 1 else f"median of {found['runs']} runs"
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"`{COMMAND}` on {machine()}. {versions}.\n"
        f"Steps of the project: {runs}, each step a process of its own, from nothing. Plain script and peers: one run. "
        "Memory is that of the whole process tree; *CPU* is processor time, which other work on the machine disturbs less than wall time.\n"
    )


def ours(found: Value) -> str:
    """Table of the project's steps by size, with exponents."""
    known = {part: value for part, value in found["ours"].items() if "error" not in value}
    failed = [f"The project at {part}: not measured ({one_line(value['error'])}).\n" for part, value in found["ours"].items() if "error" in value]
    if not known:
        return "".join(failed) or "The project's steps are not measured yet.\n"
    sizes = {part: found["projects"][part] for part in known}
    steps = list(next(iter(known.values()))["steps"])
    columns = " | ".join(f"{part}: s | CPU s | MB" for part in known)
    rows = []
    for step in (*steps, "all"):
        times = {part: total(value, step, "seconds") for part, value in known.items()}
        cells = " | ".join(
            f"{times[part]:.2f} | {total(value, step, 'cpu'):.2f} | {total(value, step, 'megabytes'):.0f}" for part, value in known.items()
        )
        slope = exponent([(sizes[part], seconds) for part, seconds in times.items()])
        rows.append(f"| {'all' if step == 'all' else f'`kg {step}`'} | {cells} | {'–' if slope is None else f'{slope:.2f}'} |\n")
    described = "; ".join(f"{part}: {sizes[part]:,} projects, {value['quads']:,} quads" for part, value in known.items())
    return (
        f"Parts of the delivery by a hash of the project's id, with all their participations: {described}.\n"
        "*Exponent*: b of time = a · projects^b, least squares on logarithms.\n\n"
        f"| step | {columns} | exponent |\n|---|{'---:|' * (3 * len(known) + 1)}\n{''.join(rows)}" + "".join(failed)
    )


def total(value: Value, step: str, what: str) -> float:
    """Return a number of a step; of all steps the sum, of memory the largest."""
    if step != "all":
        return float(value["steps"][step][what])
    numbers = [float(item[what]) for item in value["steps"].values()]
    return max(numbers) if what == "megabytes" else sum(numbers)


def plain(found: Value) -> str:
    """Table of the plain script's stages."""
    value = found["plain"]
    if value is None:
        return "The plain script is not measured yet.\n"
    rows = "".join(
        f"| {PLAIN_STAGES[stage['stage']]} | {stage['seconds']:.1f} | {stage['cpu']:.1f} | {stage['megabytes']:.0f} |\n" for stage in value["stages"]
    )
    end = f" Ended by its limit on {value['ended']} before the last stages." if value["ended"] else ""
    return (
        f"The plain script (`benchmarks/plain_horizon.py`: csv, rdflib, pySHACL, NetworkX; the same triples, held by a test) at {found['largest']}, "
        f"with one help: Oxigraph answers its SPARQL targets.{end}\n\n"
        f"| stage | s | CPU s | peak MB |\n|---|---:|---:|---:|\n{rows}| all | {value['seconds']:.1f} | {value['cpu']:.1f} | {value['megabytes']:.0f} |\n"
    )


def targets(found: Value) -> str:
    """Say which way of answering SPARQL targets is the better one for the plain script."""
    rows = []
    for name, value in found["targets"].items():
        if value is None:
            continue
        part, engine = name.split(" ")
        stage = stage_of(value, "validate")
        shown = (
            f"{stage['seconds']:.1f} | {stage['cpu']:.1f}" if stage else f"ended by its limit on {value['ended']} after {value['seconds']:.0f} s |"
        )
        rows.append(f"| {part} | {engine} | {shown} |\n")
    if not rows:
        return ""
    return (
        "Validation by pySHACL, by who answers its SPARQL targets (same results): the plain script above takes the faster way.\n\n"
        f"| part | targets answered by | s | CPU s |\n|---|---|---:|---:|\n{''.join(rows)}"
    )


def stage_of(value: Value | None, stage: str) -> Value | None:
    """Return the numbers of a stage of the plain script, if it came to its end."""
    return next((item for item in (value or {}).get("stages", ()) if item["stage"] == stage), None)


def alone(value: Value | None) -> list[str]:
    """Compare with pySHACL as it is installed, on a small part."""
    if value is None or "error" in value["ours"] or "error" in value["plain"]:
        return []
    mine, stage = total(value["ours"], "validate", "seconds"), stage_of(value["plain"], "validate")
    done = sum(item["seconds"] for item in value["plain"]["stages"])
    least, theirs = ("", stage["seconds"]) if stage is not None else ("at least ", value["plain"]["seconds"] - done)
    ratio = theirs / mine
    return [
        f"- Validation at {value['part']}: {least}{ratio:.0f} times faster than pySHACL alone, as it is installed ({mine:.1f} s against {least}{theirs:.0f} s), "
        f"aim {VALIDATION:.0f} ({held(ratio >= VALIDATION)}).\n"
    ]


def verdicts(found: Value) -> str:
    """Compare with what was aimed at."""
    lines = []
    value, script = found["ours"].get(found["largest"], {"error": ""}), found["plain"]
    if "error" not in value:
        seconds, memory = total(value, "all", "seconds"), total(value, "all", "megabytes")
        checking = total(value, "validate", "seconds")
        stage = stage_of(script, "validate")
        if script is not None and "error" not in script:
            at_least = "at least " if script["ended"] else ""
            ratio, cpu = script["seconds"] / seconds, script["cpu"] / total(value, "all", "cpu")
            lines.append(
                f"- Whole job: {at_least}{ratio:.1f} times faster than the plain script with Oxigraph's help (CPU: {cpu:.1f}), aim {FASTER:.0f} "
                f"({held(ratio >= FASTER)}).\n"
            )
        lines.append(f"- Peak memory: {memory:.0f} MB, aim below {MEGABYTES:.0f} ({held(memory < MEGABYTES)}).\n")
        if stage is not None:
            ratio, cpu = stage["seconds"] / checking, stage["cpu"] / total(value, "validate", "cpu")
            lines.append(
                f"- Validation: {ratio:.1f} times faster than pySHACL with Oxigraph's help (CPU: {cpu:.1f}), aim {VALIDATION:.0f} "
                f"({held(ratio >= VALIDATION)}).\n"
            )
    lines += alone(found["alone"])
    same = found["same"]
    if same is not None:
        answer = "equal" if same["equal"] else "not equal"
        lines.append(f"- Results of both validations: {answer} ({same['ours']:,} and {same['plain']:,}).\n")
        lines += [
            f"  - only {who}: `{' '.join(row)}`\n" for who, rows in (("project", same["only_ours"]), ("pySHACL", same["only_plain"])) for row in rows
        ]
    points = [(found["projects"][part], total(item, "all", "seconds")) for part, item in found["ours"].items() if "error" not in item]
    slope = exponent(points)
    if slope is not None:
        lines.append(f"- Growth in all: exponent {slope:.2f}, aim at most {EXPONENT} ({held(slope <= EXPONENT)}).\n")
    rows = found["rows"]
    if rows is not None:
        shown = (
            f"not measured ({one_line(rows['error'])})"
            if "error" in rows
            else f"{rows['seconds']:.2f} s ({rows['cpu']:.2f} s CPU), aim below {ROWS_SECONDS} s ({held(rows['seconds'] < ROWS_SECONDS)})"
        )
        lines.append(f"- `kg validate relations.csv` of 100 rows beside the other Dortmund tables: {shown}.\n")
    return "".join(lines)


def peers(found: Value) -> str:
    """Table of other tools."""
    rows = []
    for name, value in found["peers"].items():
        if value is None:
            continue
        tool, part = name.split(" ")
        if "error" in value:
            rows.append(f"| {tool} | {part} | not run: {one_line(value['error'])} | | |\n")
            continue
        what = {"morph-kgc": f"{value.get('statements', 0):,} statements", "rudof": f"{value['triples']:,} triples" if "triples" in value else ""}[
            tool
        ]
        if tool == "rudof" and "results" in value:
            what += f", {value['results']:,} results; loading {value['load']:.1f} s, validation {value['validate']:.1f} s"
        ended = f", ended by its limit on {value['ended']}" if value["ended"] else ""
        rows.append(f"| {tool} {value['version']} | {part} | {what}{ended} | {value['seconds']:.1f} | {value['megabytes']:.0f} |\n")
    if not rows:
        return "Peers are not measured yet.\n"
    ours_count = found["ours"].get(found["largest"], {}).get("quads")
    beside = f" (`kg build` writes {ours_count:,} quads and loads its store besides)" if ours_count else ""
    return (
        f"Peers, each on what it can do. morph-kgc maps tables by `benchmarks/peers/horizon.rml.ttl`: projects, funding, organisations, participations and their "
        f"identifiers as far as no hash, slug, choice between rows or cleaning is needed{beside}. rudof validates with all shapes but leaves out, without a "
        "word, those with SPARQL targets, and knows no named graphs; its results are therefore fewer.\n\n"
        f"| tool | part | what | s | peak MB |\n|---|---|---|---:|---:|\n{''.join(rows)}"
    )


def one_line(text: str) -> str:
    """Return the last line of an error, short enough for a table."""
    return (text.strip().splitlines() or [""])[-1][:160]
