"""`kg load` as people call it: on a real server, exit codes, what stands on which stream."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kg.cli import main
from tests.cli.test_cli import kg
from tests.load.builds import fake, graph, held, lines_of, numbered, write_build
from tests.servers import free_port, oxigraph


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_build(tmp_path / "build", [*numbered(250), *numbered(9, "two")])


def test_a_load_from_plan_to_comparison(root: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    store.mkdir()
    with oxigraph(store, writable=True) as server:
        call = ["load", "--to", server.graphs, "--build", str(root)]
        planned = kg(*call, "--dry-run", "--chunk", "100", cwd=tmp_path)
        assert (planned.returncode, planned.stderr) == (0, "")
        assert "259 statements in 2 graphs; 259 would be sent" in planned.stdout
        assert "would be sent" in planned.stdout.splitlines()[2]
        done = kg(*call, "--chunk", "100", cwd=tmp_path)
        assert (done.returncode, done.stderr) == (0, "")
        assert "The server holds the same: the counts of all these graphs, and 209 statements compared by value." in done.stdout
        assert held(server.graphs) == lines_of(numbered(250))
        german = kg(*call, "--lang", "de", cwd=tmp_path)
        assert german.returncode == 0
        assert "259 Aussagen in 2 Graphen; 0 gesendet" in german.stdout
        assert "schon da" in german.stdout
        write_build(root, numbered(251), "b2")
        looked = kg(*call, "--check", "--format", "json", cwd=tmp_path)
        found = json.loads(looked.stdout)
        assert looked.returncode == 1
        assert found["verified"] is False
        assert found["gone"] == [graph("two")]
        assert (found["graphs"][0]["check"]["expected"], found["graphs"][0]["check"]["counted"]) == (251, 250)
        pruned = kg(*call, "--prune", "--output", str(tmp_path / "report.txt"), cwd=tmp_path)
        assert (pruned.returncode, pruned.stdout) == (0, "")
        assert f"Removed from the server: {graph('two')}" in (tmp_path / "report.txt").read_text()


def test_not_compared_is_said(root: Path, tmp_path: Path) -> None:
    with fake() as server:
        done = kg("load", "--to", server.address, "--no-verify", "--build", str(root), cwd=tmp_path)
        assert done.returncode == 0
        assert "Not compared with the server." in done.stdout
        found = json.loads(kg("load", "--to", server.address, "--no-verify", "--format", "json", "--build", str(root), cwd=tmp_path).stdout)
        assert found["verified"] is None


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--to", "http://127.0.0.1:{port}/store"], "connection refused"),
        (["--to", "store"], "no address of a server"),
        (["--to", "http://127.0.0.1:1/store", "--graph", "three"], "There are: one, two"),
        (["--to", "http://127.0.0.1:1/store", "--format", "xml"], "text, json"),
        (["--to", "http://127.0.0.1:1/store", "--check", "--dry-run"], "contradict"),
        (["--to", "http://127.0.0.1:1/store", "--check", "--no-verify"], "contradict"),
        (["--to", "http://127.0.0.1:1/store", "--chunk", "0"], "chunk"),
        (["--to", "http://127.0.0.1:1/store", "--build", "nowhere"], "no graph yet"),
    ],
)
def test_mistakes_are_one_line(
    root: Path, tmp_path: Path, arguments: list[str], words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [one.format(port=free_port()) for one in arguments]
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KG_LANG", "en")
    monkeypatch.setattr("sys.argv", ["kg", "load", *given, *([] if "--build" in given else ["--build", str(root)])])
    with pytest.raises(SystemExit) as ended:
        main()
    told = capsys.readouterr()
    assert ended.value.code == 2
    assert words in told.err
    assert "Traceback" not in told.err
    assert told.out == ""


def test_files_for_the_bulk_loader(root: Path, tmp_path: Path) -> None:
    done = kg("load", "--to", "http://127.0.0.1:1/x", "--script", "bulk", "--build", str(root), "--lang", "de", cwd=tmp_path)
    assert done.returncode == 0
    assert f"SQL> LOAD {tmp_path / 'bulk' / 'load.sql'};" in done.stdout
    assert sorted(path.name for path in (tmp_path / "bulk").iterdir()) == ["load.sql", "one.nt.gz", "two.nt.gz"]
    text = (tmp_path / "bulk" / "load.sql").read_text()
    assert f"ld_dir('{tmp_path / 'bulk'}', 'one.nt.gz', '{graph('one')}');" in text


def test_credentials_are_never_printed(root: Path, tmp_path: Path) -> None:
    environment = {"KG_STORE_AUTH": "basic", "KG_STORE_USER": "someone", "KG_STORE_PASSWORD": "very-secret"}
    with fake(lambda request: (401, {}, request.headers.get("Authorization", "").encode())) as server:
        done = kg("load", "--to", server.address, "--build", str(root), cwd=tmp_path, env=environment)
        assert done.returncode == 2
        assert "KG_STORE_PASSWORD" in done.stderr
        for secret in ("very-secret", "c29tZW9uZTp2ZXJ5LXNlY3JldA"):
            assert secret not in done.stdout + done.stderr
            assert not [path for path in (root / "loads").iterdir() if secret in path.read_text()]
