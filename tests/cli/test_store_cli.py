"""`kg store info` and `--store` as people call them: whole processes, exit codes, streams, both languages."""

from __future__ import annotations

import json
from pathlib import Path

import pyoxigraph as ox
import pytest

from tests.cli.test_cli import kg
from tests.servers import free_port, oxigraph
from tests.store.bad_server import Reply, serving

G = "http://example.org/graph/one"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("cli") / "store"
    store = ox.Store(str(made))
    for number in range(3):
        thing = ox.NamedNode(f"http://example.org/{number}")
        store.add(
            ox.Quad(thing, ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"), ox.NamedNode("http://example.org/T"), ox.NamedNode(G))
        )
    store.flush()
    return made


def test_a_folder(folder: Path, tmp_path: Path) -> None:
    done = kg("store", "info", "--build", str(folder), cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "3 in 1 named graphs" in done.stdout
    assert "SERVICE (federated queries), updates" in done.stdout
    german = kg("store", "info", "--build", str(folder), "--lang", "de", cwd=tmp_path)
    assert "3 in 1 benannten Graphen" in german.stdout
    assert "yes" not in german.stdout.split()
    for lang in ("en", "de"):
        assert kg("store", "info", "--help", cwd=tmp_path, lang=lang).returncode == 0


def test_a_server_in_json_and_to_a_file(folder: Path, tmp_path: Path) -> None:
    with oxigraph(folder) as server:
        done = kg("store", "info", "--format", "json", "--output", "info.json", cwd=tmp_path, env={"KG_STORE": server.query})
        assert done.returncode == 0, done.stderr
        found = json.loads((tmp_path / "info.json").read_text(encoding="utf-8"))
        assert found["location"] == server.query
        assert found["graphs"] == {G: 3}
        assert found["features"]["property-paths"] == "yes"
        assert found["graph_store"] == server.graphs
        assert found["errors"] == {}
        # What the command line says comes before the environment, and --store before --build.
        here = kg("store", "info", "--build", str(folder), cwd=tmp_path, env={"KG_STORE": server.query})
        assert "pyoxigraph" in here.stdout
        there = kg("store", "info", "--build", str(folder), "--store", server.query, cwd=tmp_path, env={"KG_STORE": "http://127.0.0.1:1/"})
        assert "Oxigraph/" in there.stdout


def test_a_users_mistake_is_one_line(tmp_path: Path) -> None:
    info, query = ("store", "info"), ("query", "ASK {}")
    with serving(Reply(body=b"<html>", kind="text/html")) as page, serving(Reply(401)) as locked:
        for command, address, said, gesagt in (
            (info, f"http://127.0.0.1:{free_port()}/sparql", "connection refused", "Verbindung abgelehnt"),
            (query, page.address, "answers with a web page", "antwortet mit einer Webseite"),
            (info, locked.address, "Set KG_STORE_AUTH", "Setzen Sie KG_STORE_AUTH"),
            (query, "https://me:secret99@host.example/sparql", "set KG_STORE_AUTH", "setzen Sie KG_STORE_AUTH"),
            (info, "ftp://host.example/", "no address of a server", "keine Adresse eines Servers"),
            (info, str(tmp_path / "nowhere"), "There is no graph yet", "noch keinen Graphen"),
        ):
            for lang, text in (("en", said), ("de", gesagt)):
                done = kg(*command, "--store", address, cwd=tmp_path, lang=lang)
                assert (done.returncode, done.stdout) == (2, "")
                assert text in done.stderr
                assert len(done.stderr.splitlines()) == 1
                assert "secret99" not in done.stderr


def test_no_such_form(tmp_path: Path) -> None:
    assert kg("store", "info", "--format", "xml", cwd=tmp_path).returncode == 2


def test_secrets_stay_out_of_sight(tmp_path: Path) -> None:
    secrets = {"KG_STORE_AUTH": "basic", "KG_STORE_USER": "me", "KG_STORE_PASSWORD": "secret99"}
    with serving(lambda seen: Reply(500, seen.headers["authorization"].encode() + b" secret99", "text/plain")) as server:
        done = kg("store", "info", "--store", server.address, cwd=tmp_path, env=secrets)
    assert done.returncode == 2
    assert "answers with an error" in done.stderr
    assert "secret99" not in done.stderr
    assert "Basic bWU" not in done.stderr
    assert server.seen[0].headers["authorization"].startswith("Basic ")
