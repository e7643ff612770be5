"""What an operator copies from `deploy/` works: settings are complete, the unit is valid, the image's start command runs unprivileged and read-only.

There is no container engine: the start command runs as the image's user in a mount namespace whose whole file system is read-only.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
import tomllib
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path

import pytest

from kg.build import Build
from kg.portal.settings import PortalSettings, read_portal_settings

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
CONTAINERFILE = (DEPLOY / "Containerfile").read_text(encoding="utf-8")


def instruction(name: str) -> str:
    """Return the last instruction of that name, its lines joined."""
    joined = CONTAINERFILE.replace("\\\n", " ")
    found: list[str] = re.findall(rf"^{name}\s+(.*)$", joined, re.MULTILINE)
    return found[-1].strip()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# --- settings -----------------------------------------------------------------------------------------------------------------


def test_the_example_names_every_setting_with_its_default(tmp_path: Path) -> None:
    text = (DEPLOY / "portal.toml").read_text(encoding="utf-8")
    assert tomllib.loads(text) == {}
    lines = re.findall(r"^#([a-z_]+ = .*)$", text, re.MULTILINE)
    copy = tmp_path / "portal.toml"
    copy.write_text("\n".join(lines), encoding="utf-8")
    assert {line.split(" ")[0] for line in lines} == {one.name for one in fields(PortalSettings)}
    assert read_portal_settings(copy) == PortalSettings()


def test_the_example_of_a_text_can_be_read(tmp_path: Path) -> None:
    text = (DEPLOY / "portal.toml").read_text(encoding="utf-8")
    start = text.index("# [imprint]")
    lines = text[start : text.index("\n\n", start)].splitlines()
    copy = tmp_path / "portal.toml"
    copy.write_text("\n".join(line[2:] for line in lines), encoding="utf-8")
    assert set(read_portal_settings(copy).imprint) == {"de", "en"}


# --- systemd ------------------------------------------------------------------------------------------------------------------


def test_the_unit_is_valid(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("needs systemd-analyze: apt-get install systemd")
    text = (DEPLOY / "kg-serve.service").read_text(encoding="utf-8")
    unit = tmp_path / "kg-serve.service"
    # verify looks for the program itself.
    unit.write_text(text.replace("/opt/innovation-kg/bin/kg", sys.executable), encoding="utf-8")
    found = subprocess.run(["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False, timeout=60)
    assert "kg-serve.service" not in found.stderr, found.stderr
    unit.write_text(unit.read_text(encoding="utf-8").replace("ProtectSystem=strict", "ProtectSystem=typo"), encoding="utf-8")
    found = subprocess.run(["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False, timeout=60)
    assert "kg-serve.service:" in found.stderr


@pytest.mark.parametrize(
    "line", ["DynamicUser=yes", "ProtectSystem=strict", "NoNewPrivileges=yes", "CapabilityBoundingSet=", "RestrictNamespaces=yes"]
)
def test_the_unit_is_closed(line: str) -> None:
    assert line in (DEPLOY / "kg-serve.service").read_text(encoding="utf-8").splitlines()


# --- container ----------------------------------------------------------------------------------------------------------------


def test_the_image_is_unprivileged_and_holds_no_secret() -> None:
    assert instruction("USER").split(":")[0] not in ("root", "0")
    assert instruction("EXPOSE") == "8080"
    assert not re.search(r"password|token|secret_|api_key", CONTAINERFILE, re.IGNORECASE)
    assert re.findall(r"^FROM (\S+)", CONTAINERFILE, re.MULTILINE) == ["python:3.11-slim"] * 2


def closed(folder: Path) -> str:
    """Return the topmost folder on the way that others may not enter; empty where there is none."""
    return next((str(step) for step in reversed([folder, *folder.parents]) if not step.stat().st_mode & 0o001), "")


def shell(command: str, user: str) -> list[str]:
    """Return the command that runs another in a file system of its own: all of it read-only, the graph under /srv/kg/build.

    Interpreter and project may lie in a home folder that others may not enter, as nothing does in an image: there they are shown alone, in its place.
    """
    uid, gid = user.split(":")
    hidden = [path for path in dict.fromkeys(Path(one).resolve() for one in (sys.base_prefix, sys.prefix, DEPLOY.parent)) if closed(path)]
    covered = dict.fromkeys(closed(path) for path in hidden)
    steps = ["mount -t tmpfs none /srv", "mkdir -p /srv/kg/build", 'mount --bind "$GRAPH" /srv/kg/build', "mount -o remount,ro,bind /srv/kg/build"]
    for number, path in enumerate(hidden):
        steps += [f"mkdir -p /srv/kept/{number}", f"mount --bind {shlex.quote(str(path))} /srv/kept/{number}"]
    steps += [f"mount -t tmpfs -o mode=755 none {shlex.quote(one)}" for one in covered]
    for number, path in enumerate(hidden):
        place = shlex.quote(str(path))
        steps += [f"mkdir -p {place}", f"mount --bind /srv/kept/{number} {place}", f"mount -o remount,ro,bind {place}"]
    steps += [f"mount -o remount,ro {shlex.quote(one)}" for one in covered]
    steps += ["mount -o remount,ro /srv", "mount -o remount,ro,bind /", "cd /srv/kg"]
    inside = f"exec setpriv --reuid {uid} --regid {gid} --clear-groups --no-new-privs --inh-caps=-all {command}"
    return ["unshare", "--mount", "--propagation", "private", "sh", "-ec", "; ".join([*steps, inside])]


@contextmanager
def started(build: Build, port: int) -> Iterator[subprocess.Popen[str]]:
    """Run the image's start command on a free port, as its user, on a read-only file system."""
    command = json.loads(instruction("CMD"))
    assert command[0] == "kg"
    command = [sys.executable, "-m", "kg", *command[1:]]
    command[command.index("--port") + 1] = str(port)
    command[command.index("--host") + 1] = "127.0.0.1"
    environment = {**os.environ, "GRAPH": str(build.path.parents[1]), "PYTHONDONTWRITEBYTECODE": "1", "HOME": "/nonexistent"}
    # The project is importable from the read-only folder of the graph as well.
    environment["PYTHONPATH"] = os.pathsep.join([str(DEPLOY.parent), environment.get("PYTHONPATH", "")])
    process = subprocess.Popen(
        shell(shlex.join(command), instruction("USER")), env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        finally:
            process.kill()


def needs_namespaces() -> None:
    """Skip where no file system of one's own can be had, or the test's interpreter is not readable for others."""
    for tool in ("unshare", "setpriv"):
        if shutil.which(tool) is None:
            pytest.skip(f"needs {tool}: apt-get install util-linux")
    if os.geteuid() != 0:
        pytest.skip("needs root, to become another user on a read-only file system: sudo python -m pytest tests/house/test_deploy.py")
    probe = subprocess.run(
        shell(
            f"{shlex.quote(sys.executable)} -c 'import kg, subprocess, sys; subprocess.run([sys.executable, \"-V\"], check=True)'",
            instruction("USER"),
        ),
        env={**os.environ, "GRAPH": "/usr"},
        capture_output=True,
        check=False,
    )
    if probe.returncode:
        pytest.skip(f"needs mount namespaces and a readable interpreter: {probe.stderr.decode()[-200:]}")


def health(port: int) -> int:
    """Run the image's health check, and return its exit code."""
    command = json.loads(instruction("HEALTHCHECK").split("CMD", 1)[1])
    command = [sys.executable, command[1], command[2].replace(":8080", f":{port}")]
    return subprocess.run(command, capture_output=True, check=False, timeout=30).returncode


def test_the_start_command_runs_unprivileged_and_read_only(graph: Build) -> None:
    needs_namespaces()
    port = free_port()
    assert health(port) != 0
    with started(graph, port) as process:
        end = time.monotonic() + 60
        while health(port) and time.monotonic() < end:
            assert process.poll() is None, process.stdout.read() if process.stdout else ""
            time.sleep(0.2)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=20) as answer:
            assert json.load(answer)["release"] == graph.id
        query = urllib.request.Request(
            f"http://127.0.0.1:{port}/sparql?query=ASK%7B%3Fs%20%3Fp%20%3Fo%7D", headers={"Accept": "application/sparql-results+json"}
        )
        with urllib.request.urlopen(query, timeout=20) as answer:
            assert json.load(answer)["boolean"] is True
        status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
        uid = instruction("USER").split(":")[0]
        assert re.search(rf"^Uid:\s+{uid}\s+{uid}\s+{uid}\s+{uid}$", status, re.MULTILINE)
        assert re.search(r"^NoNewPrivs:\s+1$", status, re.MULTILINE)
        # Read-only indeed: every mount that the process sees at / and the graph.
        mounts = {line.split()[4]: line.split()[5].split(",") for line in Path(f"/proc/{process.pid}/mountinfo").read_text().splitlines()}
        assert "ro" in mounts["/"]
        assert "ro" in mounts["/srv/kg/build"]
    assert process.returncode in (0, -15), process.returncode


