"""Every address with whatever values, methods and headers: an answer below 500, the security headers, nothing of the request as markup, no way off this host."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.portal.routes import TABLE
from tests.portal.conftest import Served

MARK = "zqzq"
NASTY = (
    f"\"'><{MARK} on{MARK}=1>{{{{7*7}}}}</script><!--",
    f"javascript:alert(1)//{MARK}",
    f"//{MARK}.example/",
    f"https://{MARK}.example/",
    f"a\r\nSet-Cookie: {MARK}=1",
    "../../../../etc/passwd",
    "a\0b",
    "\u202e\u2066 \u200f",
    "😀" * 20,
    "'; DROP TABLE x; --",
    'NEAR( "unclosed * OR NOT ^',
    '"} # { ?s ?p ?o',
    "-5",
    "9" * 40,
    "1e309",
    "NaN",
    "2030",
    "0",
    "1",
    "=1+1",
    "x" * 3000,
    "",
)
NAMES = (
    *("q", "find", "only", "without", "sort", "dir", "view", "theme", "lang", "query", "run", "iri", "property", "format", "shown", "page", "limit"),
    *(
        "class",
        "place",
        "period",
        "graph",
        "level",
        "weight",
        "roles",
        "since",
        "until",
        "dates",
        "claims",
        "cap",
        "linked",
        "kind",
        "least",
        "groups",
    ),
    *("institution", "project", "from", "to", "a", "b", "y", "labels", "bom", "default-graph-uri", "named-graph-uri", "default", "update"),
)
PATHS = tuple(
    dict.fromkeys([*(route.pattern for route in TABLE), "/sparql", "/graphs", "/graphs/{key:path}", "/static/{mark}/{name:path}", "/metrics"])
)
METHODS = ("GET", "GET", "GET", "GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "TRACE", "PATCH")
ACCEPTS = (
    "text/html",
    "*/*",
    "application/json",
    "text/turtle",
    "image/gif",
    "text/html;q=0, */*;q=x",
    "application/xhtml+xml,text/html;q=0.9,*/*;q=0.1",
)
values = st.one_of(st.sampled_from(NASTY), st.text(max_size=30))


@st.composite
def addresses(draw: st.DrawFn) -> str:
    """An address of the portal with odd parts and odd values."""
    path = re.sub(r"\{.*?\}", lambda _: quote(draw(values).encode("utf-8", "surrogatepass")) or "x", draw(st.sampled_from(PATHS)))
    pairs = draw(st.lists(st.tuples(st.sampled_from(NAMES), values), max_size=6))
    encoded = urlencode([(name, value.encode("utf-8", "surrogatepass")) for name, value in pairs])
    return path + "?" + encoded + draw(st.sampled_from(("", "", "", "&%", "&q=%ff", "&=&&=", "&q[]=1")))


class Watch(HTMLParser):
    """Collects what markup of a page could do harm."""

    def __init__(self) -> None:
        super().__init__()
        self.harm: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == MARK or tag in ("style", "base", "object") or any(name.startswith("on") or name == "style" for name, _ in attrs):
            self.harm.append(f"{tag} {attrs}")
        if tag == "script" and not dict(attrs).get("src") and dict(attrs).get("type") not in ("application/ld+json", "application/json"):
            self.harm.append("an inline script")
        for name, value in attrs:
            leads = (value or "").strip().lower()
            if name in ("href", "src", "action", "formaction", "data") and leads.startswith(("javascript:", "data:text", "vbscript:", "//")):
                self.harm.append(f"{tag} {name}={leads[:60]}")


def check(answer: httpx.Response) -> None:
    assert answer.status_code < 500, (answer.request.url, answer.text[:300])
    assert "Traceback" not in answer.text
    assert "root:x:0" not in answer.text
    headers = answer.headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in headers
    location = headers.get("location", "/")
    assert location.startswith("/")
    assert not location.startswith("//")
    if headers.get("content-type", "").startswith("text/html"):
        watch = Watch()
        watch.feed(answer.text)
        assert not watch.harm, (answer.request.url, watch.harm[:3])


@pytest.fixture(scope="module")
def client(portal: Served) -> Any:
    with httpx.Client(base_url=portal.address, timeout=60) as made:
        yield made


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(addresses(), st.sampled_from(METHODS), st.sampled_from(ACCEPTS), st.sampled_from(("de", "en", "fr;q=9", "")))
def test_any_request_is_answered_safely(client: httpx.Client, address: str, method: str, accept: str, lang: str) -> None:
    answer = client.request(
        method, address, headers={"Accept": accept, "Accept-Language": lang, "If-None-Match": "garbage, W/, *x", "Range": "bytes=5-1,-"}
    )
    check(answer)
    if method not in ("GET", "HEAD", "OPTIONS") and not address.startswith("/sparql"):
        assert answer.status_code in (404, 405)


def operations(document: dict[str, Any]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return path and parameters of each operation of the OpenAPI document."""
    return [
        (path, [one for one in (*item.get("parameters", []), *item["get"].get("parameters", [])) if "name" in one])
        for path, item in sorted(document["paths"].items())
        if "get" in item
    ]


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(st.data())
def test_the_api_keeps_to_its_document(client: httpx.Client, data: st.DataObject) -> None:
    if not hasattr(test_the_api_keeps_to_its_document, "known"):
        test_the_api_keeps_to_its_document.known = operations(client.get("/openapi.json").json())  # type: ignore[attr-defined]
    path, parameters = data.draw(st.sampled_from(test_the_api_keeps_to_its_document.known))  # type: ignore[attr-defined]
    given_: dict[str, str] = {}
    for one in parameters:
        schema = one.get("schema", {})
        right = [str(value) for value in (*schema.get("enum", []), one.get("example"), schema.get("default")) if value is not None]
        value = data.draw(st.one_of(st.sampled_from(NASTY), *([st.sampled_from(right)] * 3 if right else []), st.none()))
        if value is not None:
            given_[one["name"]] = value
    path = re.sub(r"\{(.*?)\}", lambda found: quote(given_.pop(found[1], "") or "x", safe=""), path)
    answer = client.get(path, params=given_)
    check(answer)
    if answer.status_code == 400 and answer.headers["content-type"].startswith("application/json"):
        error = answer.json()["error"]
        assert error if isinstance(error, str) else error["message"]
