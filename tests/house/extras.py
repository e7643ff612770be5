"""An interpreter that sees no package beyond those of chosen extras, as after a fresh `pip install 'innovation-kg[…]'`."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS: dict[str, list[str]] = PROJECT["optional-dependencies"]
KEPT = {"pip", "setuptools", "innovation-kg"}

# Absent modules are those that the import system does not find: `find_spec` gives None, `import` a ModuleNotFoundError, as where they were never installed.
HOOK = """
import importlib.machinery as machinery
HIDDEN = frozenset({hidden!r})
find = machinery.PathFinder.find_spec
machinery.PathFinder.find_spec = staticmethod(lambda name, path=None, target=None: None if name.partition(".")[0] in HIDDEN else find(name, path, target))
"""


def normalised(name: str) -> str:
    """Return the name of a distribution in its one spelling (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


@cache
def closure(*extras: str) -> frozenset[str]:
    """Return the distributions that an install with these extras brings, by what the installed ones say they require."""
    from packaging.requirements import Requirement

    left = [(Requirement(text), "") for text in PROJECT["dependencies"]]
    left += [(Requirement(text), "") for extra in extras for text in EXTRAS[extra]]
    seen: set[tuple[str, frozenset[str]]] = set()
    while left:
        requirement, extra = left.pop()
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": extra}):
            continue
        name = normalised(requirement.name)
        if (name, frozenset(requirement.extras)) in seen:
            continue
        seen.add((name, frozenset(requirement.extras)))
        if name == "innovation-kg":
            left += [(Requirement(text), "") for wanted in requirement.extras for text in EXTRAS[wanted]]
            continue
        try:
            said = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue
        left += [(Requirement(text), wanted) for wanted in ("", *requirement.extras) for text in said]
    return frozenset(name for name, _ in seen)


@cache
def hidden(*extras: str) -> tuple[str, ...]:
    """Return the top-level modules that no distribution of the closure brings."""
    kept = closure(*extras) | KEPT
    brought = metadata.packages_distributions()
    return tuple(sorted(module for module, names in brought.items() if module.isidentifier() and not {normalised(name) for name in names} & kept))


def environment(folder: Path, *extras: str) -> dict[str, str]:
    """Return the environment in which only these extras are there; a folder is needed for the hook."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sitecustomize.py").write_text(HOOK.format(hidden=hidden(*extras)), encoding="utf-8")
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)]), "KG_LANG": "en", "PYTHONDONTWRITEBYTECODE": "1"}


def kg(arguments: Sequence[str], cwd: Path, env: dict[str, str], code: int = 0) -> str:
    """Run `kg` and return what it prints, errors included; its exit code must be as expected, and there must be no traceback."""
    command = [sys.executable, "-m", "kg", *arguments]
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False, timeout=120)
    said = done.stdout + done.stderr
    assert done.returncode == code, said
    assert "Traceback" not in said
    return said
