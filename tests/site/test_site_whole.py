"""A site is written whole or not at all, the same in every run, with the releases that there are."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from kg.build import Build, build
from kg.errors import BuildError
from kg.site import checked_address, site
from tests.site.conftest import ADDRESS, Read, broken

ROOT = Path(__file__).resolve().parents[2]


def test_releases_have_pages_files_and_a_feed(tables: Path, tmp_path: Path) -> None:
    from kg.release import release

    root = tmp_path / "build"
    made = build([tables], root)
    release(made, "2026.1", root, issued="2026-01-31", with_violations=True)
    release(made, "2026.2", root, issued="2026-02-28", with_violations=True)
    with pytest.raises(BuildError, match=r"2026\.9"):
        site(made, tmp_path / "site", address=ADDRESS, release="2026.9", root=root)
    read = Read(site(made, tmp_path / "site", address=ADDRESS, root=root), made)
    assert broken(read) == {}
    for version in ("2026.1", "2026.2"):
        manifest = json.loads(read.text(f"releases/{version}/manifest.json"))
        assert manifest["version"] == version
        assert all(f"releases/{version}/{entry['name']}" in read.files for entry in manifest["files"] if entry["bytes"] <= 1_000_000)
        assert f"Release {version}" in "".join(read.pages[f"releases/{version}/index.de.html"].text)
    feed = ElementTree.fromstring(read.text("releases/feed.atom"))
    assert len(feed.findall("{http://www.w3.org/2005/Atom}entry")) == 2
    assert "releases/latest/(.+)$ %{ENV:ROOT}releases/2026.2/$1" in read.text(".htaccess")
    assert "releases/2026.2" in read.text("catalog.ttl")


def digest(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_same_graph_gives_the_same_bytes(small: Build, hostile: Read, tmp_path: Path) -> None:
    code = "import sys; from pathlib import Path; from kg.build import current; from kg.site import site; site(current(Path(sys.argv[1])), Path(sys.argv[2]), address=sys.argv[3])"
    command = [sys.executable, "-c", code, str(small.path.parents[1]), str(tmp_path / "again"), ADDRESS]
    subprocess.run(command, check=True, env={**os.environ, "PYTHONHASHSEED": "7", "TZ": "Pacific/Apia"}, cwd=ROOT, timeout=200)
    assert digest(tmp_path / "again") == digest(hostile.path)


def test_a_folder_with_other_files_is_refused(small: Build, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(BuildError, match=r"letter\.txt"):
        site(small, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_failed_run_leaves_the_site_that_was_there(small: Build, hostile: Read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "site"
    shutil.copytree(hostile.path, target)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("kg.site.catalog.write_data", full)
    with pytest.raises(BuildError, match="full"):
        site(small, target)
    assert digest(target) == digest(hostile.path)
    assert [path.name for path in tmp_path.iterdir()] == ["site"], "nothing is left beside it"


def test_an_error_of_the_process_beside_arrives(small: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device", "list/place.html")

    monkeypatch.setattr("kg.site.writing.write_lists", full)
    with pytest.raises(BuildError, match="full"):
        site(small, tmp_path / "site")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "address",
    ["ftp://x.org", "example.org", "https://", "https://x.org/?a=1", "https://x.org/#a", "https://x.org/a b", 'https://x.org/"', "https://x.org/\n"],
)
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(BuildError, match="no address"):
        checked_address(address)


def test_an_address_ends_with_a_slash() -> None:
    assert checked_address("https://example.org/graph") == checked_address("https://example.org/graph/") == "https://example.org/graph/"


def test_the_command(small: Build, tmp_path: Path) -> None:
    root = str(small.path.parents[1])
    target = tmp_path / "s"
    command = [sys.executable, "-m", "kg", "publish", "--build", root, "--site", str(target), "--lang", "de"]
    target.mkdir()
    (target / "site.json").write_text('{"site": 1}')
    (target / "old.html").write_text("of a site before")
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=200, cwd=ROOT)
    assert "Website in" in done.stdout
    assert not (target / "old.html").exists()
    assert "Dinge mit Seiten" in done.stdout
    wrong = subprocess.run([*command[:6], "--base-url", "https://x.org/"], capture_output=True, text=True, timeout=60, cwd=ROOT)
    assert wrong.returncode == 2
    assert "--base-url" in wrong.stderr
