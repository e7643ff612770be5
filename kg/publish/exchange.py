"""The network for other tools: VOSviewer (JSON), Pajek (.net, .clu), GEXF with time for Gephi, and who is in which project as CSV and Parquet.

All are written in pieces, so that the network of a programme needs no more memory than its columns. Formats: VOSviewer JSON
(https://app.vosviewer.com/docs/file-types/json-file-type/), Pajek (Reference Manual, section "Data objects"), GEXF 1.2 (https://gexf.net/1.2/).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from kg import __version__
from kg.analyse.arrow import numbers
from kg.analyse.by_columns import degree, strength
from kg.analyse.caption import frame_sentence
from kg.analyse.communities import communities
from kg.analyse.data import Data
from kg.analyse.dates import bounds
from kg.analyse.edges import EdgeList
from kg.analyse.labels import Named
from kg.analyse.lines import csv_field, joined, text
from kg.analyse.render_text import method_line
from kg.errors import AnalysisError, Text
from kg.namespaces import local_name
from kg.publish import exports
from kg.publish.exports import BATCH, Portable
from kg.publish.limits import SEPARATOR
from kg.quads import strings

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

CLUSTERS = 1000
"""Highest number of a cluster that VOSviewer knows."""
INCIDENCE = (
    "institution",
    "institution_label_de",
    "institution_label_en",
    "institution_kind",
    "project",
    "project_label_de",
    "project_label_en",
    "roles",
)


def vosviewer(data: Data, path: Path, *, lang: str = "en", edges: EdgeList | None = None, groups: Mapping[str, int] | None = None) -> int:
    """Write the network as VOSviewer JSON and return the number of items.

    Items have the weights `Projects`, `Partners` and `Total link strength` (the sum of weights) and, where a project of theirs has a start, the score
    `First year`. Links have the weight of the pair as `strength`.

    Args:
        data: What is written.
        path: File to write.
        lang: Language of the labels, `de` or `en`.
        edges: A part of the network, such as a backbone; the whole without it (more than some thousand items are too many for VOSviewer's drawing).
        groups: Number of the cluster of each institution; those of Leiden without it, 1 being the largest. Numbers above 1,000, which
            VOSviewer does not know, are left out.
    """
    import numpy as np

    network = data.collaboration if edges is None else edges
    if groups is None:
        found = communities(network, seed=data.selection.seed)
        groups = {member: number for number, group in enumerate(found.groups.values(), start=1) for member in group}
    projects = dict(zip(data.incidence.institutions, data.incidence.degrees.tolist(), strict=True))
    first = _first_years(data)
    about = {
        "title": data.method.title.get(lang, data.method.name),
        "description": " ".join([method_line(data.method, lang), *frame_sentence(data.frame, lang)]),
    }
    partners, sums = degree(network).tolist(), strength(network).tolist()
    with path.open("wb") as file:
        _put(file, f'{{\n"network": {{\n"items": [{_newline(len(network))}')
        for start in range(0, len(network), BATCH):
            lines = []
            for place in range(start, min(start + BATCH, len(network))):
                iri = network.names[place]
                weights = {"Projects": projects.get(iri, 0), "Partners": partners[place], "Total link strength": round(sums[place], 6)}
                item: dict[str, Any] = {"id": place + 1, "label": data.named(iri).label(lang), "url": iri, "weights": weights}
                if 1 <= groups.get(iri, 0) <= CLUSTERS:
                    item["cluster"] = groups[iri]
                if iri in first:
                    item["scores"] = {"First year": first[iri]}
                lines.append(json.dumps(item, ensure_ascii=False))
            _put(file, ",\n".join(lines) + (",\n" if start + BATCH < len(network) else "\n"))
        number = network.number_of_edges()
        _put(file, f'],\n"links": [{_newline(number)}')
        for start in range(0, number, BATCH):
            part = slice(start, start + BATCH)
            ends = [text(numbers(end[part].astype(np.int64) + 1)) for end in (network.source, network.target)]
            lines_ = joined('{"source_id": ', ends[0], ', "target_id": ', ends[1], ', "strength": ', text(numbers(network.weight[part])), "},\n")
            file.write(lines_ if start + BATCH < number else lines_.removesuffix(b",\n") + b"\n")
        _put(file, f']\n}},\n"info": {json.dumps(about, ensure_ascii=False)}\n}}\n')
    return len(network)


def _newline(number: int) -> str:
    return "\n" if number else ""


def _first_years(data: Data) -> dict[str, int]:
    """Return the year in which the first dated project of each institution began."""
    import numpy as np

    none = 9999
    years = np.array([int(span.start[:4]) if (span := data.spans[project]).start else none for project in data.incidence.projects], dtype=np.int64)
    first = np.full(len(data.incidence.institutions), none)
    np.minimum.at(first, data.incidence.rows, years[data.incidence.columns])
    return {iri: year for iri, year in zip(data.incidence.institutions, first.tolist(), strict=True) if year != none}


def pajek(network: EdgeList, labels: Mapping[str, Named], path: Path, *, lang: str = "en", bom: bool = False) -> int:
    """Write the network as Pajek `.net` in UTF-8 and return the number of vertices.

    Labels stand in quotation marks; the format has no way to write a quotation mark, a backslash or a line break in them, so these become an
    apostrophe, a slash and a space. Equal labels are told apart by the last step of the IRI in square brackets, as some readers take the label for the
    vertex.

    Args:
        network: The network.
        labels: Labels of the institutions.
        path: File to write.
        lang: Language of the labels.
        bom: Whether to begin with a byte order mark, by which Pajek itself knows UTF-8; other readers stumble over it.
    """
    import numpy as np

    with path.open("wb") as file:
        _put(file, ("\ufeff" if bom else "") + f"*Vertices {len(network)}\n")
        names = _distinct([_quotable(labels.get(iri, Named(iri)).label(lang)) for iri in network.names], network.names)
        _put(file, "".join(f'{place} "{name}"\n' for place, name in enumerate(names, start=1)))
        _put(file, "*Edges\n")
        for start in range(0, network.number_of_edges(), BATCH):
            part = slice(start, start + BATCH)
            ends = [text(numbers(end[part].astype(np.int64) + 1)) for end in (network.source, network.target)]
            file.write(joined(ends[0], " ", ends[1], " ", text(numbers(network.weight[part])), "\n"))
    return len(network)


def _quotable(label: str) -> str:
    return " ".join(label.replace('"', "'").replace("\\", "/").split())


def _distinct(labels: Sequence[str], iris: Sequence[str]) -> list[str]:
    """Return labels with the last step of the IRI where one occurs twice.

    >>> _distinct(["a", "b", "a"], ["https://example.org/1", "https://example.org/2", "https://example.org/3"])
    ['a [1]', 'b', 'a [3]']
    """
    from collections import Counter

    seen = Counter(labels)
    return [label if seen[label] == 1 else f"{label} [{_quotable(local_name(iri))}]" for label, iri in zip(labels, iris, strict=True)]


def pajek_partition(values: Sequence[int], path: Path) -> int:
    """Write a partition as Pajek `.clu`: one number, 0 or more, per vertex of the `.net` file, in its order; return how many.

    Raises:
        AnalysisError: A number is negative.
    """
    if any(value < 0 for value in values):
        what = Text("A Pajek partition holds numbers from 0 on.", "Eine Pajek-Partition enthält Zahlen ab 0.")
        raise AnalysisError(what, fix=Text("Number the classes from 1.", "Zählen Sie die Klassen ab 1."))
    path.write_bytes("".join([f"*Vertices {len(values)}\n", *(f"{value}\n" for value in values)]).encode())
    return len(values)


def kinds_partition(network: EdgeList, labels: Mapping[str, Named]) -> tuple[list[int], dict[int, str]]:
    """Return a number for the kind of each vertex, by code from 1 on, 0 where it is unknown, and what the numbers mean."""
    kinds = [labels.get(iri, Named(iri)).kind for iri in network.names]
    number = {kind: place for place, kind in enumerate(sorted(set(kinds) - {""}), start=1)}
    return [number.get(kind, 0) for kind in kinds], {0: "", **{place: kind for kind, place in number.items()}}


def incidence_table(data: Data) -> pa.Table:
    """Return who is in which project with the columns :data:`INCIDENCE`: one row per institution and project, sorted by their IRIs.

    `roles` are the codes of the roles, sorted, separated by `; `.
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    incidence = data.incidence
    named = [data.named(iri) for iri in incidence.institutions]
    projects = data.names(incidence.projects)
    known = [projects[iri] for iri in incidence.projects]
    table = data.table.select(["organisation", "initiative", "role"]).group_by(["organisation", "initiative", "role"]).aggregate([])
    table = table.sort_by([(name, "ascending") for name in ("organisation", "initiative", "role")]).combine_chunks()
    # The rows of the incidence and these are sorted alike; each of the former has one or more of the latter.
    pair = pc.binary_join_element_wise(table["organisation"], table["initiative"], "\n").dictionary_encode().combine_chunks()
    codes = (pair.combine_chunks() if isinstance(pair, pa.ChunkedArray) else pair).indices.to_numpy(zero_copy_only=False)
    ends = np.concatenate(([0], np.cumsum(np.bincount(codes, minlength=len(incidence.rows))))).astype(np.int32)
    roles = strings([local_name(role) if role else "" for role in table["role"].to_pylist()])
    rows, columns = numbers(incidence.rows), numbers(incidence.columns)

    def of(things: Sequence[Named], places: Any, lang: str) -> Any:
        return strings([thing.label(lang) for thing in things]).take(places)

    values = [
        strings(incidence.institutions).take(rows),
        of(named, rows, "de"),
        of(named, rows, "en"),
        strings([thing.kind for thing in named]).take(rows),
        strings(incidence.projects).take(columns),
        of(known, columns, "de"),
        of(known, columns, "en"),
        pc.binary_join(pa.ListArray.from_arrays(numbers(ends), roles), SEPARATOR),
    ]
    return pa.table(dict(zip(INCIDENCE, values, strict=True)))


def incidence_csv(data: Data, path: Path) -> int:
    """Write :func:`incidence_table` as CSV (RFC 4180) and return the number of rows."""
    table = incidence_table(data)
    with path.open("wb") as file:
        _put(file, ",".join(INCIDENCE) + "\r\n")
        for batch in table.to_batches(BATCH):
            cells = [csv_field(column) for column in batch.columns]
            file.write(joined(*(part for cell in cells[:-1] for part in (cell, ",")), cells[-1], "\r\n"))
    return table.num_rows  # type: ignore[no-any-return]


def incidence_parquet(data: Data, path: Path) -> int:
    """Write :func:`incidence_table` as Parquet and return the number of rows."""
    import pyarrow.parquet as pq

    table = incidence_table(data)
    pq.write_table(table, path, compression="zstd")
    return table.num_rows  # type: ignore[no-any-return]


def temporal_gexf(data: Data, path: Path, attributes: Mapping[str, str]) -> int:
    """Write the network as GEXF 1.2 with time and return the number of nodes.

    A node exists while one of its projects runs, an edge while one of the shared ones does: one `spell` for each distinct time, from the first day
    the start can mean to the last day the end can mean. A missing start or end leaves the spell open on that side. Projects without any date give
    no spell; their number stands in the attribute `undated`, and what has no spell at all exists always, as GEXF has it.

    Args:
        data: What is written.
        path: File to write.
        attributes: Attributes of the network: how it was made.
    """
    import numpy as np
    import pyarrow as pa

    network, incidence = data.collaboration, data.incidence
    pairs = [_days(data, project) for project in incidence.projects]
    known = sorted({pair for pair in pairs if pair != ("", "")})
    position = {pair: place for place, pair in enumerate(known)}
    code: NDArray[np.int64] = np.array([position.get(pair, -1) for pair in pairs], dtype=np.int64)
    elements = strings([_spell(*pair) for pair in known])

    def dated(lists: NDArray[np.int64], projects: NDArray[np.int64], length: int) -> list[Any]:
        """Return number of undated projects and spells of each thing, from its projects."""
        import pyarrow.compute as pc

        codes, width = code[projects], max(len(known), 1)
        undated = np.bincount(lists[codes < 0], minlength=length).astype(np.int64)
        found = np.unique(lists[codes >= 0] * width + codes[codes >= 0])
        ends = np.concatenate(([0], np.cumsum(np.bincount(found // width, minlength=length)))).astype(np.int32)
        spells = pc.binary_join(pa.ListArray.from_arrays(numbers(ends), elements.take(numbers(found % width))), "")
        whole = pc.binary_join_element_wise("        <spells>\n", spells, "        </spells>\n", "")
        return [numbers(undated), pc.if_else(pc.equal(spells, ""), "", whole)]

    plain = exports.from_columns(network, data.labels, attributes)
    undated, spells = dated(incidence.rows.astype(np.int64), incidence.columns.astype(np.int64), len(network))
    nodes = plain.nodes.drop_columns(["projects"]).append_column("undated", undated).append_column("spells", spells)

    def edges() -> Iterator[pa.RecordBatch]:
        for batch in network.batches(shared=True):
            shared = batch["shared"]
            offsets = shared.offsets.to_numpy()
            lists = np.repeat(np.arange(batch.num_rows, dtype=np.int64), np.diff(offsets))
            columns = dated(lists, shared.values.indices.to_numpy().astype(np.int64), batch.num_rows)
            kept = [batch[name] for name in ("source", "target", "weight", "count")]
            yield pa.RecordBatch.from_arrays([*kept, *columns], names=["source", "target", "weight", "count", "undated", "spells"])

    names = ("source", "target", "weight", "count", "undated", "spells") if network.number_of_edges() else ()
    portable = Portable(nodes, edges, names, attributes)
    exports.gexf(portable, path, state=data.method.state, creator=f"innovation-kg {__version__}", spells="spells")
    return len(network)


def _days(data: Data, project: str) -> tuple[str, str]:
    """Return the first and the last day a project can have run, each empty where it is not known."""
    span = data.spans[project]
    return bounds(span.start)[0].isoformat() if span.start else "", bounds(span.end)[1].isoformat() if span.end else ""


def _spell(start: str, end: str) -> str:
    """Return an element; a bound that is not known is left out, which means open.

    >>> _spell("2020-01-01", "").strip()
    '<spell start="2020-01-01" />'
    """
    bound = "".join(f' {name}="{value}"' for name, value in (("start", start), ("end", end)) if value)
    return f"          <spell{bound} />\n"


def _put(file: IO[bytes], line: str) -> None:
    file.write(line.encode("utf-8"))
