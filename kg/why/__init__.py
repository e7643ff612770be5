"""Who says so: the claims behind a statement, their sources, who contradicts, and why it counts (`kg why`, the page `/why`).

- :func:`why` answers for the statements of a thing with one property, :func:`overview` counts the sources of everything that is said about it;
- :func:`kg.why.asked.find_subject`, `find_predicates` and `Wanted` say what somebody meant by a name;
- :class:`kg.why.data.Plain` turns an answer into plain data of one language, which every form of output (and the page) is made of;
- :func:`kg.why.standing.stand` says by which rule one of several values counts: :mod:`kg.sources.claims` decides it, this package puts it into words.

Works on any store: file and row of a statement need the quad tables of a build, recorded decisions the tables that it was built from, byte for byte.
"""

from __future__ import annotations

from kg.why.answer import why
from kg.why.evidence import Evidence
from kg.why.model import Answer, Overview
from kg.why.overview import overview

__all__ = ("Answer", "Evidence", "Overview", "overview", "why")
