"""Loading a server: the named graphs of a build, by the SPARQL 1.1 Graph Store HTTP Protocol, restartable and compared (docs/decisions/0011-scale.md).

loading     load(root, address, Options(…)) -> Loaded; plan(…) the same without a server
spool       one graph as sorted N-Triples in a file; the statements that are compared later
chunks      pieces of such a file
graphstore  PUT, POST, GET, DELETE of one graph, and what a server's refusals mean
sending     chunk by chunk, from where an earlier run stopped
record      what is done: build/loads/<hash of address>.json
checking    counts, samples, missing statements; values compares terms
bulk        files and a script for Virtuoso's own loader
report      a Loaded as text and JSON
"""

from __future__ import annotations

from kg.load.loading import GraphLoaded, Loaded, Options, load, plan

__all__ = ["GraphLoaded", "Loaded", "Options", "load", "plan"]
