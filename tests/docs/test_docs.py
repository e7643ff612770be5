"""Documents say what is: generated pages are current, links lead somewhere, every command and question is described."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from kg.cli.base import ORDER
from kg.questions import load_questions

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md"), *(ROOT / "data").rglob("*.md")])
COMMANDS = (
    *("init", "build", "validate", "fix", "why", "diff", "export-sheet", "import-sheet", "duplicates", "enrich"),
    *("ask", "query", "analyse", "profile", "compare", "codebook", "publish", "serve"),
)


def test_generated_pages_are_current() -> None:
    done = subprocess.run([sys.executable, "docs/generate.py", "--check"], check=False, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if not target.startswith(("http://", "https://", "mailto:")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_command_is_described() -> None:
    readme, commands = (ROOT / "README.md").read_text(encoding="utf-8"), (ROOT / "docs" / "reference" / "commands.md").read_text(encoding="utf-8")
    for command in COMMANDS:
        assert f"kg {command}" in readme
        assert f"## kg {command}\n" in commands


def test_every_question_is_described() -> None:
    text = (ROOT / "docs" / "reference" / "questions.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == [question.name for question in load_questions()]


def test_commands_in_documents_exist() -> None:
    questions = {question.name for question in load_questions()}
    for page in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        text = page.read_text(encoding="utf-8")
        for verb in re.findall(r"^\$? ?kg ([\w-]+)", text, re.MULTILINE):
            assert verb in ORDER, f"{page.name}: kg {verb}"
        for name in re.findall(r"kg ask ([a-z-]+)(?= )", text):
            assert name in questions or name == "", f"{page.name}: kg ask {name}"


def test_no_path_of_this_machine_and_no_index_host() -> None:
    listed = subprocess.run(["git", "ls-files"], check=False, capture_output=True, text=True, cwd=ROOT)
    if listed.returncode:
        pytest.skip("not a git checkout")
    for name in listed.stdout.split():
        path = ROOT / name
        if path.suffix in (".py", ".md", ".toml", ".cff", ".ttl", ".rq", ".yml") and path != Path(__file__):
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"/(?:root|work|home/\w+)/", text), name
            assert "pypi.org" not in text, name
