"""The reconciliation service over HTTP: as a browser of another origin, and as a program, asks it."""

from __future__ import annotations

import json
import re

import httpx

from tests.portal.conftest import Served
from tests.portal.reconciliation import hold, hold_published

TU = "https://w3id.org/innokg/id/organisation/tu-dortmund"


def test_a_client_from_manifest_to_values(any_portal: Served) -> None:
    """What a client does: read the manifest, send a batch, suggest, preview, fetch; every address is taken from the answers. The same on an endpoint."""
    with httpx.Client(timeout=60, headers={"Origin": "https://refine.example"}) as client:
        reply = client.get(any_portal.address + "/reconcile")
        manifest = reply.json()
        hold(manifest, "manifest")
        assert reply.headers["access-control-allow-origin"] == "*"
        queries = {"q0": {"query": "Weber Ultrasonics AG", "type": "inno:Organisation", "properties": [{"pid": "country", "v": "DE"}]}}
        hold_published(queries, "reconciliation-query-batch")
        posted = client.post(any_portal.address + "/reconcile", data={"queries": json.dumps(queries)})
        assert posted.status_code == 200
        assert posted.headers["access-control-allow-origin"] == "*"
        assert "etag" not in posted.headers
        result = posted.json()
        hold(result, "reconciliation-result-batch")
        assert result == client.get(any_portal.address + "/reconcile", params={"queries": json.dumps(queries)}).json()
        best = result["q0"]["result"][0]
        assert best["match"]
        for kind, prefix in (("entity", "dortm"), ("property", "co"), ("type", "pro")):
            service = manifest["suggest"][kind]
            found = client.get(service["service_url"] + service["service_path"], params={"prefix": prefix}).json()
            hold(found, {"entity": "suggest-entities-response", "property": "suggest-properties-response", "type": "suggest-types-response"}[kind])
            assert found["result"]
        proposing = manifest["extend"]["propose_properties"]
        proposed = client.get(proposing["service_url"] + proposing["service_path"], params={"type": "inno:Organisation"}).json()
        hold(proposed, "data-extension-property-proposal")
        query = {"ids": [best["id"]], "properties": [{"id": one["id"]} for one in proposed["properties"]]}
        hold_published(query, "data-extension-query")
        values = client.post(any_portal.address + "/reconcile", data={"extend": json.dumps(query)}).json()
        hold(values, "data-extension-response")
        assert values["rows"][best["id"]]["pic"] == [{"str": "952276355"}]
        quoted = str(httpx.QueryParams({"id": best["id"]}))[3:]
        seen = client.get(manifest["preview"]["url"].replace("{{id}}", quoted))
        assert "WEBER ULTRASONICS AG" in seen.text
        assert client.get(manifest["view"]["url"].replace("{{id}}", quoted), follow_redirects=True).status_code == 200


def test_the_preview_may_be_framed_and_holds_no_script_of_its_own(portal: Served) -> None:
    reply = portal.get("/embed/entity", params={"id": TU, "lang": "de"})
    assert "frame-ancestors *" in reply.headers["content-security-policy"]
    assert "script-src 'self'" in reply.headers["content-security-policy"]
    assert not re.search(r"<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=", reply.text)
    assert '<html lang="de"' in reply.text
    assert portal.get("/embed/entity", params={"id": "https://example.org/none"}).status_code == 404
    assert "frame-ancestors 'none'" in portal.get("/reconcile").headers["content-security-policy"]


def test_what_is_wrong_is_told_as_json(portal: Served) -> None:
    address = portal.address + "/reconcile"
    for reply, status in (
        (httpx.post(address, data={"queries": "{"}), 400),
        (httpx.post(address, data={"nothing": "x"}), 400),
        (httpx.post(address, json={"queries": {}}), 415),
        (httpx.post(address, data={"queries": json.dumps({str(number): {"query": "x"} for number in range(101)})}), 413),
        (httpx.get(address, params={"queries": "nonsense"}), 400),
        (httpx.get(address, params={"callback": "x"}), 400),
        (httpx.post(address, data={"queries": "x" * 2_000_000}), 413),
    ):
        assert reply.status_code == status
        assert reply.headers["content-type"].startswith("application/json")
        assert reply.headers["access-control-allow-origin"] == "*"
        assert set(reply.json()) >= {"error", "fix", "status"}
    assert httpx.put(address).status_code == 405
    allowed = httpx.options(address, headers={"Origin": "https://x.example", "Access-Control-Request-Method": "POST"})
    assert "POST" in allowed.headers["access-control-allow-methods"]
