"""Pages of the documentation as a reader would go through them: what of their blocks is run, and how.

A page is Markdown; its fenced blocks mean:

    bash, sh, console   commands, run line by line in one folder per page; `# exit code 1` at the end of a line says which code is right
    python              run as a script in that folder
    text                after a block that ran: its lines must occur in what that block printed, in order; `…` stands for what is left out
    others              shown, not run

A comment on the line before a block changes that:

    <!-- not run: reason -->   the block is not run, and the tests list it with its reason
    <!-- file: name -->        the block is the content of a file that the commands after it use
    <!-- starts with a build --> anywhere: the folder holds the build that `kg build` makes of the shipped tables
    <!-- starts with a build of data/dortmund --> the same for `kg build --source data/dortmund`, which is half the work
    <!-- needs: program (how to get it) --> anywhere: without the program, or the module `python:name`, the page is skipped, with how to get it
    <!-- ports: 18890, 17077 --> anywhere: each of these ports becomes a free one, in commands and files alike
"""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from tests.servers import oxigraph_command

ROOT = Path(__file__).resolve().parents[2]
COMMANDS, SCRIPTS, SHOWN = ("bash", "sh", "shell", "console"), ("python",), ("text",)
FENCE = re.compile(r"^(?P<notes>(?:<!--[^\n]*-->\s*?\n+)*)```(?P<kind>[\w-]*)[^\n]*\n(?P<text>.*?)^```\s*?$", re.MULTILINE | re.DOTALL)
NEEDS = re.compile(r"<!-- needs: (?P<program>\S+) \((?P<how>[^\n]+)\) -->")
PORTS = re.compile(r"<!-- ports: (?P<ports>[\d, ]+) -->")
BUILD, DORTMUND = "<!-- starts with a build -->", "<!-- starts with a build of data/dortmund -->"
ELSEWHERE = ("make ", "apt-get ", "sudo apt-get ", "pip install ", "python -m pip ", ".ci/")
"""Beginnings of commands that set a machine up: those of Python are run by tests/house, those of the system by .ci/install-system."""
LONGEST = 400
"""Seconds that one command may take."""


def all_pages() -> list[Path]:
    """Return the README and every page below `docs`."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


@dataclass(frozen=True)
class Block:
    """A fenced block of a page.

    Attributes:
        kind: Its language.
        text: Its content.
        line: Line of its fence in the page.
        reason: Why it is not run, or empty.
        file: Name of the file it is the content of, or empty.
    """

    kind: str
    text: str
    line: int
    reason: str = ""
    file: str = ""

    @property
    def runs(self) -> bool:
        """Whether it is run."""
        return self.kind in (*COMMANDS, *SCRIPTS) and not self.reason and not self.file

    @property
    def hidden(self) -> str:
        """Return what looks like a command in a block that nobody runs."""
        known = (*COMMANDS, *SCRIPTS)
        if self.kind in known or self.reason or self.file:
            return ""
        return next((line for line in self.text.splitlines() if re.match(r"(?:\$ ?)?(?:kg|curl|python3?) \S", line)), "")


def blocks(page: Path) -> list[Block]:
    """Return the fenced blocks of a page."""
    text, found = page.read_text(encoding="utf-8"), []
    for match in FENCE.finditer(text):
        notes = match["notes"]
        reason, file = re.search(r"<!-- not run: (.+?) -->", notes), re.search(r"<!-- file: (.+?) -->", notes)
        line = text.count("\n", 0, match.start() + len(notes)) + 1
        found.append(Block(match["kind"], match["text"], line, reason[1] if reason else "", file[1] if file else ""))
    return found


def commands(text: str) -> list[str]:
    """Return the commands of a block: quotes that stay open and a backslash at the end lead on to the next line.

    >>> commands("kg ask a \\\\\\n  --b c\\n# only a remark\\nkg query 'SELECT\\n 1'")
    ['kg ask a \\\\\\n  --b c', "kg query 'SELECT\\n 1'"]
    """
    found, open_lines = [], ""
    for line in text.splitlines():
        open_lines = f"{open_lines}\n{line}" if open_lines else line
        try:
            words = shlex.split(open_lines, comments=True)
        except ValueError:
            continue
        if open_lines.endswith("\\"):
            continue
        if words:
            found.append(open_lines)
        open_lines = ""
    assert not open_lines, f"a quote stays open: {open_lines}"
    return found


def missing(text: str) -> str:
    """Return how to get the first program that a page needs and this machine does not have, or nothing.

    >>> missing("<!-- needs: no-such-program (apt-get install it) -->")
    'needs no-such-program: apt-get install it'
    >>> missing("<!-- needs: python:no_such_module (pip install it) -->")
    'needs no_such_module: pip install it'
    >>> missing("<!-- needs: python:json (it is there) -->")
    ''
    """
    for program, how in NEEDS.findall(text):
        module = program.removeprefix("python:")
        there = find_spec(module) if module != program else shutil.which(program) or (program == "oxigraph" and oxigraph_command())
        if not there:
            return f"needs {module}: {how}"
    return ""


def ports(text: str) -> list[str]:
    """Return the ports that a page says it uses.

    >>> ports("<!-- ports: 18890, 17077 -->")
    ['18890', '17077']
    """
    return [port for found in PORTS.findall(text) for port in re.findall(r"\d+", found)]


def free_port() -> str:
    """Return a port of loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def end_group(process: subprocess.Popen[str], seconds: float = 30) -> None:
    """End a process with all that it began; what does not go in this time is killed."""
    for number, wait in ((signal.SIGTERM, seconds), (signal.SIGKILL, 5)):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(wait)


