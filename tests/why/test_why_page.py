"""The page `/why`, and the links to it: they say what the command says."""

from __future__ import annotations

import html
import json
import re

import pytest

from kg.build import Build
from kg.errors import ParameterError
from kg.portal import entity, why
from kg.portal.desk import Desk
from kg.portal.entity_words import WORDS
from kg.portal.page import Request
from kg.portal.settings import PortalSettings
from kg.why import Evidence
from kg.why import why as asked
from kg.why.data import Plain

BASE = "https://w3id.org/innokg/"
T_FACTOR = BASE + "id/project/t-factor"


@pytest.fixture(scope="module")
def desk(both: Build) -> Desk:
    return Desk.open(PortalSettings(), both.path)


def page(desk: Desk, form: str = "html", lang: str = "en", status: int = 200, **values: str) -> str:
    request = Request("", "/why", values={name: [value] for name, value in values.items()}, lang=lang, chosen_lang=True, form=form, origin="http://h")
    reply = why.page(desk, request)
    assert reply.status == status, reply.body
    return reply.body.decode()


def seen(text: str) -> str:
    return html.unescape(" ".join(re.sub(r"<[^>]*>", " ", re.sub(r"<head.*?</head>", "", text, flags=re.DOTALL)).split()))


def test_page_json_and_command_say_the_same(desk: Desk, both: Build) -> None:
    for lang in ("de", "en"):
        evidence = Evidence(desk.store, both, lang=lang, words=WORDS)
        data = Plain(lang, WORDS).answer(asked(evidence, T_FACTOR, "declaredSize"))
        assert json.loads(page(desk, "json", lang, subject="t-factor", predicate="declaredSize")) == data
        text = seen(page(desk, lang=lang, subject="t-factor", predicate="declaredSize"))
        for one in data["statements"]:
            assert one["reason"] in text
            assert all(change in text for change in one["change"])
            assert all(place["text"] in text for claim in one["claims"] for place in claim["origins"])


def test_the_page_of_a_thing_gives_the_reason_and_leads_here(desk: Desk) -> None:
    request = Request("", "/doc/project/t-factor", {"key": "project/t-factor"}, lang="en", origin="http://h")
    text = entity.document(desk, request).body.decode()
    (reason,) = {one["reason"] for one in json.loads(page(desk, "json", subject="t-factor", predicate="declaredSize", object="25"))["statements"]}
    assert reason in seen(text)
    links = [html.unescape(link) for link in re.findall(r'href="(/why\?[^"]*)"', text)]
    assert any("predicate=https%3A%2F%2Fw3id.org%2Finnokg%2Fontology%23declaredSize&object=25" in link for link in links)
    assert len(links) > 10


def test_an_overview_and_what_is_not_known(desk: Desk) -> None:
    text = page(desk, lang="de", subject=T_FACTOR)
    assert "umstritten" in seen(text)
    assert text.count("<tr>") > 50
    assert "Did you mean" in seen(page(desk, subject="t-faktor", status=400))
    assert "No property is called" in seen(page(desk, subject="t-factor", predicate="xyz", status=400))
    assert "Nobody says so" in seen(page(desk, subject="t-factor", predicate="declaredSize", object="26"))
    assert "<form" in page(desk)
    for subject in ("", "t-faktor"):
        with pytest.raises(ParameterError):
            page(desk, "json", subject=subject)


def test_what_is_typed_is_text(desk: Desk) -> None:
    evil = '"><script>alert(1)</script>'
    assert "<script>alert" not in page(desk, status=400, subject=evil)
    assert "<script>alert" not in page(desk, status=400, subject="t-factor", predicate=evil)
    assert "<script>alert" not in page(desk, subject="t-factor", predicate="declaredSize", object=evil)


def test_a_decision_shows_on_the_page_of_the_thing(desk: Desk) -> None:
    request = Request("", "/doc/event/icapital-netzwerktreffen-2022", {"key": "event/icapital-netzwerktreffen-2022"}, lang="de", origin="http://h")
    text = seen(entity.document(desk, request).body.decode())
    assert "die Redaktion gegen den anderen Wert entschieden hat" in text
    assert "decisions.csv, Zeile 19" in text
