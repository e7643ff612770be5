"""Documents say what is: generated pages are current, links lead somewhere, every command and question is described."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kg.cli.base import ORDER
from kg.questions import load_questions

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md"), *(ROOT / "data").rglob("*.md")])
COMMANDS = (
    *("init", "build", "validate", "fix", "why", "diff", "export-sheet", "import-sheet", "duplicates", "enrich"),
    *("ask", "query", "analyse", "profile", "compare", "codebook", "publish", "release", "preflight", "serve"),
    *("store info", "load", "batch"),
)


def test_generated_pages_are_current() -> None:
    done = subprocess.run([sys.executable, "docs/generate.py", "--check"], check=False, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```|`[^`\n]+`", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text):
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


def shown_calls(text: str) -> list[str]:
    """Return the calls of `kg` in a page: lines of code, and code in the text.

    >>> shown_calls("`kg ask --lang de`\\n    kg build  # x\\nThe kg is no call.")
    ['kg ask --lang de', 'kg build ']
    """
    return [
        re.split(r"\s#|[|&<>]|…", found, maxsplit=1)[0]
        for found in re.findall(r"^(?:\$ )?\s*(kg [^\n]*)$|`(kg [^`]+)`", text, re.MULTILINE)
        for found in found
        if found
    ]


@pytest.mark.parametrize(
    "page", [page for page in PAGES if page.name != "CHANGELOG.md" and "decisions" not in page.parts], ids=lambda page: str(page.relative_to(ROOT))
)
def test_commands_and_options_exist(page: Path) -> None:
    """Also of those commands that stand in the text, and that nobody runs."""
    import typer

    from kg.cli import app

    known: Any = typer.main.get_command(app)
    questions = {question.name for question in load_questions()}
    own = set(re.findall(r"<!-- file: queries/ask/(.+?)\.rq -->", page.read_text(encoding="utf-8")))
    for call in shown_calls(page.read_text(encoding="utf-8")):
        words = call.split()[1:]
        if not words or not re.fullmatch(r"[a-z][a-z-]+", words[0]):
            continue
        assert words[0] in ORDER, f"kg {words[0]}"
        command = known.commands[words[0]]
        if hasattr(command, "commands"):
            assert words[1] in command.commands, call
            command = command.commands[words[1]]
        options = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
        name = words[1] if len(words) > 1 else ""
        if words[0] == "ask":  # its options are the parameters of the question, which the command itself checks
            assert name in questions | own or not re.fullmatch(r"[a-z][a-z-]+", name), call
            continue
        for word in words[1:]:
            option = re.match(r"--?[a-z][a-z-]*", word)
            assert option is None or option[0] in options or option[0] in ("--help", "-h"), f"{call}: {option[0]}"


def test_named_documents_exist() -> None:
    """Files that are named anywhere, in code, tests, tables and pages."""
    for folder in ("kg", "tests", "data", "deploy", "docs", "benchmarks", "ontology", "queries"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".py", ".md", ".toml", ".ttl", ".yml", ".rq") and "node_modules" not in path.parts and path != Path(__file__):
                for name in re.findall(r"(?<![\w/.:-])docs/[\w/-]+\.(?:md|R|yml|ipynb|py)\b", path.read_text(encoding="utf-8")):
                    assert (ROOT / name).is_file(), f"{path.relative_to(ROOT)}: {name}"


def test_no_path_of_this_machine_and_no_index_host() -> None:
    listed = subprocess.run(["git", "ls-files"], check=False, capture_output=True, text=True, cwd=ROOT)
    if listed.returncode:
        pytest.skip("not a git checkout")
    for name in listed.stdout.split():
        path = ROOT / name
        if path.suffix in (".py", ".md", ".toml", ".cff", ".ttl", ".rq", ".yml", ".json", ".js", ".css") and path != Path(__file__):
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"/(?:root|work|home/\w+)/", text), name
            assert "pypi.org" not in text, name
