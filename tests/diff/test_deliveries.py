"""Two deliveries of CORDIS, without a store."""

from __future__ import annotations

import shutil
from pathlib import Path

from kg.diff import diff
from tests.diff.tables import ROOT

CORDIS = ROOT / "data" / "cordis-dortmund"


def test_a_changed_date_and_a_lost_partner_of_a_delivery_are_said(tmp_path: Path) -> None:
    changed = tmp_path / "cordis-dortmund"
    shutil.copytree(CORDIS, changed)
    projects = (changed / "project.csv").read_text(encoding="utf-8")
    lines = (changed / "organization.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    assert "2022-06-01" in projects
    (changed / "project.csv").write_text(projects.replace("2022-06-01", "2022-06-02"), encoding="utf-8")
    (changed / "organization.csv").write_text("".join([lines[0], *lines[2:]]), encoding="utf-8")
    with diff(CORDIS, changed) as found:
        said = [(found.entities[0].cls, line) for lines in found.describe(found.entities).values() for line in lines]
        texts = {line.text.en for _, line in said}
        assert "start date changed from 2022-06-01 to 2022-06-02" in texts
        assert len([line for _, line in said if line.code == "partner-removed"]) == 1
        assert found.to_json()["old"]["kind"] == "source"
        assert not found.alarms()
        # Nothing but projects, the organisation that is gone and its place.
        assert {cls.rsplit("#", 1)[-1] for cls in found.kinds} <= {"Project", "Organisation", "Place", "Dataset"}
