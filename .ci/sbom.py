"""Write the bill of materials of the container image and of the wheel's scripts as CycloneDX 1.6 (ECMA-424) in JSON.

    python .ci/sbom.py FILE

Python packages are those of `deploy/requirements.lock` that the image's platform takes, with the checksums of their archives; licences are read from the
packages installed here. JavaScript is what
`kg/portal/static/vendor/manifest.json` lists: libraries bundled into files of the wheel, with the checksums of these files.
No clock is read and nothing is drawn by lot: the same lock file, manifest and packages give the same bytes.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "deploy" / "requirements.lock"
STATIC = ROOT / "kg" / "portal" / "static"
IMAGE = {
    "implementation_name": "cpython",
    "os_name": "posix",
    "platform_machine": "x86_64",
    "platform_python_implementation": "CPython",
    "platform_system": "Linux",
    "python_full_version": "3.11.0",
    "python_version": "3.11",
    "sys_platform": "linux",
}
"""What the image's base is, as environment markers name it (PEP 508)."""

SPDX = {
    "Apache License, Version 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "Apache-2.0": "Apache-2.0",
    "GNU General Public License v2 or later (GPLv2+)": "GPL-2.0-or-later",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Python Software Foundation License": "PSF-2.0",
    "W3C-20150513": "W3C-20150513",
}
"""Identifiers of licences that packages name in words; words that fit several licences ("BSD License") stay words."""


@dataclass(frozen=True)
class Locked:
    """A package of a lock file: name, version, SHA-256 checksums of its archives, and the packages that ask for it."""

    name: str
    version: str
    hashes: tuple[str, ...]
    asked_by: tuple[str, ...]


def locked(path: Path = LOCK) -> list[Locked]:
    """Return the packages of a lock file (requirements of pip with hashes and `# via` comments) that the image's platform takes."""
    from packaging.requirements import Requirement

    found = []
    for block in re.split(r"\n(?=\S)", path.read_text(encoding="utf-8")):
        requirement = Requirement(block.partition("\\")[0].strip())
        if requirement.marker is None or requirement.marker.evaluate(IMAGE):
            version = str(requirement.specifier).removeprefix("==")
            asked = re.findall(r"^    # +(?:via )?([a-z][a-z0-9-]*)(?: \(pyproject\.toml\))?$", block, re.MULTILINE)
            hashes = re.findall(r"--hash=sha256:([0-9a-f]{64})", block)
            found.append(Locked(requirement.name, version, tuple(sorted(hashes)), tuple(one for one in asked if one != "via")))
    return sorted(found, key=lambda one: one.name)


def licence(name: str, version: str) -> list[dict[str, Any]]:
    """Return the licence of an installed package as CycloneDX writes it; nothing where it is not installed in this version, or says nothing."""
    try:
        said = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return []
    if said["Version"] != version:
        return []
    # Some installed packages replace the reader of metadata by one that raises for what is missing.
    if "License-Expression" in said:
        return [{"expression": said["License-Expression"]}]
    words = [text.rpartition(" :: ")[2] for text in said.get_all("Classifier") or [] if text.startswith("License :: ")]
    words = [text for text in words if text != "OSI Approved"] or [text.strip().partition("\n")[0] for text in said.get_all("License") or []]
    return [{"license": {"id": SPDX[text]} if text in SPDX else {"name": text[:200]}} for text in sorted(set(words))]


def python_components(packages: Sequence[Locked]) -> list[dict[str, Any]]:
    """Return packages as components."""
    components = []
    for one in packages:
        address = pypi(one)
        component: dict[str, Any] = {"type": "library", "bom-ref": address, "name": one.name, "version": one.version, "purl": address}
        if found := licence(one.name, one.version):
            component["licenses"] = found
        # The checksums of all archives of the package, as the lock file has them.
        hashes = [{"alg": "SHA-256", "content": content} for content in one.hashes]
        component["externalReferences"] = [{"type": "distribution", "url": address, "hashes": hashes}]
        components.append(component)
    return components


def pypi(package: Locked) -> str:
    """Return the address of a package (package-url)."""
    return f"pkg:pypi/{package.name}@{package.version}"


def script_components() -> list[dict[str, Any]]:
    """Return the JavaScript libraries and outlines that are part of files of the wheel, below the file that holds them."""
    manifest = json.loads((STATIC / "vendor" / "manifest.json").read_text(encoding="utf-8"))
    components = []
    for name, said in sorted(manifest["packages"].items()):
        scope, _, last = name.rpartition("/")
        address = f"pkg:npm/{scope.replace('@', '%40') + '/' if scope else ''}{last}@{said['version']}"
        files = sorted(file for file, content in manifest["files"].items() if name in content["packages"])
        components.append(
            {
                "type": "library",
                "bom-ref": address,
                **({"group": scope} if scope else {}),
                "name": last,
                "version": said["version"],
                "purl": address,
                "licenses": [{"license": {"id": said["licence"]}}],
                "properties": [{"name": "innokg:file", "value": f"kg/portal/static/{file}"} for file in files],
            }
        )
    for file, said in sorted(manifest["files"].items()):
        hashes = [{"alg": "SHA-256", "content": said["sha256"]}]
        component = {"type": "file", "bom-ref": f"file:{file}", "name": f"kg/portal/static/{file}", "hashes": hashes}
        if "licence" in said:
            component["licenses"] = [{"license": {"name": said["licence"], "url": said["licenceUrl"]}}]
            component["copyright"] = said["credit"]
        components.append(component)
    return components


def document() -> dict[str, Any]:
    """Return the bill of materials."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    version = re.search(r'__version__ = "([^"]+)"', (ROOT / "kg" / "__init__.py").read_text(encoding="utf-8"))
    assert version is not None
    itself = f"pkg:pypi/{project['name']}@{version[1]}"
    packages = locked()
    scripts = script_components()
    components = [*python_components(packages), *scripts]
    needs: dict[str, list[str]] = {itself: [one["bom-ref"] for one in scripts]}
    for one in packages:
        for asker in one.asked_by:
            parents = [pypi(other) for other in packages if other.name == asker] if asker != project["name"] else [itself]
            for parent in parents:
                needs.setdefault(parent, []).append(pypi(one))
    bom: dict[str, Any] = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": itself,
                "name": project["name"],
                "version": version[1],
                "description": project["description"],
                "licenses": [{"expression": project["license"]}],
                "purl": itself,
            }
        },
        "components": components,
        "dependencies": [
            {"ref": ref, **({"dependsOn": sorted(set(needs[ref]))} if ref in needs else {})}
            for ref in (itself, *(one["bom-ref"] for one in components))
        ],
    }
    # A number of its own, as the standard asks for, that follows from the content.
    bom["serialNumber"] = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(bom, sort_keys=True)).urn
    return bom


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("python .ci/sbom.py FILE")
    Path(sys.argv[1]).write_text(json.dumps(document(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
