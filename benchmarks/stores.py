"""The ready questions on three stores: embedded, `oxigraph serve`, Virtuoso. Usage: python -m benchmarks.stores --build FOLDER [--runs N]

Both servers run here, on loopback, with the graph of the build: Oxigraph on a copy of its store, Virtuoso loaded through its graph store. Every round asks
each store in turn, so that other work on the machine disturbs all alike; medians are compared within the run.
"""

from __future__ import annotations

import argparse
import contextlib
import shutil
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.measure import KG, ROOT, machine, run, write_fragment
from kg.build import current
from kg.questions import Question, bindings_of, load_questions
from kg.store import EmbeddedStore, EndpointStore, Store
from tests.servers import oxigraph, oxigraph_command, virtuoso, virtuoso_command
from tests.store.conftest import fill

GOAL = 3.0
"""How many times the embedded store's time `kg ask` may take on `oxigraph serve` (issue 8, "Numbers")."""
COMMANDS = ("role-across-projects", "who-says-so", "kinds-and-counts")


def main() -> None:
    """Measure, print and write the fragment."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--build", type=Path, required=True, help="folder of builds")
    parser.add_argument("--runs", type=int, default=5, help="rounds")
    options = parser.parse_args()
    root = options.build.resolve()
    with tempfile.TemporaryDirectory() as work, servers(root, Path(work)) as addresses:
        places = {"embedded": str(root), **addresses}
        stores: dict[str, Store] = {
            "embedded": EmbeddedStore(current(root).store),
            **{name: EndpointStore(address) for name, address in addresses.items()},
        }
        inside = {question.name: measure(asked(question, stores), options.runs) for question in load_questions()}
        whole = {name: measure(commands(name, places, Path(work)), options.runs) for name in COMMANDS}
    text = fragment(current(root).record["quads"], list(places), inside, whole, options.runs)
    print(text)
    print(write_fragment("stores", text))


@contextlib.contextmanager
def servers(root: Path, work: Path) -> Iterator[dict[str, str]]:
    """Run those servers that are installed, with the graph of a build; give their addresses."""
    build, addresses = current(root), dict[str, str]()
    with contextlib.ExitStack() as running:
        if oxigraph_command():
            shutil.copytree(build.store, work / "oxigraph")
            addresses["oxigraph serve"] = running.enter_context(oxigraph(work / "oxigraph")).query
        if virtuoso_command():
            addresses["Virtuoso"] = fill(running.enter_context(virtuoso(work / "virtuoso", max_rows=1_000_000)), build).query
        yield addresses


def example(question: Question) -> dict[str, str]:
    """The parameters of a question's example."""
    return {one.name: one.example for one in question.parameters if one.required}


def asked(question: Question, stores: dict[str, Store]) -> dict[str, Callable[[], object]]:
    """The query alone, its parameters looked up before."""
    terms = bindings_of(stores["embedded"], question, example(question), "en")
    return {name: lambda store=store: store.query(question.sparql, terms) for name, store in stores.items()}  # type: ignore[misc]


def commands(name: str, places: dict[str, str], folder: Path) -> dict[str, Callable[[], object]]:
    """`kg ask` as a process of its own: start, names, query, names of the answer, table."""
    question = next(one for one in load_questions() if one.name == name)
    words = [word for key, value in example(question).items() for word in (f"--{key}", value)]
    found: dict[str, Callable[[], object]] = {}
    for store, place in places.items():
        call = [*KG, "ask", name, *words, "--store" if place.startswith("http") else "--build", place]
        found[store] = lambda call=call: run(call, folder, {"PYTHONPATH": str(ROOT)})  # type: ignore[misc]
    return found


def measure(calls: dict[str, Callable[[], object]], runs: int) -> dict[str, float]:
    """Return the median seconds of calls, made in turn; the first round is not counted."""
    seconds: dict[str, list[float]] = defaultdict(list)
    for number in range(runs + 1):
        for name, call in calls.items():
            begun = time.perf_counter()
            call()
            if number:
                seconds[name].append(time.perf_counter() - begun)
    return {name: statistics.median(found) for name, found in seconds.items()}


def fragment(quads: int, names: list[str], inside: dict[str, dict[str, float]], whole: dict[str, dict[str, float]], runs: int) -> str:
    """Return the part of the page, with what is held and what is missed."""
    others = names[1:]
    head = f"| | embedded ms | {' | '.join(f'{name} ms | times' for name in others)} |\n|---|---:|{'---:|---:|' * len(others)}\n"

    def line(label: str, found: dict[str, float]) -> str:
        cells = "".join(f" {1000 * found[name]:.1f} | {found[name] / found['embedded']:.2f} |" for name in others)
        return f"| {label} | {1000 * found['embedded']:.1f} |{cells}\n"

    total = {name: sum(found[name] for found in inside.values()) for name in names}
    text = (
        f"## Stores\n\n`python -m benchmarks.stores --build FOLDER` on {machine()}; {quads:,} statements; median of {runs} rounds after one to warm up, "
        "the stores in turn. *Times*: time divided by that of the embedded store in the same run.\n\n"
        f"Whole commands (`kg ask` in a process of its own):\n\n{head}{''.join(line(f'`kg ask {name}`', found) for name, found in whole.items())}\n"
        f"The query alone, in one process:\n\n{head}{''.join(line(name, found) for name, found in inside.items())}{line('all', total)}"
    )
    if "oxigraph serve" in names:
        worst = max(found["oxigraph serve"] / found["embedded"] for found in whole.values())
        text += f"\n`kg ask` on `oxigraph serve`: at most {worst:.2f} times the embedded store's time (aim {GOAL:.0f}: {'held' if worst <= GOAL else 'missed'}).\n"
    return text


if __name__ == "__main__":
    main()
