"""The yardstick: the same steps as a plain script would take them, with rdflib and pySHACL only.

Reads the published N-Quads, validates with the project's shapes, writes Turtle. Usage: python -m benchmarks.plain NQUADS SHAPES ONTOLOGY OUT
"""

from __future__ import annotations

import sys
from pathlib import Path


def main() -> None:
    import pyshacl
    import rdflib

    nquads, shapes_folder, ontology, out = (Path(argument) for argument in sys.argv[1:5])
    dataset = rdflib.Dataset(default_union=True)
    dataset.parse(nquads, format="nquads")
    shapes = rdflib.Graph()
    for path in sorted(shapes_folder.glob("*.ttl")):
        shapes.parse(path)
    vocabulary = rdflib.Graph().parse(ontology)
    pyshacl.validate(dataset, shacl_graph=shapes, ont_graph=vocabulary, advanced=True)
    union = rdflib.Graph()
    for triple in dataset.triples((None, None, None)):
        union.add(triple)
    union.serialize(out, format="turtle")


if __name__ == "__main__":
    main()
