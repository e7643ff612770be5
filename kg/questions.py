"""Ready questions: files with a header, typed parameters bound as terms, answers with their evidence, and the Python door `kg.open()`.

A question is one file in `queries/ask/`; its header is style guide section 7 and contracts section 5.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from kg.config import language
from kg.errors import ParameterError, QueryError, Text
from kg.headers import query_files, read_header
from kg.identifiers import parse_date
from kg.namespaces import PREFIXES, XSD, local_name
from kg.resources import folder
from kg.results import iris_of, labels, literal_of, to_html, to_pandas, write
from kg.store import Result, Store, Table, open_store

if TYPE_CHECKING:
    from kg.store import Node

TYPES = ("iri", "string", "integer", "date", "enum")
MAX_VALUE = 1000
MAX_CANDIDATES = 200_000


@dataclass(frozen=True)
class Parameter:
    """A parameter of a question.

    Attributes:
        name: Variable without `?`.
        type: One of :data:`TYPES`.
        required: Whether a value must be given.
        label: What it stands for, per language.
        default: Value used where none is given, or empty.
        example: Value that gives an answer on the shipped graph.
        of_class: CURIE of the class an IRI must have, or empty.
        among: CURIE of the property among whose values an IRI is looked for, or empty.
        values: Allowed values of an enum with their labels.
    """

    name: str
    type: str
    required: bool
    label: Mapping[str, str]
    default: str = ""
    example: str = ""
    of_class: str = ""
    among: str = ""
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Question:
    """A ready question.

    Attributes:
        name: File name without extension.
        title, description, answer, rule: Texts per language; `answer` holds placeholders, `rule` is the counting rule or empty.
        parameters: In the order of the header.
        views: Views that fit: `table`, `map`, `network`, `timeline`, `chart`.
        sparql: The whole file.
        order: Place in the list.
    """

    name: str
    title: Mapping[str, str]
    description: Mapping[str, str]
    answer: Mapping[str, str]
    rule: Mapping[str, str]
    parameters: tuple[Parameter, ...]
    views: tuple[str, ...]
    sparql: str
    order: int


def read_question(path: Path) -> Question:
    """Read a question file.

    Raises:
        QueryError: Its header is incomplete.
    """
    text = path.read_text(encoding="utf-8")
    header = read_header(text, path.name)
    missing = [key for key in ("title", "description", "answer", "views") if not header.get(key)]
    if missing:
        what = Text(f"The header lacks {', '.join(missing)}.", f"Im Kopf fehlt {', '.join(missing)}.")
        raise QueryError(what, where=path.name, fix=Text("Complete the `#+` lines.", "Ergänzen Sie die Zeilen mit `#+`."))
    parameters = tuple(_parameter(name, entry, path.name) for name, entry in (header.get("params") or {}).items())
    return Question(
        name=path.stem,
        title=header["title"],
        description=header["description"],
        answer=header["answer"],
        rule=header.get("rule") or {},
        parameters=parameters,
        views=tuple(header["views"]),
        sparql=text,
        order=int(header.get("order", 1000)),
    )


def _parameter(name: str, entry: Mapping[str, Any], where: str) -> Parameter:
    kind = str(entry.get("type", ""))
    if kind not in TYPES:
        what = Text(f"The parameter {name!r} has no known type.", f"Der Parameter {name!r} hat keinen bekannten Typ.")
        raise QueryError(what, where=where, fix=Text(f"Use one of {', '.join(TYPES)}.", f"Möglich sind {', '.join(TYPES)}."))
    values = entry.get("values") or {}
    if not isinstance(values, dict):
        values = {str(value): {"de": str(value), "en": str(value)} for value in values}
    return Parameter(
        name=name,
        type=kind,
        required=bool(entry.get("required", False)),
        label=entry.get("label") or {"de": name, "en": name},
        default=str(entry.get("default", "")),
        example=str(entry.get("example", "")),
        of_class=str(entry.get("class", "")),
        among=str(entry.get("among", "")),
        values=values,
    )


def load_questions() -> list[Question]:
    """Return all questions in their order: the shipped ones, and those in `queries/ask` of the current folder."""
    own = Path.cwd() / "queries" / "ask"
    found = [read_question(path) for path in query_files(folder("queries", "ask"), own)]
    return sorted(found, key=lambda question: (question.order, question.name))


def find_question(name: str) -> Question:
    """Return a question by name.

    Raises:
        ParameterError: There is none; the nearest names are suggested.
    """
    questions = {question.name: question for question in load_questions()}
    if name in questions:
        return questions[name]
    near = get_close_matches(name.casefold(), questions, n=3, cutoff=0.4)
    what = Text(f"There is no question {name!r}.", f"Die Frage {name!r} gibt es nicht.")
    fix = Text("`kg ask` lists them.", "`kg ask` zählt alle auf.")
    if near:
        fix = Text(f"Did you mean {' / '.join(near)}?", f"Gemeint vielleicht {' / '.join(near)}?")
    raise ParameterError(what, fix=fix)


# --- resolving what a user types -------------------------------------------------------------------------------------------


def folded(text: str) -> str:
    """Fold a name for comparison: case, accents, German letters, punctuation.

    >>> folded("Förderverein  Straße"), folded("FOERDERVEREIN-STRASSE")
    ('foerderverein strasse', 'foerderverein strasse')
    """
    text = text.casefold()
    for old, new in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss"), ("ł", "l"), ("ø", "o")):
        text = text.replace(old, new)
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(re.findall(r"\w+", plain))


def _expand(name: str) -> str:
    prefix, colon, local = name.partition(":")
    return PREFIXES[prefix] + local if colon and prefix in PREFIXES else name


_NAMES = "skos:prefLabel|skos:altLabel|rdfs:label|dcterms:title|dcterms:identifier|inno:acronym"


def candidates(store: Store, of_class: str = "", among: str = "") -> dict[str, set[str]]:
    """Return the IRIs that a parameter may mean, with all their names.

    Args:
        store: Store to look in.
        of_class: CURIE or IRI of a class; things of its subclasses count.
        among: CURIE or IRI of a property; its values count, by their last step.
    """
    import pyoxigraph as ox

    if among:
        query = f"SELECT DISTINCT ?x ?name WHERE {{ ?s {ox.NamedNode(_expand(among))} ?x FILTER (isIRI(?x)) OPTIONAL {{ ?x {_NAMES} ?name }} }}"
    elif of_class:
        query = (
            f"SELECT DISTINCT ?x ?name WHERE {{ ?c rdfs:subClassOf* {ox.NamedNode(_expand(of_class))} . ?x a ?c . OPTIONAL {{ ?x {_NAMES} ?name }} }}"
        )
    else:
        query = f"SELECT DISTINCT ?x ?name WHERE {{ ?x skos:prefLabel|dcterms:title ?any . FILTER (isIRI(?x)) OPTIONAL {{ ?x {_NAMES} ?name }} }}"
    result = store.query(f"{query} LIMIT {MAX_CANDIDATES}")
    if isinstance(result, Table) and len(result.rows) == MAX_CANDIDATES:
        what = Text("There are too many things to look for a name.", "Es gibt zu viele Dinge, um nach einem Namen zu suchen.")
        raise ParameterError(what, fix=Text("Give the IRI.", "Geben Sie die IRI an."))
    found: dict[str, set[str]] = {}
    for thing, name in result.rows if isinstance(result, Table) else []:
        if thing is not None:
            names = found.setdefault(thing.value, set())
            if name is not None:
                names.add(name.value)
    return found


def resolve_iri(store: Store, value: str, of_class: str = "", *, among: str = "", lang: str = "en", name: str = "") -> str:
    """Return the IRI that a slug, a name or an IRI means.

    Args:
        store: Store to look in.
        value: What the user typed.
        of_class, among: What it may mean (see :func:`candidates`).
        lang: Language of the names in suggestions.
        name: Name of the parameter, for the message.

    Raises:
        ParameterError: Nothing, or more than one thing, has that name; the nearest are suggested.
    """
    where = f"--{name}" if name else None
    if len(value) > MAX_VALUE:
        what = Text(f"The value is longer than {MAX_VALUE} characters.", f"Der Wert ist länger als {MAX_VALUE} Zeichen.")
        raise ParameterError(what, where=where, fix=Text("Name the thing by its slug.", "Nennen Sie das Gemeinte mit seiner Kennung."))
    known = candidates(store, of_class, among)
    expanded = _expand(value.strip("<>"))
    if expanded in known:
        return expanded
    exact = [iri for iri in known if local_name(iri) == value]
    by_name = exact or [iri for iri, names in known.items() if folded(value) in {folded(n) for n in names}]
    if len(by_name) == 1:
        return by_name[0]
    shown = labels(store, by_name, lang)
    if by_name:
        options = "; ".join(f"{shown[iri]} ({iri})" for iri in sorted(by_name)[:8])
        what = Text(f"{value!r} means {len(by_name)} things: {options}.", f"{value!r} bezeichnet {len(by_name)} Dinge: {options}.")
        raise ParameterError(what, where=where, fix=Text("Give the IRI of one of them.", "Geben Sie die IRI des Gemeinten an."))
    raise _unknown(value, known, of_class, where)


def _unknown(value: str, known: Mapping[str, Iterable[str]], of_class: str, where: str | None) -> ParameterError:
    """Make the error for a name nobody has, with the nearest ones."""
    kind = f" ({of_class})" if of_class else ""
    what = Text(f"Nothing{kind} is called {value!r}.", f"Nichts{kind} heißt {value!r}.")
    by_text: dict[str, str] = {}
    for iri, names in known.items():
        by_text.setdefault(local_name(iri), local_name(iri))
        for name in names:
            by_text.setdefault(folded(name), f"{name} ({local_name(iri)})")
    near = [by_text[text] for text in get_close_matches(folded(value), by_text, n=4, cutoff=0.6)]
    near += [shown for text, shown in sorted(by_text.items()) if len(folded(value)) > 3 and folded(value) in text]
    choice = " / ".join(list(dict.fromkeys(near))[:4])
    if choice:
        return ParameterError(what, where=where, fix=Text(f"Did you mean {choice}?", f"Gemeint vielleicht {choice}?"))
    fix = Text(
        "Give a slug, a name or an IRI; `kg query` finds what there is.", "Geben Sie Kennung, Name oder IRI an; `kg query` findet, was es gibt."
    )
    return ParameterError(what, where=where, fix=fix)


def term_of(store: Store, parameter: Parameter, value: str, lang: str) -> Node:
    """Return the term that a parameter's value means.

    Raises:
        ParameterError: The value does not fit the type.
    """
    import pyoxigraph as ox

    where = f"--{parameter.name}"
    if parameter.type == "iri":
        return ox.NamedNode(resolve_iri(store, value, parameter.of_class, among=parameter.among, lang=lang, name=parameter.name))
    if parameter.type == "enum":
        if value not in parameter.values:
            options = ", ".join(parameter.values)
            what = Text(f"{value!r} is none of the values.", f"{value!r} ist keiner der Werte.")
            raise ParameterError(what, where=where, fix=Text(f"Use one of {options}.", f"Möglich sind {options}."))
        return literal_of(value)
    if parameter.type == "integer":
        if not re.fullmatch(r"-?[0-9]{1,18}", value):
            what = Text(f"{value!r} is no whole number.", f"{value!r} ist keine ganze Zahl.")
            raise ParameterError(what, where=where, fix=Text("Write for example 2.", "Schreiben Sie zum Beispiel 2."))
        return literal_of(str(int(value)), XSD.integer)
    if parameter.type == "date":
        date = parse_date(value)
        if date is None or not date.lexical:
            what = Text(f"{value!r} is no date.", f"{value!r} ist kein Datum.")
            raise ParameterError(what, where=where, fix=Text("Write YYYY, YYYY-MM or YYYY-MM-DD.", "Schreiben Sie JJJJ, JJJJ-MM oder JJJJ-MM-TT."))
        return literal_of(date.lexical, date.datatype)
    if len(value) > MAX_VALUE:
        what = Text(f"The value is longer than {MAX_VALUE} characters.", f"Der Wert ist länger als {MAX_VALUE} Zeichen.")
        raise ParameterError(what, where=where, fix=Text("Shorten it.", "Kürzen Sie ihn."))
    return literal_of(value)


def bindings_of(store: Store, question: Question, given: Mapping[str, str], lang: str) -> dict[str, Node]:
    """Return the terms of a question's parameters: those given, and defaults.

    Raises:
        ParameterError: A parameter is unknown, missing, or its value does not fit.
    """
    names = {parameter.name: parameter for parameter in question.parameters}
    for name in given:
        if name not in names:
            near = get_close_matches(name, names, n=2, cutoff=0.5)
            options = " / ".join(f"--{n}" for n in near) or ", ".join(f"--{n}" for n in names) or "–"
            what = Text(f"The question {question.name} has no parameter --{name}.", f"Die Frage {question.name} hat keinen Parameter --{name}.")
            fix = Text(f"Did you mean {options}?", f"Gemeint vielleicht {options}?") if near else Text(f"It has: {options}.", f"Sie hat: {options}.")
            raise ParameterError(what, fix=fix)
    found: dict[str, Node] = {}
    for parameter in question.parameters:
        value = str(given.get(parameter.name) or parameter.default)
        if value:
            found[parameter.name] = term_of(store, parameter, value, lang)
        elif parameter.required:
            label, example = parameter.label[lang], parameter.example
            what = Text(f"The question needs --{parameter.name} ({label}).", f"Die Frage braucht --{parameter.name} ({label}).")
            raise ParameterError(
                what, where=question.name, fix=Text(f"For example --{parameter.name} {example}.", f"Zum Beispiel --{parameter.name} {example}.")
            )
    return found


# --- answers ---------------------------------------------------------------------------------------------------------------


@dataclass
class Answer:
    """The answer to a question or query.

    Attributes:
        result: Rows, triples, or yes and no.
        lang: Language of names and texts.
        question: The question, or `None` for a query of one's own.
        parameters: Terms of the parameters.
        store: Where names are looked up.
    """

    result: Result
    lang: str
    store: Store = field(repr=False)
    question: Question | None = None
    parameters: Mapping[str, Node] = field(default_factory=dict)
    _names: dict[str, str] | None = field(default=None, repr=False)

    @property
    def table(self) -> Table:
        """The rows.

        Raises:
            QueryError: The answer is a graph, or yes or no.
        """
        if isinstance(self.result, Table):
            return self.result
        what = Text("The answer has no rows.", "Die Antwort hat keine Zeilen.")
        raise QueryError(what, fix=Text("Use .result.", "Nehmen Sie .result."))

    @property
    def names(self) -> dict[str, str]:
        """Names of all IRIs in rows and parameters."""
        if self._names is None:
            iris = iris_of(self.result) if isinstance(self.result, Table) else set()
            iris |= {term.value for term in self.parameters.values() if _is_iri(term)}
            self._names = labels(self.store, iris, self.lang)
        return self._names

    def _shown(self, term: Node | None) -> str:
        if term is None:
            return "–"
        return self.names.get(term.value, term.value) if _is_iri(term) else term.value

    def _fill(self, template: str) -> str:
        """Fill placeholders: parameters, `{rows}`, `{count:variable}`, `{filled:variable}`, variables of the first row."""
        table = self.result if isinstance(self.result, Table) else Table(())
        column = {name: [row[number] for row in table.rows] for number, name in enumerate(table.variables)}

        def value(match: re.Match[str]) -> str:
            kind, _, name = match.group(1).rpartition(":")
            if kind == "count":
                return str(len({term for term in column.get(name, []) if term is not None}))
            if kind == "filled":
                return str(sum(term is not None for term in column.get(name, [])))
            if name == "rows":
                return str(len(table.rows))
            if name in self.parameters:
                return self._shown(self.parameters[name])
            return self._shown(next(iter(column.get(name, [])), None))

        return re.sub(r"\{([\w:]+)\}", value, template)

    @property
    def sentence(self) -> str:
        """The answer in a sentence."""
        return self._fill(self.question.answer[self.lang]) if self.question else ""

    @property
    def rule(self) -> str:
        """The counting rule behind the numbers, with the sampling frame of the graph; empty where nothing is counted."""
        if not self.question or not self.question.rule:
            return ""
        return f"{self._fill(self.question.rule[self.lang])} {frame_text(self.store, self.lang)}".strip()

    def to_text(self, form: str = "table", *, labels: bool = False) -> str:
        """Return the answer in a format of :data:`kg.results.FORMATS`; the table comes with sentence and counting rule.

        Raises:
            QueryError: The format does not fit the answer.
        """
        text = write(self.result, form, names=self.names, add_labels=labels, lang=self.lang, hidden=self.parameters)
        if form != "table" or not isinstance(self.result, Table) or not self.question:
            return text
        head = f"{self.question.title[self.lang]}\n{self.sentence}\n\n"
        return head + text + (f"\n{self.rule}\n" if self.rule else "")

    def to_pandas(self, *, labels: bool = True) -> Any:
        """Return the rows as a pandas DataFrame, with label columns."""
        return to_pandas(self.table, self.names if labels else None)

    def _repr_html_(self) -> str:
        """Show the rows in a notebook."""
        if isinstance(self.result, Table):
            return to_html(self.result, self.names, self.sentence)
        from html import escape

        return f"<pre>{escape(write(self.result, 'table', lang=self.lang))}</pre>"


def _is_iri(term: Node) -> bool:
    import pyoxigraph as ox

    return isinstance(term, ox.NamedNode)


def frame_text(store: Store, lang: str) -> str:
    """Return the sampling frames of the graph in a sentence; empty where none is stated."""
    result = store.query(
        "SELECT DISTINCT ?frame ?around WHERE { ?graph inno:samplingFrame ?frame OPTIONAL { ?graph inno:sampledAround ?around } } ORDER BY ?frame ?around"
    )
    rows = result.rows if isinstance(result, Table) else []
    names = labels(store, [term.value for row in rows for term in row if term is not None], lang)
    parts = [
        names[frame.value] + (f" ({ {'de': 'um', 'en': 'around'}[lang] } {names[around.value]})" if around is not None else "")
        for frame, around in rows
        if frame is not None
    ]
    return f"{ {'de': 'Stichprobe', 'en': 'Sampling frame'}[lang] }: {'; '.join(parts)}." if parts else ""


class KnowledgeGraph:
    """A graph to ask. Made by :func:`kg.open`; closes with `with`."""

    def __init__(self, store: Store, lang: str) -> None:
        self.store = store
        self.lang = lang

    @classmethod
    def open(cls, location: str | Path | None = None, *, lang: str | None = None) -> KnowledgeGraph:
        """Open a graph (see :func:`kg.open`)."""
        return cls(open_store(location), language(lang))

    def questions(self) -> list[str]:
        """Return the names of the ready questions."""
        return [question.name for question in load_questions()]

    def ask(self, name: str, /, **parameters: object) -> Answer:
        """Answer a ready question.

        Args:
            name: Name of the question.
            parameters: Values by name; an IRI parameter takes a slug, a name or an IRI.

        Raises:
            ParameterError: The question or a parameter is unknown, missing, or of the wrong type.
        """
        question = find_question(name)
        given = {key: str(value) for key, value in parameters.items() if value is not None}
        terms = bindings_of(self.store, question, given, self.lang)
        return Answer(self.store.query(question.sparql, terms), self.lang, self.store, question, terms)

    def query(self, sparql: str) -> Answer:
        """Answer a SPARQL query over all named graphs; known prefixes need no declaration.

        Raises:
            QueryError: The query is wrong or refused.
        """
        return Answer(self.store.query(sparql), self.lang, self.store)

    def close(self) -> None:
        """Let go of the store."""
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"KnowledgeGraph({self.store.location!r})"


# --- texts for the command line --------------------------------------------------------------------------------------------


def list_text(lang: str) -> str:
    """Return the list of questions with their titles and a call that works."""
    questions = load_questions()
    width = max((len(question.name) for question in questions), default=0)
    lines = [f"{question.name:<{width}}  {question.title[lang]}" for question in questions]
    hint = {
        "de": "Eine stellen: kg ask NAME --parameter Wert. Was sie fragt: kg ask NAME --explain.",
        "en": "Ask one: kg ask NAME --parameter value. What it asks: kg ask NAME --explain.",
    }[lang]
    return "\n".join([*lines, "", hint]) + "\n"


def explain_text(question: Question, lang: str) -> str:
    """Return what a question asks, its parameters, and an example that works."""
    example = {"de": "Beispiel", "en": "Example"}[lang]
    lines = [question.title[lang], "", question.description[lang], ""]
    for parameter in question.parameters:
        kind = " | ".join(parameter.values) if parameter.type == "enum" else parameter.type
        kind += f" {parameter.of_class}" if parameter.of_class else ""
        need = {"de": ("nötig", "optional", "sonst"), "en": ("required", "optional", "default")}[lang]
        state = need[0] if parameter.required else f"{need[2]} {parameter.default}" if parameter.default else need[1]
        lines.append(f"  --{parameter.name}  {parameter.label[lang]} ({kind}; {state})")
    call = " ".join(f"--{p.name} {p.example}" for p in question.parameters if p.required or (p.example and not p.default))
    lines += ["", f"{example}: kg ask {question.name} {call}".rstrip()]
    if question.rule:
        lines += ["", question.rule[lang]]
    return "\n".join(lines) + "\n"


__all__: Sequence[str] = (
    "Answer",
    "KnowledgeGraph",
    "Parameter",
    "Question",
    "bindings_of",
    "explain_text",
    "find_question",
    "folded",
    "list_text",
    "load_questions",
    "read_question",
    "resolve_iri",
)
