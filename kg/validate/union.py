"""An rdflib store over quads, made for validation: triples of the union from two indexes, whole queries by Oxigraph.

pySHACL asks rdflib for triples by (subject, predicate) and (predicate, object): two plain dictionaries answer both. The queries of SPARQL
targets run once over the whole graph; rdflib's engine takes most of the time of a validation for them, Oxigraph a fraction. Queries with
bindings given beforehand (`sh:sparql`, SHACL section 5.3.1) stay with rdflib, which follows the pre-binding rules pySHACL builds on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.query import Result
from rdflib.store import Store
from rdflib.term import Identifier, Node, Variable

from kg.namespaces import XSD
from kg.quads import Quad, Term, term_text, to_oxigraph

if TYPE_CHECKING:
    import pyoxigraph as ox

Pattern = tuple[Any, Any, Any]


class UnionStore(Store):
    """Distinct triples of quads whatever their graph; `GRAPH` is answered too, by Oxigraph."""

    # pySHACL wraps every graph in a Dataset, which takes no store that is not aware of graphs; all contexts are the union here.
    context_aware = True
    graph_aware = True
    formula_aware = False
    transaction_aware = False

    def __init__(self, quads: Iterable[Quad]) -> None:
        super().__init__()
        self._quads = list(dict.fromkeys(quad._replace(origin="") for quad in quads))
        self._spo: dict[Node, dict[Node, dict[Node, None]]] = {}
        self._pos: dict[Node, dict[Node, dict[Node, None]]] = {}
        self._size = 0
        self._oxigraph: ox.Store | None = None
        self._names: dict[str, Any] = {}
        self._load()

    def _load(self) -> None:
        terms: dict[tuple[str, str, str], Node] = {}

        def node(value: str) -> Node:
            known = terms.get((value, "", ""))
            if known is None:
                known = terms[value, "", ""] = BNode(value[2:]) if value.startswith("_:") else URIRef(value)
            return known

        # Each of our term objects is one Python object per term, so that dictionaries compare by identity first.
        for quad in self._quads:
            subject, predicate = node(quad.subject), node(quad.predicate)
            if quad.kind == "literal":
                key = (quad.object, quad.datatype, quad.language)
                target = terms.get(key)
                if target is None:
                    target = terms[key] = to_literal(quad.term)
            else:
                target = node(quad.object)
            self._index(subject, predicate, target)

    def _index(self, subject: Node, predicate: Node, target: Node) -> None:
        objects = self._spo.setdefault(subject, {}).setdefault(predicate, {})
        if target not in objects:
            objects[target] = None
            self._pos.setdefault(predicate, {}).setdefault(target, {})[subject] = None
            self._size += 1

    def add(self, triple: Pattern, context: Any = None, quoted: bool = False) -> None:  # noqa: ARG002 (the interface of a store)
        """Add a triple to the indexes; queries do not see it (pySHACL adds a few to a shapes graph, which nothing queries)."""
        self._index(*triple)

    def __len__(self, context: Any = None) -> int:
        return self._size

    def triples(self, triple_pattern: Pattern, context: Any = None) -> Iterator[tuple[Any, Iterator[Any]]]:  # noqa: ARG002
        """Yield matching triples."""
        for triple in self._matches(*triple_pattern):
            yield triple, iter(())

    def _matches(self, subject: Any, predicate: Any, target: Any) -> Iterator[Pattern]:
        if subject is not None:
            known = self._spo.get(subject, {})
            for prop in (predicate,) if predicate is not None else tuple(known):
                objects = known.get(prop, {})
                if target is None:
                    for found in objects:
                        yield subject, prop, found
                elif target in objects:
                    yield subject, prop, target
            return
        for prop in (predicate,) if predicate is not None else tuple(self._pos):
            by_object = self._pos.get(prop, {})
            for found in (target,) if target is not None else by_object:
                for node in by_object.get(found, ()):
                    yield node, prop, found

    def query(
        self,
        query: Any,
        initNs: Mapping[str, Any],  # noqa: ARG002
        initBindings: Mapping[str, Any],
        queryGraph: str,  # noqa: ARG002
        **kwargs: Any,  # noqa: ARG002
    ) -> Result:
        """Answer a SELECT without given bindings by Oxigraph; leave everything else to rdflib."""
        import pyoxigraph as ox

        if initBindings or not isinstance(query, str):
            raise NotImplementedError
        if self._oxigraph is None:
            self._oxigraph = ox.Store()
            self._oxigraph.bulk_extend(to_oxigraph(quad) for quad in self._quads)
        try:
            found = self._oxigraph.query(query, use_default_graph_as_union=True)
        except (SyntaxError, ValueError) as error:
            raise NotImplementedError from error
        if not isinstance(found, ox.QuerySolutions):
            raise NotImplementedError
        variables = [Variable(variable.value) for variable in found.variables]
        result = Result("SELECT")
        result.vars = variables
        result.bindings = [
            {name: cast("Identifier", _from_oxigraph(term)) for name, term in zip(variables, solution, strict=True) if term is not None}
            for solution in found
        ]
        return result

    def add_graph(self, graph: Graph) -> None:
        """Accept the name of a graph; all of them are the union."""

    def bind(self, prefix: str, namespace: Any, override: bool = True) -> None:
        """Remember a prefix."""
        if override or prefix not in self._names:
            self._names[prefix] = namespace

    def namespace(self, prefix: str) -> Any:
        """Return the namespace of a prefix."""
        return self._names.get(prefix)

    def prefix(self, namespace: Any) -> str | None:
        """Return the prefix of a namespace."""
        return next((prefix for prefix, known in self._names.items() if known == namespace), None)

    def namespaces(self) -> Iterator[tuple[str, Any]]:
        """Yield prefixes and namespaces."""
        yield from self._names.items()


def to_literal(term: Term) -> Literal:
    """Return an rdflib literal that keeps its lexical form; a plain one has no datatype, as rdflib's parsers make it."""
    if term.language:
        return Literal(term.value, lang=term.language)
    if term.datatype == XSD.string:
        return Literal(term.value)
    return Literal(term.value, datatype=URIRef(term.datatype), normalize=False)


def _from_oxigraph(term: Any) -> Node:
    import pyoxigraph as ox

    from kg.quads import from_oxigraph_term

    if isinstance(term, ox.NamedNode):
        return URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return BNode(term.value)
    return to_literal(from_oxigraph_term(term))


def node_text(node: Node) -> str:
    """Write an rdflib term as a report does (see :mod:`kg.validate.report`)."""
    if isinstance(node, Literal):
        return term_text(Term(str(node), "literal", str(node.datatype or ""), (node.language or "").lower()))
    return f"_:{node}" if isinstance(node, BNode) else str(node)


def union_graph(quads: Iterable[Quad]) -> Graph:
    """Return the union of quads as an rdflib graph for validation."""
    return Graph(store=UnionStore(quads), bind_namespaces="none")


def copy_of(shapes: Graph) -> Graph:
    """Return the same triples, with the same nodes, in a graph of its own: pySHACL adds triples to the shapes it is given."""
    copy = Graph(store=UnionStore(()), bind_namespaces="none")
    for triple in shapes.triples((None, None, None)):
        copy.add(triple)
    return copy
