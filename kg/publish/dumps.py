"""The graph as N-Quads, Turtle and JSON-LD, written in one pass over the quads in order of their subjects.

Only the statements about one subject are held at a time; sorting is the batch engine's. N-Quads are canonical: distinct lines in code point order.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import ExitStack
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import IO, Any, TypeAlias

from kg.publish.jsonld import Compactor
from kg.publish.turtle import Turtle, ntriples
from kg.quads import Term

Row: TypeAlias = tuple[str, str, str, str, str, str, str]
"""Subject, predicate, object, kind, datatype, language, graph."""
COLUMNS = ("subject", "predicate", "object", "kind", "datatype", "language", "graph")


def distinct(quads: Any) -> Any:
    """Return the quads of an Ibis table, each once, without their origins."""
    return quads.select(*COLUMNS).distinct()


def by_subject(quads: Any) -> Iterator[list[Row]]:
    """Yield the distinct quads of an Ibis table subject by subject, in the order of N-Quads lines.

    The order is that of the subject as N-Quads write it: `<a/b>` comes before `<a>`, as `/` comes before `>`.
    """
    import ibis

    blank = quads.subject.startswith("_:")
    order = ibis.ifelse(blank, quads.subject + " ", "<" + quads.subject + ">")
    batches = quads.select(*COLUMNS).order_by(order).to_pyarrow_batches(chunk_size=50_000)
    rows = (row for batch in batches for row in zip(*(column.to_pylist() for column in batch.columns), strict=True))
    for _, group in groupby(rows, key=itemgetter(0)):
        yield list(group)


def write_dumps(
    subjects: Iterable[list[Row]], folder: Path, name: str, *, base: str, context: Mapping[str, Any], without: Collection[str]
) -> dict[str, int]:
    """Write `<name>.nq`, `<name>.ttl` and `<name>.jsonld`.

    Args:
        subjects: Distinct quads, one list per subject, in the order of :func:`by_subject`.
        folder: Existing folder to write to.
        name: Name of the files without ending.
        base: Namespace root of the entities.
        context: The content of the JSON-LD context.
        without: Graphs left out of the Turtle file.

    Returns:
        The number of statements per file: quads, or triples for Turtle.
    """
    quads = triples = 0
    turtle, compact = Turtle(base), Compactor(context, base)
    parts: dict[str, tuple[Path, IO[str]]] = {}
    body = folder / f".{name}.ttl"
    with ExitStack() as files:
        nquads = files.enter_context(_open(folder / f"{name}.nq"))
        readable = files.enter_context(_open(body))
        for rows in subjects:
            subject = rows[0][0]
            statements = sorted((row[6], row[1], Term._make(row[2:6])) for row in rows)
            quads += len(statements)
            nquads.writelines(_lines(subject, statements))
            union: dict[str, list[Term]] = {}
            for graph, group in groupby(statements, itemgetter(0)):
                grouped: dict[str, list[Term]] = {}
                for _, predicate, term in group:
                    grouped.setdefault(predicate, []).append(term)
                if graph not in without:
                    for predicate, terms in grouped.items():
                        union[predicate] = list(dict.fromkeys(union[predicate] + terms)) if predicate in union else terms
                if graph not in parts:
                    path = folder / f".{name}.{len(parts)}.jsonld"
                    parts[graph] = (path, files.enter_context(_open(path)))
                else:
                    parts[graph][1].write(",\n")
                parts[graph][1].write(compact.node(subject, grouped))
            if union:
                triples += sum(map(len, union.values()))
                readable.write("\n" + turtle.block(subject, union))
    with _open(folder / f"{name}.ttl") as target:
        target.write(turtle.head())
        _append(target, body)
    with _open(folder / f"{name}.jsonld") as target:
        target.write(f'{{\n"@context": {json.dumps(compact.context, ensure_ascii=False, indent=1)},\n"@graph": [\n')
        for number, graph in enumerate(sorted(parts)):
            target.write(",\n" if number else "")
            if graph:
                target.write(f'{{"id": {json.dumps(compact.graph_name(graph), ensure_ascii=False)}, "@graph": [\n')
            _append(target, parts[graph][0])
            target.write("\n]}" if graph else "")
        target.write("\n]\n}\n")
    return {f"{name}.nq": quads, f"{name}.ttl": triples, f"{name}.jsonld": quads}


def _lines(subject: str, statements: Iterable[tuple[str, str, Term]]) -> list[str]:
    node = subject if subject.startswith("_:") else f"<{subject}>"
    return sorted(f"{node} <{predicate}> {ntriples(term)}{f' <{graph}>' if graph else ''} .\n" for graph, predicate, term in statements)


def _open(path: Path) -> IO[str]:
    return path.open("w", encoding="utf-8", newline="")


def _append(target: IO[str], part: Path) -> None:
    with part.open(encoding="utf-8", newline="") as source:
        shutil.copyfileobj(source, target, 1 << 20)
    part.unlink()
