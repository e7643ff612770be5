"""Imports point down (docs/decisions/0002-modules.md), and heavy ones wait until they are needed."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LAYERS = [
    ("kg.errors", "kg.resources"),
    ("kg.namespaces",),
    ("kg.identifiers", "kg.files", "kg.cells", "kg.archives"),
    ("kg.config",),
    ("kg.quads", "kg.headers", "kg.grammar"),
    ("kg.engine", "kg.store", "kg.terminal"),
    ("kg.sources", "kg.link"),
    ("kg.results",),
    ("kg.questions",),
    ("kg.infer",),
    ("kg.search",),
    ("kg.build", "kg.init"),
    ("kg.mirror",),
    ("kg.analyse", "kg.validate"),
    ("kg.publish", "kg.graph", "kg.fix", "kg.sheet", "kg.why", "kg.duplicates", "kg.diff", "kg.enrich", "kg.terms"),
    ("kg.release", "kg.load", "kg.batch"),
    ("kg.preflight",),
    ("kg.portal",),
    ("kg.site",),
    ("kg.cli",),
]
HEAVY = (
    "pyshacl",
    "rdflib",
    "networkx",
    "ibis",
    "duckdb",
    "pandas",
    "pyarrow",
    "scipy",
    "matplotlib",
    "igraph",
    "numpy",
    "SPARQLWrapper",
    "jinja2",
    "pyspark",
)


def layer(module: str) -> int:
    for number, names in enumerate(LAYERS):
        if any(module == name or module.startswith(name + ".") for name in names):
            return number
    raise AssertionError(f"{module} has no layer: add it to LAYERS and to docs/decisions/0002-modules.md")


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "kg":
            found |= {f"kg.{a.name}" if node.module == "kg" else node.module for a in node.names if node.module != "kg" or a.name.islower()}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name.startswith("kg.")}
    return found


MODULES = sorted(path for path in (ROOT / "kg").rglob("*.py") if "_share" not in path.parts)


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_imports_point_down(path: Path) -> None:
    module = module_name(path)
    if module in ("kg", "kg.__main__"):
        return
    for target in imports(path) - {"kg.__version__"}:
        same_folder = (
            target == module or (module.split(".")[:2] == target.split(".")[:2] and target.count(".") > 1) or module.startswith(target + ".")
        )
        assert same_folder or layer(target) < layer(module), f"{module} imports {target}, which does not lie below it"


def test_help_imports_nothing_heavy() -> None:
    code = "import sys, kg.cli; print(' '.join(m for m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=ROOT)
    assert not set(done.stdout.split()) & set(HEAVY)