@dataclass
class Run:
    """One page being gone through.

    Attributes:
        folder: Where it began.
        here: Where it is now.
        printed: What the last block printed.
        servers: `kg serve` and others that the page has begun.
        moves: Addresses as the page writes them, and where these servers really listen.
        ports: Ports as the page writes them, and the free ones in their place.
    """

    folder: Path
    ports: dict[str, str] = field(default_factory=dict)
    here: Path = field(init=False)
    printed: str = ""
    servers: list[subprocess.Popen[str]] = field(default_factory=list)
    moves: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.here = self.folder
        tools = self.folder / ".tools"
        tools.mkdir()
        calls = {"kg": f'"{sys.executable}" -m kg', "python": f'"{sys.executable}"', "oxigraph": oxigraph_command() or ""}
        for name, call in ((name, call) for name, call in calls.items() if call):
            (tools / name).write_text(f'#!/bin/sh\nexec {call} "$@"\n')
            (tools / name).chmod(0o755)
        kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH", "TMPDIR", "JAVA_TOOL_OPTIONS") if name in os.environ}
        self.environment = {
            **kept,
            "PATH": f"{tools}:/usr/local/bin:/usr/bin:/bin",
            "HOME": str(self.folder),
            "KG_LANG": "en",
            "PYTHONPATH": str(ROOT),
        }

    def block(self, block: Block) -> None:
        """Run a block, or hold what a block shows against what was printed.

        Raises:
            AssertionError: A command ends with another code than said, or a line shown was not printed.
        """
        if block.file:
            target = self.here / block.file
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(self.moved(block.text), encoding="utf-8")
        elif block.kind in SCRIPTS:
            self.printed = ""
            self.call([sys.executable, "-c", self.moved(block.text)], block.text, 0)
        else:
            self.printed = ""
            for line in commands(block.text):
                self.line(line.removeprefix("$ "))

    def line(self, line: str) -> None:
        """Run one command line."""
        code = re.search(r"#.*exit code (\d)", line)
        if re.match(r"kg serve\b", line):
            self.serve(line)
        elif line.endswith("&"):
            self.begin(line)
        elif re.match(r"kill( %\d+)+$", line):
            self.kill(int(number) for number in re.findall(r"%(\d+)", line))
        elif not line.startswith(ELSEWHERE):
            kept = f'{{ pwd; env -0 > "{self.folder}/.env"; }} > "{self.folder}/.here"'
            self.call(["bash", "-c", f"{self.moved(line)}\ncode=$?\n{kept}\nexit $code"], line, int(code[1]) if code else 0)
            self.here = Path((self.folder / ".here").read_text().strip())
            if re.match(r"(?:export|unset)\b", line):
                self.environment = dict(pair.split("=", 1) for pair in (self.folder / ".env").read_text().split("\0") if pair)

    def call(self, command: list[str], shown: str, code: int) -> None:
        """Run a program to its end; what it leaves behind ends with it."""
        process = subprocess.Popen(
            command, cwd=self.here, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
        )
        try:
            printed, _ = process.communicate(timeout=LONGEST)
        finally:
            end_group(process, 0.1)
        self.printed += printed
        assert process.returncode == code, f"{shown}\nends with {process.returncode}, not with {code}:\n{printed[-4000:]}"
        assert code == 3 or "Traceback (most recent" not in printed, printed[-4000:]

    def kill(self, numbers: Iterable[int]) -> None:
        """End servers by the number of their job, as a shell counts them."""
        for number in numbers:
            end_group(self.servers[number - 1])

    def serve(self, line: str) -> None:
        """Begin `kg serve` on a free port; it ends with the page."""
        words = [sys.executable, "-m", "kg", *shlex.split(line, comments=True)[1:], "--port", "0", "--workers", "1"]
        log = self.folder / ".serve.log"
        with log.open("w") as file:
            server = subprocess.Popen(
                words, cwd=self.here, env=self.environment, stdout=subprocess.PIPE, stderr=file, text=True, start_new_session=True
            )
        self.servers.append(server)
        assert server.stdout is not None
        address = server.stdout.readline().strip().rstrip("/")
        assert address, log.read_text()
        self.moves["http://127.0.0.1:8080"] = address
        self.wait(address)

    def begin(self, line: str) -> None:
        """Begin another server, whose line ends with `&`.

        The port it names becomes a free one. On a page that says its ports the page waits for its servers itself, as a reader must.
        """
        port = re.search(r"\b(?:8\d{3}|7878)\b", line)
        assert port or self.ports, f"a server names its port, or the page says its ports: {line}"
        if port and not self.ports:
            free = free_port()
            line = line.replace(port[0], free)
            self.moves[f"http://127.0.0.1:{port[0]}"] = f"http://127.0.0.1:{free}"
        call = line.rstrip("& ")
        # `cd FOLDER && SERVER`: the server takes the place of the shell all the same.
        folder, _, server = call.rpartition("&& ")
        with (self.folder / ".servers.log").open("a") as log:
            command = ["bash", "-c", self.moved(f"{folder}{'&& ' if folder else ''}exec {server}")]
            self.servers.append(
                subprocess.Popen(command, cwd=self.here, env=self.environment, stdout=log, stderr=log, text=True, start_new_session=True)
            )
        if port and not self.ports:
            self.wait(f"http://127.0.0.1:{free}")

    def wait(self, address: str) -> None:
        """Wait until a server answers."""
        subprocess.run(["timeout", "120", "bash", "-c", f"until curl -sf -o /dev/null {address}/; do sleep 0.2; done"], check=True)

    def moved(self, text: str) -> str:
        """Return a text with the addresses of the page replaced by those of its servers."""
        for written, real in self.moves.items():
            text = text.replace(written, real)
        for written, real in self.ports.items():
            text = re.sub(rf"\b{written}\b", real, text)
        return text

    def compare(self, block: Block) -> None:
        """Hold what a page shows against what was printed; blanks count as one, and lines may be broken elsewhere."""
        seen, place = " ".join(self.printed.split()), 0
        for written, real in self.moves.items():
            seen = seen.replace(real, written)
        for written, real in self.ports.items():
            seen = re.sub(rf"\b{real}\b", written, seen)
        for line in block.text.splitlines():
            for part in line.split("…"):
                wanted = " ".join(part.split())
                found = seen.find(wanted, place)
                assert found >= 0, f"line {block.line}: {wanted!r} was not printed there, but:\n{seen[place:][:3000]}"
                place = found + len(wanted)

    def end(self) -> None:
        """End the servers, the last one first."""
        for server in reversed(self.servers):
            end_group(server, 20)
            if server.stdout is not None:
                server.stdout.close()
