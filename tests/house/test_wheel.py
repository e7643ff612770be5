"""The built archives hold what they should and nothing else, are the same each time, and the wheel works by itself: from another folder, without the tree."""

from __future__ import annotations

import csv
import io
import os
import re
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DAY = 1_700_000_000
"""A day that is not today's, as seconds: it goes into the archives as the time of every file."""
LARGEST = 5 * 1024 * 1024
pytestmark = pytest.mark.skipif("KG_WHEEL_TRIED" in os.environ, reason="tried just before, by make wheel")


def built(target: Path, *kinds: str) -> Path:
    """Build archives into a folder, with the build backend of this environment."""
    command = [sys.executable, "-m", "build", "--no-isolation", *kinds, "--outdir", str(target), str(ROOT)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, env={**os.environ, "SOURCE_DATE_EPOCH": str(DAY)}, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return target


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist, and the wheel that is built from the sdist."""
    return built(tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def wheel(dist: Path) -> Path:
    """The wheel."""
    (found,) = dist.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def names(dist: Path, wheel: Path) -> dict[str, dict[str, int]]:
    """Names and sizes of the files of both archives, those of the sdist below its folder."""
    (sdist,) = dist.glob("*.tar.gz")
    with tarfile.open(sdist) as opened, zipfile.ZipFile(wheel) as archive:
        inside = {member.name.partition("/")[2]: member.size for member in opened.getmembers() if member.isfile()}
        return {"wheel": {one.filename: one.file_size for one in archive.infolist()}, "sdist": inside}


@pytest.fixture(scope="module")
def wheel_bin(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`bin` of a new virtual environment with the built wheel.

    Its dependencies are those of the running environment: a `.pth` line makes them importable, and since `.pth` files of a folder
    added that way are not read, an editable install of the source tree stays out of reach.
    """
    folder = tmp_path_factory.mktemp("wheel")
    environment = folder / "venv"
    venv.create(environment, with_pip=False)
    (site,) = environment.glob("lib/python*/site-packages")
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    install = [sys.executable, "-m", "pip", f"--python={environment / 'bin' / 'python'}", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*install, "--no-deps", "--force-reinstall", str(wheel)], check=True, cwd=folder)
    return environment / "bin"


# --- contents -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["wheel", "sdist"])
def test_nothing_is_in_it_that_does_not_belong(names: dict[str, dict[str, int]], kind: str) -> None:
    for name, size in names[kind].items():
        assert not re.search(r"(^|/)(__pycache__|node_modules|\.venv|\.git|\.hypothesis|\.(mypy|ruff|pytest)_cache)/", name), name
        assert not name.startswith(("build/", "dist/")), name
        assert not re.search(r"\.(pyc|so|orig|rej|swp|log)$|(^|/)\.env|~$", name), name
        assert size < LARGEST, name
    tops = {name.split("/")[0] for name in names["wheel"]}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"kg"}
    assert not [name for name in names["wheel"] if name.startswith("kg/portal/vendor/")]


