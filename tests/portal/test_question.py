"""Question pages and the timeline: what the reader sees, from the real graph of Dortmund."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from kg.analyse.dates import Span
from kg.build import Build
from kg.errors import KgError
from kg.portal import asking, question, question_table, resolving, timeline
from kg.portal.asking import ask, example
from kg.portal.columns import NAMES, columns
from kg.portal.desk import Desk
from kg.portal.page import Reply, Request
from kg.portal.question_views import VIEWS
from kg.portal.resolving import resolve
from kg.portal.settings import PortalSettings

SFS = "https://w3id.org/innokg/id/organisation/sozialforschungsstelle"


@pytest.fixture(scope="module")
def desk(graph: Build) -> Iterator[Desk]:
    opened = Desk.open(PortalSettings(), graph.path)
    yield opened
    opened.store.close()


def asked_for(address: str, *, origin: str = "http://kg.example") -> Request:
    """Return the request of an address such as `/questions/x?a=b&lang=de`."""
    parts = urlsplit(address)
    values = parse_qs(parts.query, keep_blank_values=True)
    given = (values.get("lang") or [""])[0]
    name = parts.path.rsplit("/", 1)[-1]
    return Request("", parts.path, names={"name": name}, values=values, lang=given or "en", chosen_lang=bool(given), origin=origin)


def page(desk: Desk, address: str) -> str:
    reply = question.page(desk, asked_for(address))
    return reply.body.decode()


def links(text: str) -> list[str]:
    return [html.unescape(one) for one in re.findall(r'href="([^"]*)"', text)]


def text_of(part: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", part)).split())


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_list_names_every_question_with_an_example_that_has_rows(desk: Desk, lang: str) -> None:
    text = question.listing(desk, asked_for(f"/questions?lang={lang}")).body.decode()
    titles = [text_of(one) for one in re.findall(r"<h2>(.*?)</h2>", text)]
    assert titles == [one.title[lang] for one in desk.questions.values()]
    for one in desk.questions.values():
        values = example(desk, one)
        assert values is not None
        request = Request("", f"/questions/{one.name}", values={name: [value] for name, value in values.items()}, lang=lang)
        assert ask(desk, request, one).rows.rows, one.name


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("name", [path.stem for path in sorted((Path(__file__).parents[2] / "queries" / "ask").glob("*.rq"))])
def test_every_question_and_view_has_a_page_without_inline_code(desk: Desk, name: str, lang: str) -> None:
    values = example(desk, desk.questions[name]) or {}
    for view in desk.questions[name].views:
        request = Request("", f"/questions/{name}", names={"name": name}, values={**{k: [v] for k, v in values.items()}, "view": [view]}, lang=lang)
        reply = question.page(desk, request)
        text = reply.body.decode()
        assert reply.status == 200
        assert "<table" in text
        assert not re.search(r"\sstyle=|<style|\son[a-z]+=\"|<script(?![^>]*src=)", text)
        for heading in re.findall(r"<th [^>]*>", text):
            assert 'scope="' in heading
        ids = re.findall(r'\sid="([^"]+)"', text)
        assert len(ids) == len(set(ids))
        for described in re.findall(r'aria-(?:describedby|labelledby)="([^"]+)"', text):
            assert set(described.split()) <= set(ids)
        if view not in ("table", "map"):
            assert "<svg" in text, f"{name}: {view} draws nothing"


def test_variables_of_shipped_questions_have_names_in_both_languages(desk: Desk) -> None:
    for one in desk.questions.values():
        values = {name: [value] for name, value in (example(desk, one) or {}).items()}
        request = Request("", f"/questions/{one.name}", values=values, lang="de")
        asked = ask(desk, request, one)
        assert [column.name for column in columns(desk, asked) if column.foreign] == []
    assert all(text.de and text.en for text in (*NAMES.values(), *VIEWS.values()))


def test_the_page_says_sentence_rule_frame_and_that_nothing_is_cut(desk: Desk) -> None:
    text = page(desk, "/questions/repeat-partners?institution=sozialforschungsstelle")
    shown = text_of(text)
    assert "(2) with Social Research Centre Dortmund: 29." in shown
    assert "29 rows" in shown
    assert "not truncated" in shown
    assert "Sampling frame" in shown
    assert "Counted: projects only" in shown
    assert len(re.findall(r"<tr>", text)) == 30


def test_without_a_required_value_there_is_a_form_and_an_example_but_no_error(desk: Desk) -> None:
    reply = question.page(desk, asked_for("/questions/repeat-partners?lang=de"))
    text = reply.body.decode()
    assert reply.status == 200
    assert 'aria-invalid="true"' not in text
    assert "<table" not in text
    assert 'data-class="inno:Organisation"' in text
    assert "/questions/repeat-partners?institution=sozialforschungsstelle&lang=de" in links(text)


def test_a_wrong_value_is_told_at_its_field_with_near_matches_as_links(desk: Desk) -> None:
    reply = question.page(desk, asked_for("/questions/repeat-partners?institution=Sozialforschungsstele&minimum=2&lang=de"))
    text = reply.body.decode()
    assert reply.status == 400
    field = re.search(r'<input id="f-institution"[^>]*>', text)
    assert field is not None
    assert 'aria-invalid="true"' in field.group()
    assert 'aria-describedby="f-institution-error"' in field.group()
    assert "Sozialforschungsstele" in text_of(text)
    address = next(one for one in links(text) if SFS.replace(":", "%3A").replace("/", "%2F") in one)
    assert "29" in text_of(page(desk, address))


@pytest.mark.parametrize("value", ["sozialforschungsstelle", SFS, f"<{SFS}>", "Social Research Centre Dortmund", "sozialforschungsstelle DORTMUND"])
def test_a_thing_is_found_by_slug_iri_and_name(desk: Desk, value: str) -> None:
    assert resolve(desk, value, "inno:Organisation") == SFS


@pytest.mark.parametrize("value", ["x" * 1001, "<>", '"; DROP', "} UNION { ?s ?p ?o", "a\tb", "Zürich\u0000", "%00", "dortmund"])
def test_nonsense_is_refused_in_words(desk: Desk, value: str) -> None:
    with pytest.raises(KgError) as caught:
        resolve(desk, value, "inno:Organisation")
    assert caught.value.fix is not None


def test_a_class_and_a_property_are_found_by_their_last_step(desk: Desk) -> None:
    assert resolve(desk, "Project", "owl:Class").endswith("ontology#Project")
    assert resolve(desk, "inInitiative", among="rdf:predicate").endswith("ontology#inInitiative")


def rows_of(text: str) -> list[list[str]]:
    body = re.search(r"<tbody>(.*?)</tbody>", text, re.DOTALL)
    assert body is not None
    found = []
    for row in re.findall(r"<tr>(.*?)</tr>", body.group(1), re.DOTALL):
        found.append(
            [text_of(re.sub(r"<details.*?</details>", "", cell, flags=re.DOTALL)) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)]
        )
    return found


def test_columns_sort_as_what_they_are(desk: Desk) -> None:
    base = "/questions/kinds-and-counts?"
    down = [int(row[0]) for row in rows_of(page(desk, base + "sort=things&dir=desc"))]
    up = [int(row[0]) for row in rows_of(page(desk, base + "sort=things&dir=asc"))]
    assert down == sorted(down, reverse=True)
    assert up == sorted(up)
    assert max(down) > 999  # as text, 1000 would come before 2
    dates = [row[2] for row in rows_of(page(desk, "/questions/role-across-projects?institution=sozialforschungsstelle&sort=start&dir=asc"))]
    filled = [one for one in dates if one]
    assert filled == sorted(filled)
    assert dates[: len(filled)] == filled  # what is unknown comes last, whatever the direction
    text = page(desk, base + "sort=things&dir=desc")
    assert 'aria-sort="descending"' in text


def test_the_menu_of_a_cell_keeps_and_takes_away_rows(desk: Desk) -> None:
    base = "/questions/role-across-projects?institution=sozialforschungsstelle"
    text = page(desk, base)
    every = rows_of(text)
    only = next(one for one in links(text) if "only=role+" in one and "partner" in one)
    without = next(one for one in links(text) if "without=role+" in one and "partner" in one)
    kept, left = rows_of(page(desk, only)), rows_of(page(desk, without))
    assert len(kept) + len(left) == len(every)
    assert {row[1] for row in kept} == {"partner"}
    assert "partner" not in {row[1] for row in left}
    assert f"{len(kept)} of 37 rows" in text_of(page(desk, only))
    both = page(desk, only + "&find=zzz")
    assert "No row passes the filters" in text_of(both)
    assert any("only=" in one and "find=" not in one for one in links(both))


def test_find_keeps_rows_that_contain_a_text_in_any_spelling(desk: Desk) -> None:
    text = page(desk, "/questions/repeat-partners?institution=sozialforschungsstelle&find=INSTITUT")
    assert 0 < len(rows_of(text)) < 29
    assert all("institut" in " ".join(row).casefold() for row in rows_of(text))


def test_a_long_answer_is_cut_on_the_page_and_says_so(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(question_table, "SHOWN", 10)
    text = page(desk, "/questions/repeat-partners?institution=sozialforschungsstelle")
    assert len(rows_of(text)) == 10
    assert "Showing 10 of 29 rows" in text_of(text)


def test_an_answer_beyond_the_limit_of_the_portal_says_so(graph: Build) -> None:
    small = Desk.open(PortalSettings(rows=5), graph.path)
    reply = question.page(small, asked_for("/questions/repeat-partners?institution=sozialforschungsstelle"))
    shown = text_of(reply.body.decode())
    assert reply.truncated
    assert "The answer has 29 rows; this portal gives the first 5." in shown
    assert "not truncated" not in shown


def test_text_of_an_address_never_becomes_markup(desk: Desk) -> None:
    evil = "%3Cscript%3Ealert(1)%3C/script%3E"
    base = "/questions/repeat-partners?"
    for address in (
        f"institution={evil}",
        f"institution=sozialforschungsstelle&find={evil}",
        f"{evil}={evil}&lang=de",
        f"institution=sozialforschungsstelle&only=partner+{evil}",
    ):
        text = page(desk, base + address)
        assert "<script>alert" not in text
    reply = question.page(desk, asked_for(f"/questions/{evil}"))
    assert reply.status == 404
    assert b"<script>alert" not in reply.body


def test_a_misspelt_parameter_is_named(desk: Desk) -> None:
    text = text_of(page(desk, "/questions/repeat-partners?institution=sozialforschungsstelle&minimun=3"))
    assert "no parameter minimun" in text
    assert "Did you mean minimum?" in text


def test_an_unknown_question_leads_to_the_nearest(desk: Desk) -> None:
    reply = question.page(desk, asked_for("/questions/repeat-partner"))
    assert reply.status == 404
    assert "/questions/repeat-partners" in links(reply.body.decode())


def test_the_query_for_the_editor_gives_the_same_rows(desk: Desk) -> None:
    text = page(desk, "/questions/repeat-partners?institution=sozialforschungsstelle")
    editor = next(one for one in links(text) if one.startswith("/query?"))
    query = parse_qs(urlsplit(editor).query)["query"][0]
    result = desk.store.query(query)
    assert len(result.rows) == 29  # type: ignore[union-attr]


def test_a_frame_of_another_site_has_the_answer_and_a_way_back(desk: Desk) -> None:
    address = "/embed/question/role-across-projects?institution=sozialforschungsstelle&view=timeline&theme=dark&lang=de"
    text = question.embed(desk, asked_for(address)).body.decode()
    assert "<svg" in text
    assert 'data-theme="dark"' in text
    assert '<nav class="main"' not in text
    assert 'class="controls panel ask"' not in text
    back = next(one for one in links(text) if one.startswith("http://kg.example/questions/role-across-projects?"))
    assert "view=timeline" in back
    assert "theme" not in back


def test_questions_about_a_thing_take_it_as_parameter(desk: Desk) -> None:
    text = question.listing(desk, asked_for("/questions?thing=t-factor")).body.decode()
    address = next(one for one in links(text) if one.startswith("/questions/funding-of-project?"))
    assert "Fundings of T-Factor" in text_of(page(desk, address))
    assert not any(one.startswith("/questions/repeat-partners") for one in links(text))


def test_the_list_never_looks_through_all_names(graph: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    """A graph that holds none of the examples, and has no index, is listed without reading its names."""

    def refused(*_: object) -> dict[str, set[str]]:
        raise AssertionError("all names were read")

    fresh = Desk.open(PortalSettings(), graph.path)
    fresh.__dict__["index"] = None
    strange = {
        name: replace(one, parameters=tuple(replace(p, example="nobody") if p.type == "iri" else p for p in one.parameters))
        for name, one in fresh.questions.items()
    }
    fresh.__dict__["questions"] = strange
    monkeypatch.setattr(resolving, "candidates", refused)
    text = question.listing(fresh, asked_for("/questions")).body.decode()
    address = next(one for one in links(text) if one.startswith("/questions/repeat-partners?institution="))
    assert question.page(fresh, asked_for(address)).status == 200


def test_sorting_does_not_ask_the_store_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    base = "/questions/repeat-partners?institution=sozialforschungsstelle"
    page(desk, base)
    sent: list[str] = []
    whole = desk.store.query

    def spied(sparql: str, bindings: Any = None) -> Any:
        sent.append(sparql)
        return whole(sparql, bindings)

    monkeypatch.setattr(desk.store, "query", spied)
    page(desk, base + "&sort=sharedProjects&dir=desc")
    assert not any("sharedProjects" in one for one in sent)
    assert asking.KEPT_ROWS >= 29


def show(desk: Desk, query: str = "") -> Reply:
    return timeline.page(desk, asked_for("/timeline" + (f"?{query}" if query else "")))


def test_the_timeline_counts_every_project_once(desk: Desk) -> None:
    text = text_of(show(desk).body.decode())
    numbers = re.search(r"(\d+) of (\d+) in the graph(?:; (\d+) more)?", text)
    assert numbers is not None
    kept, total, undated = (int(one or 0) for one in numbers.groups())
    assert kept + undated == total
    result = desk.store.query("SELECT (COUNT(DISTINCT ?x) AS ?n) WHERE { ?x a inno:Project }")
    assert str(total) == result.rows[0][0].value  # type: ignore[union-attr]
    assert "Sampling frame" in text


def test_the_timeline_is_narrowed_by_years_and_things(desk: Desk) -> None:
    text = show(desk, "institution=sozialforschungsstelle&from=2018&to=2018").body.decode()
    table = re.findall(r'<th scope="row"><a [^>]*>.*?</a></th><td>(.*?)</td><td>(.*?)</td>', text)
    assert table
    for start, end in table:
        assert start == "–" or start[:4] <= "2018"
        assert end == "–" or end[:4] >= "2018"
    assert all("<svg" in show(desk, one).body.decode() for one in ("kind=Event", "place=dortmund", "lang=de"))


def test_wrong_filters_of_the_timeline_are_told_at_their_fields(desk: Desk) -> None:
    reply = show(desk, "from=soon&place=Atlantis&kind=Dream")
    text = reply.body.decode()
    assert reply.status == 400
    assert text.count('aria-invalid="true"') == 3
    assert "<svg" not in text


def test_running_is_counted_only_where_it_is_certain() -> None:
    things = [timeline.Dated("a", Span("2020", "2022")), timeline.Dated("b", Span("2021", "")), timeline.Dated("c", Span("2023", "2021"))]
    years, earlier = timeline._per_year(things, timeline.Chosen("inno:Project", None, None, None))
    assert years == [(2020, 1, 1), (2021, 1, 2), (2022, 0, 1), (2023, 1, 0)]
    assert earlier == 0
