"""The whole job on the Dortmund tables, and how fast help answers. Usage: python -m benchmarks.dortmund"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks.measure import KG, ROOT, Run, machine, median, run, write_fragment

RUNS = 3
STAGES = {
    "build": ["build"],
    "validate": ["validate"],
    "analyse": ["analyse"],
    "publish": ["publish"],
}
LIMIT_SECONDS, LIMIT_MEGABYTES, LIMIT_HELP = 10.0, 500.0, 0.3


def main() -> None:
    """Measure, print and write the fragment."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        env = {"PYTHONPATH": str(ROOT), "KG_BUILD": str(folder / "build")}
        helps = median([run([*KG, "--help"], folder, env) for _ in range(RUNS)])
        stages: dict[str, Run] = {}
        for stage, arguments in STAGES.items():
            run([*KG, *arguments], folder, env)
            stages[stage] = median([run([*KG, *arguments], folder, env) for _ in range(RUNS)])
        published = next((folder / "build" / "publish").glob("*.nq"))
        plain_command = [
            sys.executable,
            "-m",
            "benchmarks.plain",
            str(published),
            str(ROOT / "ontology" / "shapes"),
            str(ROOT / "ontology" / "inno.ttl"),
        ]
        plain = median([run([*plain_command, str(folder / "plain.ttl")], ROOT, env) for _ in range(2)])
    total = sum(stage.seconds for stage in stages.values())
    peak = max(stage.megabytes for stage in stages.values())
    rows = "".join(
        f"| `kg {name}` | {stage.seconds:.2f} | {stage.seconds / plain.seconds:.2f} | {stage.megabytes:.0f} |\n" for name, stage in stages.items()
    )
    text = (
        "## Dortmund, whole job\n\n"
        f"`python -m benchmarks.dortmund` on {machine()}; median of {RUNS} runs after one to warm up, each command a process of its own, "
        "memory of the process tree.\n"
        "*Share*: time divided by that of `benchmarks/plain.py` in the same run, a plain script on rdflib and pySHACL that reads the published N-Quads, "
        "validates with the same shapes and writes Turtle.\n\n"
        "| stage | seconds | share of plain script | peak MB |\n|---|---:|---:|---:|\n"
        f"{rows}| all four | {total:.2f} | {total / plain.seconds:.2f} | {peak:.0f} |\n| plain script | {plain.seconds:.2f} | 1.00 | {plain.megabytes:.0f} |\n\n"
        f"Limits: all four {LIMIT_SECONDS:.0f} s ({'held' if total <= LIMIT_SECONDS else 'missed'}), {LIMIT_MEGABYTES:.0f} MB "
        f"({'held' if peak <= LIMIT_MEGABYTES else 'missed'}); `kg --help` {LIMIT_HELP} s: {helps.seconds:.2f} s "
        f"({'held' if helps.seconds <= LIMIT_HELP else 'missed'}).\n"
    )
    print(text)
    print(write_fragment("dortmund", text))


if __name__ == "__main__":
    main()
