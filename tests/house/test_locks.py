"""Lock files, bill of materials and labels say what they should, and nothing of the machine that made them."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from packaging.requirements import Requirement

import kg
from tests.house.extras import EXTRAS, PROJECT, ROOT, normalised

LOCKS = {name: ROOT / name for name in (".ci/requirements.lock", "deploy/requirements.lock")}


def entries(path: Path) -> list[tuple[Requirement, list[str]]]:
    """Return the packages of a lock file with their checksums."""
    blocks = re.split(r"\n(?=\S)", path.read_text(encoding="utf-8"))
    return [(Requirement(block.partition("\\")[0].strip()), re.findall(r"--hash=(\S+)", block)) for block in blocks]


@pytest.fixture(scope="module")
def sbom() -> ModuleType:
    """The script that writes the bill of materials."""
    spec = importlib.util.spec_from_file_location("sbom", ROOT / ".ci" / "sbom.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["sbom"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def bill(sbom: ModuleType) -> dict[str, Any]:
    """The bill of materials."""
    made: dict[str, Any] = sbom.document()
    return made


# --- lock files ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_pins_by_checksum_and_names_no_index_or_machine(name: str) -> None:
    text = LOCKS[name].read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"(?m)^\s*(--index|--extra-index|--find-links|-e\b|-f\b)| @ |file:|(?<!\S)/\w", text)
    for requirement, hashes in entries(LOCKS[name]):
        assert re.fullmatch(r"==[^*]+", str(requirement.specifier)), requirement
        assert hashes, requirement
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", one) for one in hashes), requirement


@pytest.mark.parametrize(("name", "extras"), [(".ci/requirements.lock", ["dev"]), ("deploy/requirements.lock", ["web", "metrics"])])
def test_a_lock_fits_the_ranges(name: str, extras: list[str]) -> None:
    locked: dict[str, list[str]] = {}
    for requirement, _ in entries(LOCKS[name]):
        locked.setdefault(normalised(requirement.name), []).append(str(requirement.specifier).removeprefix("=="))
    left = [*PROJECT["dependencies"], *(line for extra in extras for line in EXTRAS[extra])]
    while left:
        wanted = Requirement(left.pop())
        if wanted.name == "innovation-kg":
            left += [line for extra in wanted.extras for line in EXTRAS[extra]]
            continue
        versions = locked.get(normalised(wanted.name), [])
        assert versions, f"{wanted} is not locked: make lock"
        assert all(wanted.specifier.contains(version, prereleases=True) for version in versions), f"{wanted}, locked {versions}: make lock"


def test_the_image_gets_what_was_tested() -> None:
    tested = {(requirement.name, str(requirement.specifier)): hashes for requirement, hashes in entries(LOCKS[".ci/requirements.lock"])}
    for requirement, hashes in entries(LOCKS["deploy/requirements.lock"]):
        assert tested[requirement.name, str(requirement.specifier)] == hashes


def test_the_image_has_no_tools_of_development() -> None:
    names = {requirement.name for requirement, _ in entries(LOCKS["deploy/requirements.lock"])}
    assert not names & {"pytest", "mypy", "ruff", "playwright", "twine", "build", "hatchling", "matplotlib", "ipykernel", "httpx", "oxigraph"}


def test_the_lock_holds_what_builds_the_project_beside_it() -> None:
    # `--no-build-isolation -e .` of .ci/install: hatchling asks for editables.
    names = {requirement.name for requirement, _ in entries(LOCKS[".ci/requirements.lock"])}
    assert {"hatchling", "editables", "build", "twine"} <= names


def test_ci_installs_from_the_lock_and_users_from_the_ranges() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    rules = dict(re.findall(r"(?m)^(\$\(VENV\)/\.\w+):.*\n((?:\t.*\n)+)", makefile))
    assert ".ci/install" in rules["$(VENV)/.dev"]
    assert "lock" not in rules["$(VENV)/.run"]
    assert re.findall(r"(?m)^make (\w+)", (ROOT / ".ci" / "run").read_text(encoding="utf-8")) == ["check", "wheel", "test"]


FAKE = """#!/bin/sh
echo "$*" >> {log}
case "$*" in *--require-hashes*) {first};; esac
"""


@pytest.mark.parametrize(
    ("first", "code", "last"),
    [
        ("exit 0", 0, "--no-deps --no-build-isolation -e ."),
        ("echo 'ERROR: No matching distribution found for numpy==2.4.6' >&2; exit 1", 0, "-e .[dev]"),
        ("echo 'ERROR: THESE PACKAGES DO NOT MATCH THE HASHES' >&2; exit 1", 1, "--require-hashes -r .ci/requirements.lock"),
        (
            "echo 'No matching distribution found for a; THESE PACKAGES DO NOT MATCH THE HASHES' >&2; exit 1",
            1,
            "--require-hashes -r .ci/requirements.lock",
        ),
        ("echo 'ERROR: the disk is full' >&2; exit 1", 1, "--require-hashes -r .ci/requirements.lock"),
    ],
)
def test_only_a_version_that_is_not_there_opens_the_ranges(tmp_path: Path, first: str, code: int, last: str) -> None:
    python = tmp_path / "python"
    python.write_text(FAKE.format(log=tmp_path / "log", first=first), encoding="utf-8")
    python.chmod(0o755)
    done = subprocess.run([str(ROOT / ".ci" / "install"), str(python)], capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    assert (tmp_path / "log").read_text(encoding="utf-8").splitlines()[-1].endswith(last)
    assert code == 0 or done.stderr


# --- bill of materials --------------------------------------------------------------------------------------------------------


def test_the_bill_is_valid_cyclonedx(bill: dict[str, Any]) -> None:
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    validator = JsonStrictValidator(SchemaVersion.V1_6)
    assert validator.validate_str(json.dumps(bill)) is None
    assert validator.validate_str(json.dumps({**bill, "components": [{"name": "no type"}]})) is not None


def test_the_bill_names_every_package_of_the_image(bill: dict[str, Any], sbom: ModuleType) -> None:
    python = {(one["name"], one["version"]): one for one in bill["components"] if one.get("purl", "").startswith("pkg:pypi/")}
    expected = {
        (requirement.name, str(requirement.specifier)[2:]): hashes
        for requirement, hashes in entries(LOCKS["deploy/requirements.lock"])
        if requirement.marker is None or requirement.marker.evaluate(sbom.IMAGE)
    }
    assert set(python) == set(expected)
    for key, one in python.items():
        assert {f"sha256:{said['content']}" for said in one["externalReferences"][0]["hashes"]} == set(expected[key])
        if metadata.version(key[0]) == key[1]:
            assert one["licenses"], key
    assert {"starlette", "pyoxigraph", "uvloop"} <= {name for name, _ in python}
    assert "colorama" not in {name for name, _ in python}


def test_the_bill_names_the_bundled_scripts(bill: dict[str, Any]) -> None:
    manifest = json.loads((ROOT / "kg/portal/static/vendor/manifest.json").read_text(encoding="utf-8"))
    scripts = {one["purl"]: one for one in bill["components"] if one.get("purl", "").startswith("pkg:npm/")}
    assert len(scripts) == len(manifest["packages"])
    assert "pkg:npm/%40picocss/pico@" in " ".join(scripts)
    assert all(one["licenses"][0]["license"]["id"] for one in scripts.values())
    files = {one["name"]: one["hashes"][0]["content"] for one in bill["components"] if one["type"] == "file"}
    assert files == {f"kg/portal/static/{name}": said["sha256"] for name, said in manifest["files"].items()}


def test_every_component_hangs_from_the_project(bill: dict[str, Any]) -> None:
    needs = {one["ref"]: one.get("dependsOn", []) for one in bill["dependencies"]}
    refs = {one["bom-ref"] for one in bill["components"]}
    assert len(refs) == len(bill["components"])
    reached, left = set(), [bill["metadata"]["component"]["bom-ref"]]
    while left:
        for ref in needs[left.pop()]:
            if ref not in reached:
                reached.add(ref)
                left.append(ref)
    assert reached == refs


def test_the_bill_is_the_same_each_time(bill: dict[str, Any], tmp_path: Path) -> None:
    made = []
    for name in ("a.json", "b.json"):
        subprocess.run([sys.executable, str(ROOT / ".ci" / "sbom.py"), str(tmp_path / name)], check=True, cwd=tmp_path)
        made.append((tmp_path / name).read_bytes())
    assert made[0] == made[1]
    assert json.loads(made[0]) == bill
    assert bill["metadata"]["component"]["version"] == kg.__version__
    assert str(ROOT) not in made[0].decode()