@pytest.mark.parametrize(("source", "kind", "target"), [("ontology", "wheel", "kg/_share/ontology"), ("queries", "wheel", "kg/_share/queries")])
def test_ontology_and_queries_are_whole(names: dict[str, dict[str, int]], source: str, kind: str, target: str) -> None:
    files = [path.relative_to(ROOT / source).as_posix() for path in (ROOT / source).rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert {f"{target}/{name}" for name in files} == {name for name in names[kind] if name.startswith(target + "/")}
    assert {f"{source}/{name}" for name in files} <= set(names["sdist"])


@pytest.mark.parametrize("folder", ["kg/portal/templates", "kg/portal/static", "kg/site", "kg/terms", "kg/release", "kg/preflight", "kg/analyse"])
def test_templates_and_static_files_are_there(names: dict[str, dict[str, int]], folder: str) -> None:
    files = {path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob("*") if path.is_file() and path.suffix not in (".pyc", "")}
    assert files
    assert files <= set(names["wheel"])
    assert files <= set(names["sdist"])


def test_data_and_licences_are_there(names: dict[str, dict[str, int]]) -> None:
    for name in ("dortmund/settings.toml", "dortmund/relations.csv", "cordis-dortmund/project.csv", "reference/countries.csv"):
        assert f"kg/_share/data/{name}" in names["wheel"]
        assert f"data/{name}" in names["sdist"]
    (info,) = {name.split("/")[0] for name in names["wheel"] if ".dist-info/" in name}
    texts = {path.relative_to(ROOT).as_posix() for path in (ROOT / "kg/portal/static/vendor/licences").iterdir()}
    assert {f"{info}/licenses/{name}" for name in ("LICENSE", "LICENSE-DATA", *texts)} <= set(names["wheel"])
    assert {"LICENSE", "LICENSE-DATA", "CHANGELOG.md", "CITATION.cff", "Makefile", "pyproject.toml"} <= set(names["sdist"])


def test_the_sdist_holds_what_its_tests_need(names: dict[str, dict[str, int]]) -> None:
    needed = {
        ".ci/run",
        ".ci/install",
        ".ci/sbom.py",
        ".ci/requirements.lock",
        "deploy/Containerfile",
        "deploy/requirements.lock",
        "tests/conftest.py",
    }
    assert needed <= set(names["sdist"])


def test_the_record_names_every_file_of_the_wheel(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (record,) = [name for name in archive.namelist() if name.endswith(".dist-info/RECORD")]
        rows = {row[0]: row[1] for row in csv.reader(io.StringIO(archive.read(record).decode()))}
        assert set(rows) == set(archive.namelist())
        assert all(value.startswith("sha256=") for name, value in rows.items() if name != record)


def test_both_are_fit_for_the_index(dist: Path) -> None:
    archives = sorted(map(str, dist.iterdir()))
    assert len(archives) == 2
    done = subprocess.run([sys.executable, "-m", "twine", "check", "--strict", *archives], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_same_sources_give_the_same_bytes(dist: Path, wheel: Path, tmp_path: Path) -> None:
    # The first wheel was made from the sdist, this one from the tree: the sdist lacks nothing of it either.
    again = built(tmp_path / "again", "--wheel", "--sdist")
    assert {path.name for path in again.iterdir()} == {path.name for path in dist.iterdir()}
    for path in dist.iterdir():
        assert (again / path.name).read_bytes() == path.read_bytes(), path.name
    with zipfile.ZipFile(wheel) as archive:
        assert {one.date_time[:3] for one in archive.infolist()} == {(2023, 11, 14)}


# --- the job --------------------------------------------------------------------------------------------------------------------


def run(wheel_bin: Path, cwd: Path, *arguments: str) -> str:
    done = subprocess.run(
        [str(wheel_bin / "kg"), *arguments], check=False, capture_output=True, text=True, cwd=cwd, env={"PATH": "/usr/bin:/bin", "KG_LANG": "en"}
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_nothing_comes_from_the_source_tree(wheel_bin: Path, tmp_path: Path) -> None:
    code = "import sys, kg, kg.resources as r; print(kg.__file__); print(r.root()); print('\\n'.join(sys.path))"
    done = subprocess.run([str(wheel_bin / "python"), "-c", code], check=True, capture_output=True, text=True, cwd=tmp_path)
    environment = str(wheel_bin.parent)
    package, resources, *search = done.stdout.splitlines()
    assert package.startswith(environment)
    assert resources.startswith(environment)
    assert not [path for path in search if Path(path or tmp_path).resolve() == ROOT]


def test_the_whole_job_from_another_folder(wheel_bin: Path, tmp_path: Path) -> None:
    assert "Project" in run(wheel_bin, tmp_path, "build")
    run(wheel_bin, tmp_path, "validate")
    assert "role-across-projects" in run(wheel_bin, tmp_path, "ask")
    assert "T-Factor" in run(wheel_bin, tmp_path, "ask", "role-across-projects", "--institution", "sozialforschungsstelle")
    assert "27" in run(wheel_bin, tmp_path, "profile", "sozialforschungsstelle")
    run(wheel_bin, tmp_path, "publish")
    assert (tmp_path / "build" / "publish" / "manifest.json").is_file()
    run(wheel_bin, tmp_path, "release", "2026.11")
    assert (tmp_path / "build" / "release" / "2026.11" / "catalog.ttl").is_file()
    assert '"2026.11"' in run(wheel_bin, tmp_path, "preflight", "--fail-on", "never", "--format", "json")


def test_another_city(wheel_bin: Path, tmp_path: Path) -> None:
    run(wheel_bin, tmp_path, "init", "my-city")
    city = tmp_path / "my-city"
    run(wheel_bin, city, "validate", ".")
    assert "my-city" in run(wheel_bin, city, "build")
    run(wheel_bin, city, "validate")
    assert "River Lab" in run(wheel_bin, city, "ask", "role-across-projects", "--institution", "example-university")
    run(wheel_bin, city, "profile", "example-university")
    run(wheel_bin, city, "analyse")
    run(wheel_bin, city, "publish")
    assert "https://example.org/my-city/" in (city / "build" / "publish" / "my-city.nq").read_text(encoding="utf-8")
