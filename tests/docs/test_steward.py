"""The chapter "The whole path" of the how-to for stewards, run as it stands: spreadsheet, finding, repair, build, difference."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("openpyxl", reason="the workbook needs pip install 'innovation-kg[tables]'")
ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "how-to-steward.md"


def chapter() -> str:
    return PAGE.read_text(encoding="utf-8").split("\n## The whole path\n", 1)[1].split("\n## ", 1)[0]


def run(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run one line of the page; `kg` is that of this interpreter."""
    command = line.split("  #")[0].split()
    words = [sys.executable, "-m", "kg", *command[1:]] if command[0] == "kg" else command
    return subprocess.run(words, check=False, capture_output=True, text=True, cwd=folder, timeout=300, env={"PATH": "/usr/bin:/bin", "KG_LANG": "en"})


def test_the_whole_path_runs_as_it_is_written(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "data" / "dortmund", tmp_path / "data" / "dortmund")
    shown = ""
    for kind, text in re.findall(r"^```(\w+)\n(.*?)^```$", chapter(), re.MULTILINE | re.DOTALL):
        if kind == "python":
            subprocess.run([sys.executable, "-c", text], check=True, cwd=tmp_path)
        elif kind == "sh":
            shown = ""
            for line in text.splitlines():
                expected = re.search(r"# exit code (\d)", line)
                done = run(line, tmp_path)
                shown += done.stdout + done.stderr
                assert done.returncode == int(expected[1] if expected else 0), f"{line}\n{shown}"
                assert "Traceback" not in shown
        else:
            if "changes.md" in chapter().split(text)[0].rsplit("```sh", 1)[-1]:
                shown += (tmp_path / "changes.md").read_text(encoding="utf-8")
            for line in text.splitlines():
                # An ellipsis stands for what is left out.
                for part in line.split("…"):
                    assert part.strip() in shown, f"{part!r} is not in\n{shown}"
    original = (ROOT / "data" / "dortmund" / "entities.csv").read_bytes()
    assert (tmp_path / "my-tables" / "entities.csv").read_bytes() == original.replace(
        b",2020-06-01,2024-05-31,https://www.t-factor.eu", b",2020-06-01,2024-06-30,https://www.t-factor.eu"
    )
    for name in ("relations.csv", "sources.csv", "decisions.csv"):
        assert (tmp_path / "my-tables" / name).read_bytes() == (ROOT / "data" / "dortmund" / name).read_bytes()
