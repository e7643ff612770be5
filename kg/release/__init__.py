"""`kg release`: a frozen, checked, citable publication of a build (docs/decisions/0010-releases.md).

    writer      the whole: in a folder beside its place, which gets its name in one step
    checks      what is asked before: version, day of issue, publisher, findings
    parts       the files and what they are for
    formats     TriG, RDF/XML, Parquet; vocabulary: ontology and shapes in four syntaxes
    entities    columns of the tables of entities; tables: how they are read and written; packages: Frictionless and CSVW
    places      GeoJSON
    licences    LICENSE.txt, CITATION.cff
    pack        checksums, gzip beside large files
    manifest    manifest.json, SHA256SUMS
    changes     the difference to the release before; notes: in words; feed: Atom
    listing     the releases that are there

The same build, version, day and release before give the same bytes.
"""

from kg.release.checks import ViolationsError
from kg.release.listing import Release, latest, release_folder, releases, releases_in
from kg.release.writer import release

__all__ = ["Release", "ViolationsError", "latest", "release", "release_folder", "releases", "releases_in"]