def test_the_image_is_made_from_the_lock_and_says_what_it_is() -> None:
    import kg

    assert "--require-hashes" in CONTAINERFILE
    assert "-r deploy/requirements.lock" in CONTAINERFILE
    assert "sbom.py /opt/kg/share/sbom/" in CONTAINERFILE
    for source in re.findall(r"^COPY (?!--from|\. )(\S+)", CONTAINERFILE, re.MULTILINE):
        assert (DEPLOY.parent / source).is_file(), source
    label = instruction("LABEL")
    said = dict(re.findall(r'org\.opencontainers\.image\.([a-z.]+)="([^"]*)"', label))
    assert set(said) == {"title", "description", "version", "revision", "licenses", "documentation", "base.name"}
    assert said["licenses"] == "Apache-2.0"
    assert f"ARG VERSION={kg.__version__}" in CONTAINERFILE
    assert said["base.name"].endswith(re.findall(r"^FROM (\S+)", CONTAINERFILE, re.MULTILINE)[-1])


def test_the_readme_builds_the_graph_it_serves(tmp_path: Path) -> None:
    blocks = re.findall(r"```bash\n(.*?)```", (DEPLOY / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    lines = {line for block in blocks for line in re.findall(r"^kg (build .*)$", block, re.MULTILINE)}
    assert len(blocks) == 2
    (line,) = lines
    arguments = [str(tmp_path / "build") if one == "/srv/kg/build" else one for one in shlex.split(line)]
    done = subprocess.run([sys.executable, "-m", "kg", *arguments], cwd=DEPLOY.parent, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
