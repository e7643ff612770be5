"""The questions of the starting page: right rows, right on a second entity, and every row they need is missed when it is gone."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from pathlib import Path

import pytest

from kg.errors import ParameterError, QueryError
from kg.questions import KnowledgeGraph, Question, find_question, load_questions, read_question
from kg.sources.folder import relation_key
from kg.store import Store
from tests.queries.memory import DORTMUND, graph_of, rows_of

QUESTIONS = load_questions()
THIRTEEN = (
    *("award-won", "bid-focus", "named-as-examples", "event-topics", "contributed-to-award", "represented-in-source", "place-in-campaign"),
    *("project-topics", "who-developed", "role-across-projects", "repeat-partners", "hierarchy", "who-says-so"),
)

# question, parameters, columns, expected rows (all of them)
EXPECTED: list[tuple[str, dict[str, str], tuple[str, ...], set[tuple[str, ...]]]] = [
    ("award-won", {"winner": "dortmund"}, ("award", "date", "rank", "amount"), {("icapital-award-2021", "2021-11-24", "1", "1000000")}),
    ("award-won", {"winner": "vantaa"}, ("award", "date", "amount"), {("rising-innovative-city-2021", "2021-11-24", "500000")}),
    (
        "bid-focus",
        {"document": "icapital-bewerbung-2021"},
        ("topic", "source"),
        {(f"thema-{name}", "seed-sfs-2022") for name in ("soziale-innovation", "nachhaltigkeit", "technologie")},
    ),
    ("bid-focus", {"document": "masterplan-kreatives-dortmund"}, ("topic",), {("thema-kreativwirtschaft",)}),
    (
        "named-as-examples",
        {"speaker": "dortmund-kreativ"},
        ("named", "kind", "source"),
        {
            ("nordwaerts", "Project", "seed-sfs-2022"),
            ("greenhouse-ruhr", "Programme", "seed-sfs-2022"),
            ("union-gewerbehof", "Place", "seed-sfs-2022"),
            ("helpathon", "Event", "seed-sfs-2022"),
        },
    ),
    ("named-as-examples", {"speaker": "netz-nrw"}, ("named",), {("union-gewerbehof-gmbh",)}),
    (
        "event-topics",
        {"event": "helpathon"},
        ("topic", "source"),
        {(f"thema-{name}", "seed-sfs-2022") for name in ("covid-19", "buergerbeteiligung", "soziale-innovation")},
    ),
    ("event-topics", {"event": "iga-2027"}, ("topic",), set()),
    (
        "contributed-to-award",
        {"award": "icapital-award-2021"},
        ("contributor", "source"),
        {
            ("masterplan-wissenschaft", "seed-sfs-2022"),
            ("iresilience", "seed-sfs-2022"),
            ("icapital-bewerbung-2021", "seed-sfs-2022"),
            ("innovation-next-door", "sfs-icapital-lang"),
            ("masterplan-wissenschaft-2", "tudo-icapital-2021"),
            ("tu-dortmund", "tudo-icapital-2021"),
            ("fh-dortmund", "fhdo-icapital-2021"),
            ("smart-city-dortmund", "fhdo-icapital-2021"),
            ("tzdo", "b1st-netzwerk"),
        },
    ),
    (
        "contributed-to-award",
        {"award": "icapital-award-2019"},
        ("contributor",),
        {("nordwaerts",), ("allianz-smart-city",), ("tzdo",), ("masterplan-wissenschaft",)},
    ),
    (
        "represented-in-source",
        {"institution": "sozialforschungsstelle", "document": "seed-sfs-2022"},
        ("project", "topic"),
        {
            *(("iresilience", f"thema-{t}") for t in ("klimaresilienz", "hitze", "starkregen", "intelligente-infrastruktur", "soziale-innovation")),
            *(("t-factor", f"thema-{t}") for t in ("zwischennutzung", "stadterneuerung", "quartiersentwicklung")),
            ("kosi-lab", ""),
        },
    ),
    ("represented-in-source", {"institution": "polimi", "document": "sfs-simpact"}, ("project", "topic"), {("simpact", "thema-soziale-innovation")}),
    (
        "project-topics",
        {"project": "t-factor"},
        ("topic",),
        {(f"thema-{t}",) for t in ("zwischennutzung", "stadterneuerung", "quartiersentwicklung")},
    ),
    ("project-topics", {"project": "spire-sais"}, ("topic",), {("thema-industrielle-symbiose",), ("thema-qualifizierung",)}),
    (
        "who-developed",
        {"thing": "social-innovation-center"},
        ("contributor", "contribution", "forWhom"),
        {
            ("sozialforschungsstelle", "contributedTo", "wirtschaftsfoerderung-dortmund"),
            ("kosi-lab", "contributedTo", "wirtschaftsfoerderung-dortmund"),
            ("kosi-lab", "outcome", "wirtschaftsfoerderung-dortmund"),
        },
    ),
    (
        "who-developed",
        {"thing": "phoenix-see"},
        ("contributor", "contribution"),
        {
            ("phoenix-see-eg", "developed"),
            ("emschergenossenschaft", "developed"),
            ("stadt-dortmund", "developed"),
            ("emschergenossenschaft", "contributedTo"),
        },
    ),
    (
        "hierarchy",
        {"institution": "sozialforschungsstelle"},
        ("step", "unit", "parent", "since"),
        {
            ("1", "sozialforschungsstelle", "fakultaet-sozialwissenschaften", "2020"),
            ("1", "sozialforschungsstelle", "tu-dortmund", "2007"),
            ("2", "fakultaet-sozialwissenschaften", "tu-dortmund", ""),
        },
    ),
    (
        "hierarchy",
        {"institution": "social-innovation-center"},
        ("step", "unit", "parent"),
        {("1", "social-innovation-center", "wirtschaftsfoerderung-dortmund"), ("2", "wirtschaftsfoerderung-dortmund", "stadt-dortmund")},
    ),
    (
        "role-across-projects",
        {"institution": "tno"},
        ("project", "role", "attestation"),
        {("simpact", "partner", "stated"), ("beyond-4-0", "coordinator", "stated"), ("make-it", "partner", "stated")},
    ),
    (
        "consortium-completeness",
        {"project": "si-drive"},
        ("declared", "recorded", "completeness"),
        {("25", "18", "partial")},
    ),
    (
        "funding-of-project",
        {"project": "t-factor"},
        ("funder", "programme", "amount"),
        {("easme", "", ""), ("europaeische-kommission", "", ""), ("", "horizon-2020", "7998425")},
    ),
    ("kinds-and-counts", {"kind": "Campaign"}, ("things",), {("3",)}),
]


@pytest.fixture(scope="module")
def graph_api(store: Store) -> KnowledgeGraph:
    return KnowledgeGraph(store, "en")


@pytest.mark.parametrize(("name", "parameters", "columns", "expected"), EXPECTED, ids=[f"{e[0]}-{'-'.join(e[1].values())}" for e in EXPECTED])
def test_rows(graph_api: KnowledgeGraph, name: str, parameters: dict[str, str], columns: tuple[str, ...], expected: set[tuple[str, ...]]) -> None:
    assert rows_of(graph_api.ask(name, **parameters), *columns) == expected


def test_where_t_factor_stands(graph_api: KnowledgeGraph) -> None:
    answer = graph_api.ask("place-in-campaign", project="t-factor")
    rows = rows_of(answer, "relation", "thing", "role", "campaign")
    assert {("featuredIn", "ind-hotspots-netzwerke", "", "innovation-next-door"), ("featuredIn", "innovation-next-door", "", "")} <= rows
    tied = {row[1]: row for row in rows_of(answer, "relation", "thing", "wordings", "source") if row[1] == "dortmunder-u"}
    assert "enge Verknüpfung" in tied["dortmunder-u"][2]
    assert "seed-sfs-2022" in tied["dortmunder-u"][3]
    assert rows_of(graph_api.ask("place-in-campaign", project="kosi-lab"), "thing") == set()
    assert ("innovation-next-door",) in rows_of(graph_api.ask("place-in-campaign", project="iresilience"), "thing")


def test_role_across_projects(graph_api: KnowledgeGraph) -> None:
    answer = graph_api.ask("role-across-projects", institution="sozialforschungsstelle")
    assert answer.table.variables[0] == "project"
    rows = rows_of(answer, "project", "role")
    assert len(rows) == len(answer.table.rows), "one row per project and role"
    assert {
        ("t-factor", "partner"),
        ("si-drive", "coordinator"),
        ("kosi-lab", "coordinator"),
        ("guide", "evaluator"),
        ("siscode", "unspecified"),
    } <= rows
    assert "27" in answer.sentence
    assert "merged" in answer.rule
    assert "Sampling frame: ego-sampled" in answer.rule


def test_who_says_so(graph_api: KnowledgeGraph) -> None:
    ends = rows_of(graph_api.ask("who-says-so", subject="iresilience", predicate="endDate"), "value", "status", "document")
    on_project = {row for row in ends if row[1] in ("accepted", "disputed")}
    assert ("2022-06-30", "disputed", "nordw-ires-ende") in on_project
    assert ("2021-10-31", "accepted", "nordw-ires-team") in on_project
    both = rows_of(graph_api.ask("who-says-so", subject="t-factor", object="sozialforschungsstelle"), "document", "wording")
    assert both >= {("meldung-sfs-icapital", "vertreten durch"), ("sfs-tfactor-en", "Partner"), ("sowi-tfactor-2020", "Fallstudie und zwei T-Labs")}
    quotes = rows_of(graph_api.ask("who-says-so", subject="dortmund-kreativ", object="nordwaerts"), "quote")
    assert quotes == {("beispielsweise im Dekadenprojekt „nordwärts“",)}


# --- numbers against an independent count --------------------------------------------------------------------------------


def counted(institution: str, level: str) -> tuple[int, int, int]:
    """Count straight from the tables by the printed rule, without graph or mapping."""
    with (DORTMUND / "entities.csv").open(encoding="utf-8", newline="") as file:
        kinds = {row["entity_id"]: row["type"] for row in csv.DictReader(file)}
    with (DORTMUND / "relations.csv").open(encoding="utf-8", newline="") as file:
        relations = list(csv.DictReader(file))
    parents: dict[str, set[str]] = defaultdict(set)
    wholes: dict[str, set[str]] = defaultdict(set)
    members: dict[str, set[str]] = defaultdict(set)
    consortium: set[str] = set()
    for row in relations:
        pair = kinds.get(row["subject_id"]), kinds.get(row["object_id"])
        if row["predicate"] == "partOf" and pair == ("Institution", "Institution"):
            parents[row["subject_id"]].add(row["object_id"])
        if row["predicate"] == "partOf" and pair == ("Project", "Project"):
            wholes[row["subject_id"]].add(row["object_id"])
        if row["predicate"] in ("hasParticipant", "coordinatedBy", "runBy", "hasSite") and pair == ("Project", "Institution"):
            members[row["subject_id"]].add(row["object_id"])
            if row["predicate"] in ("hasParticipant", "coordinatedBy"):
                consortium.add(row["subject_id"])

    def tops(unit: str) -> set[str]:
        return set().union(*(tops(parent) for parent in parents[unit])) if parents.get(unit) else {unit}

    def body(unit: str, project: str) -> str:
        if level == "merged" and unit == "tu-dortmund" and "sozialforschungsstelle" in members[project]:
            return "sozialforschungsstelle"
        if level == "top" and len(tops(unit)) == 1:
            return next(iter(tops(unit)))
        return unit

    counts: dict[str, set[str]] = defaultdict(set)
    for project, units in members.items():
        whole = project
        while whole not in consortium and wholes.get(whole):
            whole = min(wholes[whole])
        counts[whole] |= {body(unit, project) for unit in units}
    me = next(iter(tops(institution))) if level == "top" else institution
    mine = [units for units in counts.values() if me in units]
    shared: dict[str, int] = defaultdict(int)
    for units in mine:
        for unit in units - {me}:
            shared[unit] += 1
    return len(mine), len(shared), sum(number > 1 for number in shared.values())


@pytest.mark.parametrize("level", ["unit", "merged", "top"])
@pytest.mark.parametrize("institution", ["sozialforschungsstelle", "tno", "fh-dortmund", "social-innovation-center"])
def test_counts_equal_an_independent_count(graph_api: KnowledgeGraph, institution: str, level: str) -> None:
    answer = graph_api.ask("collaboration-counts", institution=institution, level=level)
    expected = counted(institution, level)
    assert rows_of(answer, "projects", "partners", "repeatPartners") == {tuple(map(str, expected))}
    partners = graph_api.ask("repeat-partners", institution=institution, level=level)
    assert len(rows_of(partners, "partner")) == expected[2]


def test_the_numbers_of_the_starting_point() -> None:
    """27 projects, 199 partner institutions, 29 of them in at least two (level merged); other levels differ."""
    assert counted("sozialforschungsstelle", "merged") == (27, 199, 29)
    assert counted("sozialforschungsstelle", "unit") == (27, 200, 30)
    assert counted("sozialforschungsstelle", "top") == (27, 192, 29)


# --- rows that a question needs ------------------------------------------------------------------------------------------

SFS = {"institution": "sozialforschungsstelle"}
NEEDED: list[tuple[str, dict[str, str], str]] = [
    ("award-won", {"winner": "dortmund"}, "icapital-award-2021 awardedTo dortmund eic-winners-2021"),
    ("bid-focus", {"document": "icapital-bewerbung-2021"}, "icapital-bewerbung-2021 addresses thema-soziale-innovation seed-sfs-2022"),
    ("bid-focus", {"document": "icapital-bewerbung-2021"}, "icapital-bewerbung-2021 addresses thema-nachhaltigkeit seed-sfs-2022"),
    ("bid-focus", {"document": "icapital-bewerbung-2021"}, "icapital-bewerbung-2021 addresses thema-technologie seed-sfs-2022"),
    ("named-as-examples", {"speaker": "dortmund-kreativ"}, "dortmund-kreativ mentions nordwaerts seed-sfs-2022"),
    ("named-as-examples", {"speaker": "dortmund-kreativ"}, "dortmund-kreativ mentions greenhouse-ruhr seed-sfs-2022"),
    ("named-as-examples", {"speaker": "dortmund-kreativ"}, "dortmund-kreativ mentions union-gewerbehof seed-sfs-2022"),
    ("named-as-examples", {"speaker": "dortmund-kreativ"}, "dortmund-kreativ mentions helpathon seed-sfs-2022"),
    ("event-topics", {"event": "helpathon"}, "helpathon addresses thema-covid-19 seed-sfs-2022"),
    ("event-topics", {"event": "helpathon"}, "helpathon addresses thema-buergerbeteiligung seed-sfs-2022"),
    ("contributed-to-award", {"award": "icapital-award-2021"}, "masterplan-wissenschaft contributedTo icapital-award-2021 seed-sfs-2022"),
    ("contributed-to-award", {"award": "icapital-award-2021"}, "tzdo contributedTo icapital-award-2021 b1st-netzwerk"),
    ("represented-in-source", {**SFS, "document": "seed-sfs-2022"}, "iresilience hasParticipant sozialforschungsstelle seed-sfs-2022"),
    ("represented-in-source", {**SFS, "document": "seed-sfs-2022"}, "iresilience addresses thema-hitze seed-sfs-2022"),
    ("place-in-campaign", {"project": "t-factor"}, "t-factor featuredIn ind-hotspots-netzwerke seed-sfs-2022"),
    ("place-in-campaign", {"project": "t-factor"}, "ind-hotspots-netzwerke partOf innovation-next-door seed-sfs-2022"),
    ("place-in-campaign", {"project": "t-factor"}, "t-factor partOfCampaign innovation-next-door seed-sfs-2022"),
    ("place-in-campaign", {"project": "t-factor"}, "t-factor cooperatesWith dortmunder-u seed-sfs-2022"),
    ("project-topics", {"project": "t-factor"}, "t-factor addresses thema-zwischennutzung seed-sfs-2022"),
    ("who-developed", {"thing": "social-innovation-center"}, "sozialforschungsstelle contributedTo social-innovation-center seed-sfs-2022"),
    ("who-developed", {"thing": "social-innovation-center"}, "kosi-lab developed social-innovation-center rvr-kosi"),
    ("role-across-projects", SFS, "emscher-lippe4 hasParticipant sozialforschungsstelle el4-sfs"),
    ("role-across-projects", SFS, "kosi-lab coordinatedBy sozialforschungsstelle rvr-kosi"),
    ("role-across-projects", SFS, "t-factor hasParticipant sozialforschungsstelle sfs-tfactor-en"),
    ("role-across-projects", SFS, "siscode hasParticipant tu-dortmund sfs-siscode"),
    ("repeat-partners", SFS, "simpact hasParticipant tno sfs-simpact"),
    ("collaboration-counts", SFS, "guide hasParticipant jobcenter-unna sfs-guide"),
    ("hierarchy", SFS, "sozialforschungsstelle partOf fakultaet-sozialwissenschaften wiki-sfs"),
    ("hierarchy", SFS, "fakultaet-sozialwissenschaften partOf tu-dortmund wiki-sfs"),
    ("who-says-so", {"subject": "iresilience", "predicate": "endDate"}, "iresilience endDate 2022-06-30 nordw-ires-ende"),
    ("contradictions", {}, "essi startDate 2013 sinnergiak-essi"),
    ("consortium-completeness", {"project": "si-drive"}, "si-drive declaredSize 25 cordis-sidrive"),
    ("funding-of-project", {"project": "t-factor"}, "t-factor fundedBy easme sfs-tfactor-en"),
    ("projects-of-place", {"place": "dortmund"}, "energiecampus-dortmund locatedIn do-huckarde metropole-energiecampus"),
]


@pytest.fixture(scope="module")
def whole() -> KnowledgeGraph:
    return graph_of()


def cells(graph: KnowledgeGraph, name: str, parameters: dict[str, str]) -> set[tuple[str, ...]]:
    answer = graph.ask(name, **parameters)
    return {tuple("; ".join(sorted((term.value if term else "").split("; "))) for term in row) for row in answer.table.rows}


@pytest.mark.parametrize(("name", "parameters", "key"), NEEDED, ids=[f"{name}:{key}" for name, _, key in NEEDED])
def test_a_missing_row_is_missed(whole: KnowledgeGraph, name: str, parameters: dict[str, str], key: str) -> None:
    dropped: list[int] = []

    def keep(row: object) -> bool:
        gone = relation_key(row) == key  # type: ignore[arg-type]
        if gone:
            dropped.append(1)
        return not gone

    without = graph_of(keep)
    assert dropped, f"no such row: {key}"
    assert cells(without, name, parameters) != cells(whole, name, parameters)


# --- files -----------------------------------------------------------------------------------------------------------------


def test_the_thirteen_are_there() -> None:
    assert set(THIRTEEN) <= {question.name for question in QUESTIONS}
    assert set(THIRTEEN) <= {name for name, _, _, _ in EXPECTED} | {"place-in-campaign", "repeat-partners", "who-says-so"}


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_header(question: Question) -> None:
    for texts in (question.title, question.description, question.answer, *([question.rule] if question.rule else [])):
        assert set(texts) == {"de", "en"}
        assert all(texts.values())
    assert set(question.views) <= {"table", "map", "network", "timeline", "chart"}
    select = re.search(r"\bSELECT\b(.*?)\bWHERE\b", question.sparql, re.DOTALL)
    assert select
    for parameter in question.parameters:
        assert set(parameter.label) == {"de", "en"}
        assert parameter.example
        assert re.search(rf"\?{parameter.name}\b", select.group(1)), "a parameter stands in the SELECT line"
        assert parameter.type != "enum" or all(set(label) == {"de", "en"} for label in parameter.values.values())
    names = re.findall(r"\?(\w+)", select.group(1).rsplit(")", 1)[-1])
    assert set(names[-len(question.parameters) :] if question.parameters else []) == {p.name for p in question.parameters}, "parameters stand last"
    assert "GRAPH " not in question.sparql
    assert re.search(r"^ORDER BY ", question.sparql, re.MULTILINE)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
@pytest.mark.parametrize("lang", ["de", "en"])
def test_example_gives_an_answer(store: Store, question: Question, lang: str) -> None:
    answer = KnowledgeGraph(store, lang).ask(question.name, **{p.name: p.example for p in question.parameters if p.required})
    assert answer.table.rows
    assert "{" not in answer.sentence + answer.rule
    assert str(len(answer.table.rows)) in answer.to_text("table")
    rows = [tuple(map(str, row)) for row in answer.table.rows]
    assert len(set(rows)) == len(rows)


def test_a_header_that_lacks_something(tmp_path: Path) -> None:
    file = tmp_path / "x.rq"
    file.write_text("#+ title: {de: a, en: b}\nSELECT ?x WHERE { ?x a ?y }")
    with pytest.raises(QueryError, match="description"):
        read_question(file)
    file.write_text("#+ title: {de: [\nSELECT")
    with pytest.raises(QueryError, match="YAML"):
        read_question(file)


# --- what users type -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["t-factor", "T-Factor", "t factor", "https://w3id.org/innokg/id/project/t-factor", "Participatory Futures"])
def test_a_thing_has_many_names(graph_api: KnowledgeGraph, typed: str) -> None:
    assert len(graph_api.ask("project-topics", project=typed).table.rows) == 3


@pytest.mark.parametrize(
    ("name", "parameters", "what", "fix"),
    [
        ("role-across-project", {}, "no question", "role-across-projects"),
        ("role-across-projects", {}, "needs --institution", "sozialforschungsstelle"),
        ("role-across-projects", {"institution": "sozialforschungstelle"}, "is called", "sozialforschungsstelle"),
        ("role-across-projects", {"institution": "Dortmunder Us"}, "is called", "Did you mean"),
        ("role-across-projects", {"institution": "t-factor"}, "is called", ""),
        ("role-across-projects", {"institution": "x> } DELETE WHERE { ?s ?p ?o } #"}, "is called", ""),
        ("role-across-projects", {"institution": "tno", "level": "best"}, "none of the values", "merged"),
        ("role-across-projects", {"institution": "tno", "levl": "top"}, "no parameter --levl", "--level"),
        ("repeat-partners", {"institution": "tno", "minimum": "two"}, "no whole number", "2"),
        ("repeat-partners", {"institution": "x" * 2000}, "longer than", ""),
    ],
)
def test_near_misses(graph_api: KnowledgeGraph, name: str, parameters: dict[str, str], what: str, fix: str) -> None:
    with pytest.raises(ParameterError) as caught:
        graph_api.ask(name, **parameters)
    assert what in str(caught.value)
    assert fix in str(caught.value)
    assert caught.value.text("de") != caught.value.text("en")


def test_two_things_of_one_name(graph_api: KnowledgeGraph) -> None:
    """Several pages bear the title T-Factor."""
    with pytest.raises(ParameterError, match=r"means \d+ things"):
        graph_api.ask("represented-in-source", institution="tno", document="T-Factor")


def test_find_question() -> None:
    assert find_question("hierarchy").name == "hierarchy"


def test_notebook_view_escapes(graph_api: KnowledgeGraph) -> None:
    html = graph_api.query("SELECT ?x ?y WHERE { VALUES (?x ?y) { ('<script>alert(1)</script>' <javascript:alert(1)>) } }")._repr_html_()
    assert "<script>" not in html
    assert "href=" not in html
    assert "&lt;script&gt;" in html


def test_pandas(graph_api: KnowledgeGraph) -> None:
    frame = graph_api.ask("collaboration-counts", institution="tno").to_pandas()
    assert list(frame.columns) == ["projects", "partners", "repeatPartners", "institution", "institution_label", "level"]
    assert frame.loc[0, "projects"] == 3
    assert frame.loc[0, "institution_label"] == "TNO"
