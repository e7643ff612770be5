"""Every command that a page shows runs, in the order of the page, and prints what the page says it prints (:mod:`tests.docs.pages`)."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.build import Build
from tests.docs.pages import BUILD, COMMANDS, DORTMUND, FENCE, ROOT, SHOWN, Run, all_pages, blocks, free_port, missing, ports

pytest.importorskip("openpyxl", reason="pages use workbooks: pip install 'innovation-kg[tables]'")
pytest.importorskip("uvicorn", reason="pages use kg serve: pip install 'innovation-kg[web]'")

PAGES = {str(page.relative_to(ROOT)): page for page in all_pages()}
RUN = [name for name, page in PAGES.items() if any(block.runs for block in blocks(page))]
PROGRAMS = ("curl", "wget")
"""Programs that pages use and that not every machine has."""
LEFT = [(name, block) for name, page in PAGES.items() for block in blocks(page) if block.reason]


@pytest.fixture
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A folder with a copy of the shipped tables, and with a build where the page begins with one."""
    shutil.copytree(ROOT / "data", tmp_path / "data")
    text = PAGES[request.node.callspec.params["name"]].read_text(encoding="utf-8")
    if BUILD in text or DORTMUND in text:
        built: Build = request.getfixturevalue("both" if BUILD in text else "graph")
        shutil.copytree(built.path.parent.parent, tmp_path / "build", symlinks=True)
    yield tmp_path
    shutil.rmtree(tmp_path, ignore_errors=True)


@pytest.mark.slow
@pytest.mark.parametrize("name", RUN)
def test_page_runs_as_it_is_written(name: str, folder: Path) -> None:
    text = "\n".join(block.text for block in blocks(PAGES[name]) if block.runs)
    for program in PROGRAMS:
        if re.search(rf"^{program} ", text, re.MULTILINE) and shutil.which(program) is None:
            pytest.skip(f"{program} is not installed: apt-get install {program}")
    page = PAGES[name].read_text(encoding="utf-8")
    if lacking := missing(page):
        pytest.skip(lacking)
    run, ran = Run(folder, {port: free_port() for port in ports(page)}), False
    try:
        for block in blocks(PAGES[name]):
            if block.runs or block.file:
                run.block(block)
                ran = block.runs
            elif block.kind in SHOWN and ran and not block.reason:
                run.compare(block)
            elif block.reason:
                ran = False
    finally:
        run.end()


@pytest.mark.parametrize("name", PAGES)
def test_no_command_hides_from_the_tests(name: str) -> None:
    """Commands stand in blocks that are run, or say why not; an indented fence would be overlooked."""
    text = PAGES[name].read_text(encoding="utf-8")
    for block in blocks(PAGES[name]):
        assert not block.hidden, f"{name}:{block.line}: mark the block as bash, or say why it is not run: {block.hidden}"
        assert not block.reason or len(block.reason) > 9, f"{name}:{block.line}: a reason in words"
    fences = re.findall(r"^[ \t]*```", text, re.MULTILINE)
    assert len(fences) == 2 * len(FENCE.findall(text)), f"{name}: a fence is indented or stays open"


@pytest.mark.parametrize(("name", "block"), LEFT, ids=lambda value: value if isinstance(value, str) else str(value.line))
def test_not_run(name: str, block) -> None:  # type: ignore[no-untyped-def]
    """The summary of the tests lists every block that is not run, with its reason."""
    if block.kind in COMMANDS:
        pytest.skip(f"{name}:{block.line}: {block.reason}")
