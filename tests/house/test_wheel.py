"""The built wheel works by itself: from another folder, with the source tree out of reach."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel_bin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`bin` of a new virtual environment with the built wheel.

    Its dependencies are those of the running environment: a `.pth` line makes them importable, and since `.pth` files of a folder
    added that way are not read, an editable install of the source tree stays out of reach.
    """
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps", "-w", str(folder / "dist"), str(ROOT)]
    subprocess.run(build, check=True, cwd=folder)
    (wheel,) = (folder / "dist").glob("*.whl")
    environment = folder / "venv"
    venv.create(environment, with_pip=False)
    (site,) = environment.glob("lib/python*/site-packages")
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    install = [sys.executable, "-m", "pip", f"--python={environment / 'bin' / 'python'}", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*install, "--no-deps", "--force-reinstall", str(wheel)], check=True, cwd=folder)
    return environment / "bin"


def run(wheel_bin: Path, cwd: Path, *arguments: str) -> str:
    done = subprocess.run(
        [str(wheel_bin / "kg"), *arguments], check=False, capture_output=True, text=True, cwd=cwd, env={"PATH": "/usr/bin:/bin", "KG_LANG": "en"}
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_nothing_comes_from_the_source_tree(wheel_bin: Path, tmp_path: Path) -> None:
    code = "import sys, kg, kg.resources as r; print(kg.__file__); print(r.root()); print('\\n'.join(sys.path))"
    done = subprocess.run([str(wheel_bin / "python"), "-c", code], check=True, capture_output=True, text=True, cwd=tmp_path)
    environment = str(wheel_bin.parent)
    package, resources, *search = done.stdout.splitlines()
    assert package.startswith(environment)
    assert resources.startswith(environment)
    assert not [path for path in search if Path(path or tmp_path).resolve() == ROOT]


def test_the_whole_job_from_another_folder(wheel_bin: Path, tmp_path: Path) -> None:
    assert "Project" in run(wheel_bin, tmp_path, "build")
    run(wheel_bin, tmp_path, "validate")
    assert "role-across-projects" in run(wheel_bin, tmp_path, "ask")
    assert "T-Factor" in run(wheel_bin, tmp_path, "ask", "role-across-projects", "--institution", "sozialforschungsstelle")
    assert "27" in run(wheel_bin, tmp_path, "profile", "sozialforschungsstelle")
    run(wheel_bin, tmp_path, "publish")
    assert (tmp_path / "build" / "publish" / "manifest.json").is_file()


def test_another_city(wheel_bin: Path, tmp_path: Path) -> None:
    run(wheel_bin, tmp_path, "init", "my-city")
    city = tmp_path / "my-city"
    run(wheel_bin, city, "validate", ".")
    assert "my-city" in run(wheel_bin, city, "build")
    run(wheel_bin, city, "validate")
    assert "River Lab" in run(wheel_bin, city, "ask", "role-across-projects", "--institution", "example-university")
    run(wheel_bin, city, "profile", "example-university")
    run(wheel_bin, city, "analyse")
    run(wheel_bin, city, "publish")
    assert "https://example.org/my-city/" in (city / "build" / "publish" / "my-city.nq").read_text(encoding="utf-8")
