"""What goes through the pages: variables last, ports are free ones, servers end when they should, missing programs are said."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import psutil
import pytest

from tests.docs.pages import Block, Run, blocks, free_port, missing, ports

SERVER = "python -m http.server --bind 127.0.0.1 18765 &"
WAIT = "timeout 30 bash -c 'until curl -s -o /dev/null http://127.0.0.1:18765/; do sleep 0.1; done'"


def bash(text: str) -> Block:
    return Block("bash", text, 1)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(tmp_path, {"18765": free_port()})


def test_variables_last_and_end(run: Run) -> None:
    run.block(bash('export COLOUR=\'two words\' SHADE=dark\necho "$COLOUR $SHADE"\nunset SHADE\necho "<${SHADE:-none}>"\n'))
    assert run.printed == "two words dark\n<none>\n"
    run.block(bash('LOCAL=1\necho "<${LOCAL:-none}>"\n'))
    assert run.printed == "<none>\n", "a variable that is not exported ends with its line"
    run.end()


def test_ports_move_in_commands_and_files_and_back_in_what_is_shown(run: Run) -> None:
    port = run.ports["18765"]
    run.block(Block("ini", "Port = 127.0.0.1:18765\nOther = 187650\n", 1, file="a/b.ini"))
    run.block(bash("cat a/b.ini\n"))
    assert run.printed == f"Port = 127.0.0.1:{port}\nOther = 187650\n"
    run.compare(Block("text", "Port = 127.0.0.1:18765\nOther = 187650\n", 1))
    run.end()


def test_a_server_ends_when_the_page_says_so_and_at_its_end(run: Run) -> None:
    run.block(bash(f"{SERVER}\n{WAIT}\n"))
    first = psutil.Process(run.servers[0].pid)
    assert first.is_running()
    run.block(bash("kill %1\n"))
    assert run.servers[0].poll() is not None
    run.block(bash(f"mkdir -p site && echo hello > site/x\ncd site\n{SERVER}\n{WAIT}\ncurl -s http://127.0.0.1:18765/x\n"))
    assert run.printed == "hello\n"
    run.end()
    assert all(server.poll() is not None for server in run.servers)


def test_what_a_server_has_begun_ends_with_it(run: Run) -> None:
    """A worker of a cluster begins processes of its own."""
    run.block(Block("sh", "sleep 300 & echo $! > child\nwait\n", 1, file="parent.sh"))
    run.block(bash("bash parent.sh &\ntimeout 20 bash -c 'until [ -s child ]; do sleep 0.1; done'\n"))
    child = int((run.folder / "child").read_text())
    assert psutil.pid_exists(child)
    run.end()
    for _ in range(50):
        if not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE:
            break
        time.sleep(0.1)
    else:
        pytest.fail("it goes on")


def test_a_wrong_end_is_an_error(run: Run) -> None:
    with pytest.raises(AssertionError, match="ends with 3, not with 0"):
        run.block(bash("(exit 3)\n"))
    run.block(bash("(exit 3)  # exit code 3\n"))
    run.ports.clear()
    with pytest.raises(AssertionError, match="names its port"):
        run.block(bash("sleep 100 &\n"))
    run.end()


def test_markers() -> None:
    page = "<!-- needs: no-such-program (apt-get install this) -->\n<!-- ports: 1234, 5678 -->\n"
    assert missing(page) == "needs no-such-program: apt-get install this"
    assert missing("<!-- needs: bash (it is there) -->\n<!-- needs: python:json (it is there) -->") == ""
    assert ports(page) == ["1234", "5678"]


def test_pages_of_servers_name_their_programs() -> None:
    """With the command that brings them: without the program a page is skipped, and says so."""
    root = Path(__file__).resolve().parents[2]
    for name, program in (("sparql-server", "virtuoso-t (apt-get install"), ("cluster", "java (apt-get install")):
        text = (root / "docs" / "how-to" / f"{name}.md").read_text(encoding="utf-8")
        assert f"<!-- needs: {program}" in text
        assert any(block.runs for block in blocks(root / "docs" / "how-to" / f"{name}.md"))


def test_what_the_system_lacks_is_said() -> None:
    """`.ci/install-system` never fails: where it cannot install it says the command."""
    script = Path(__file__).resolve().parents[2] / ".ci" / "install-system"
    done = subprocess.run(["/bin/bash", str(script), "--check"], env={"PATH": "/nowhere"}, capture_output=True, text=True, check=True)
    assert "apt-get install --no-install-recommends chromium virtuoso-opensource-7-bin openjdk-17-jre-headless" in done.stderr
