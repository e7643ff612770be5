"""The ontology as documentation, from the files in `ontology/`: terms, obligations, codes, drawings, in German and English (ADR 0010).

:func:`terms` reads the files, :func:`page` makes the page of a language, :func:`write` a folder of pages and files, :func:`markdown` a reference.
"""

from __future__ import annotations

from kg.terms.model import Ontology, Term
from kg.terms.page import Links, page
from kg.terms.prose import markdown
from kg.terms.reading import terms
from kg.terms.syntaxes import SYNTAXES, syntax
from kg.terms.writing import write

__all__ = ["SYNTAXES", "Links", "Ontology", "Term", "markdown", "page", "syntax", "terms", "write"]
