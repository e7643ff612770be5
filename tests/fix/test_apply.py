"""Repairs touch the cells they name and nothing else, all files or none, and never a file that somebody else has changed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.errors import BuildError, InputError, KgError
from kg.fix import apply, choose, effect, preview, propose
from kg.sources.folder import ENTITY_COLUMNS
from kg.sources.lossless import LosslessTable
from tests.fix.cut import contents, cut_of_dortmund, put, write
from tests.sources.folders import csv_text, entity, relation, source, write_folder


@pytest.fixture(scope="module")
def cut(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cut_of_dortmund(tmp_path_factory.mktemp("cut") / "tables")


@pytest.fixture
def tables(cut: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(cut, tmp_path / "tables"))


CELL = st.one_of(
    st.sampled_from(
        [
            *("24.11.2021", "03/04/2021", "1.250,50", "51,5", "institution", "Projekt", "TU_Dortmund", "a ", "\u00a0a", "MÃ¼ller", "s1,s2", "=1+1"),
            *(
                " =HYPERLINK(1)",
                "+49",
                "www.example.org",
                "https://ror.org/01k97gp34",
                "de_DE",
                "€",
                "hasParticipent",
                "b",
                "p",
                "x;y",
                'a"b',
                "a\nb",
            ),
            *("https://w3id.org/innokg/id/project/p", "2021", "2020", "\u200bp", ""),
        ]
    ),
    st.text(max_size=6),
)


@st.composite
def folders(draw: st.DrawFn) -> tuple[list[dict[str, str]], list[dict[str, str]], str, str]:
    entities = [entity("p", "Project"), entity("a", "Institution"), entity("tu-dortmund", "Institution"), entity("city", "Place")]
    relations = [relation("p", "hasParticipant", "a"), relation("p", "hasParticipant", "tu-dortmund")]
    for rows, columns in ((entities, ENTITY_COLUMNS), (relations, ("subject_id", "predicate", "object_id", "role", "start", "end", "evidence"))):
        for row in rows:
            for column in draw(st.lists(st.sampled_from(columns), max_size=3)):
                row[column] = draw(CELL).replace("\x00", "").encode("utf-8", "replace").decode()
        if draw(st.booleans()):
            rows.append(dict(rows[0]))
    return entities, relations, draw(st.sampled_from(",;\t")), draw(st.sampled_from(["\n", "\r\n"]))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(folders(), st.booleans())
def test_no_cell_changes_that_no_chosen_repair_names(
    tmp_path_factory: pytest.TempPathFactory, given_folder: tuple[list[dict[str, str]], list[dict[str, str]], str, str], bom: bool
) -> None:
    entities, relations, delimiter, line_end = given_folder
    folder = write_folder(tmp_path_factory.mktemp("law") / "t", [source("s1"), source("s2")], entities, relations)
    columns = (*ENTITY_COLUMNS, "kind")
    text = csv_text(columns, entities, delimiter, line_end)
    (folder / "entities.csv").write_bytes((b"\xef\xbb\xbf" if bom else b"") + text.encode())
    before = contents(folder)
    proposals = propose(folder)
    choice = choose(proposals)
    named = {touch for item in choice.chosen for touch in item.touches}
    assert len(named) == sum(len(item.touches) for item in choice.chosen)
    written = apply(folder, choice.chosen)
    after = contents(folder)
    assert {path.name for path in written} == {item.file for item in choice.chosen} == {name for name in before if before[name] != after[name]}
    for name in ("entities.csv", "relations.csv"):
        removed = {row for file, row, column in named if file == name and column == "*"}
        old, new = LosslessTable(before[name]), LosslessTable(after[name])
        kept = [row for row in old.rows if row not in removed]
        assert len(kept) == len(new.rows)
        for number, row in zip(new.rows, kept, strict=True):
            changed = {column for column in old.columns if old.cell(row, column) != new.cell(number, column)}
            assert changed == {column for file, at, column in named if (file, at) == (name, row)}
            for column in changed:
                assert not new.cell(number, column).startswith(("=", "+", "@")) or old.cell(row, column).startswith(("=", "+", "@"))
            if not changed:
                assert old.line(row).rstrip("\r\n") == new.line(number).rstrip("\r\n")
    # What is repaired stays repaired: the same repairs are not proposed again.
    assert not {item.id for item in propose(folder).items} & {item.id for item in choice.chosen}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'entity_id;start;label_de\r\n"p";"24.11.2021";"a; b"\r\n', b'entity_id;start;label_de\r\n"p";"2021-11-24";"a; b"\r\n'),
        (b"\xef\xbb\xbfentity_id\tstart\tlabel_de\np\t24.11.2021\tx", b"\xef\xbb\xbfentity_id\tstart\tlabel_de\np\t2021-11-24\tx"),
        (
            b'entity_id,start,label_de\np,24.11.2021,"say ""so"",\r\nor not"\n\n',
            b'entity_id,start,label_de\np,2021-11-24,"say ""so"",\r\nor not"\n\n',
        ),
    ],
)
def test_quotes_separators_line_ends_and_byte_order_marks_stay(tmp_path: Path, before: bytes, after: bytes) -> None:
    columns = [column for column in ENTITY_COLUMNS if column not in ("entity_id", "start", "label_de")]
    delimiter = next(sign for sign in (";", "\t", ",") if sign.encode() in before)
    newline = b"\r\n" if b"label_de\r\n" in before else b"\n"

    def widened(data: bytes) -> bytes:
        head, _, rest = data.partition(newline)
        more = delimiter.join(columns).encode()
        cells = delimiter.join({"type": "Project", "source_ids": "s1"}.get(column, "") for column in columns).encode()
        end = rest[len(rest.rstrip(b"\r\n")) :]
        return head + delimiter.encode() + more + newline + rest.rstrip(b"\r\n") + delimiter.encode() + cells + end

    folder = write_folder(tmp_path / "t", [source("s1")], [], [])
    (folder / "entities.csv").write_bytes(widened(before))
    proposals = propose(folder)
    assert [(item.kind, item.row, item.column) for item in proposals.items] == [("date", 2, "start")]
    apply(folder, proposals.items)
    assert (folder / "entities.csv").read_bytes() == widened(after)


def test_ids_stay_when_rows_move(tables: Path) -> None:
    put(tables, "entities", "tu-dortmund", {"start": "16.12.1968"})
    before = propose(tables).items
    path = tables / "entities.csv"
    table = LosslessTable.read(path)
    table.insert(2, {"entity_id": "new", "type": "Place", "label_de": "Neu"})
    write(path, table)
    after = propose(tables).items
    assert [item.id for item in before] == [item.id for item in after]
    assert [item.row + 1 for item in before] == [item.row for item in after]


def test_a_changed_file_is_refused_and_nothing_is_written(tables: Path) -> None:
    put(tables, "entities", "tu-dortmund", {"start": "16.12.1968"})
    put(tables, "sources", "seed-sfs-2022", {"language": "German"})
    proposals = propose(tables)
    with (tables / "sources.csv").open("ab") as file:
        file.write(b"\r\n")
    before = contents(tables)
    with pytest.raises(InputError) as caught:
        apply(tables, proposals.items)
    assert caught.value.where == str(tables / "sources.csv")
    assert contents(tables) == before


def test_two_repairs_of_one_cell_are_refused(tables: Path) -> None:
    put(tables, "entities", "helpathon", {"start": "02/05/2020"})
    proposals = propose(tables)
    before = contents(tables)
    with pytest.raises(KgError):
        choose(proposals, [item.id for item in proposals.items])
    with pytest.raises(InputError):
        apply(tables, proposals.items)
    assert contents(tables) == before


def test_no_cell_becomes_a_formula(tables: Path) -> None:
    put(tables, "entities", "tu-dortmund", {"label_de": ' =HYPERLINK("https://example.org")'})
    put(tables, "entities", "fh-dortmund", {"label_de": "\u200b@SUM(A1)"})
    assert propose(tables).items == ()


def test_an_id_in_another_form_is_mended_wherever_it_stands(tables: Path) -> None:
    wanted = contents(tables)
    for name in ("entities", "relations"):
        path = tables / f"{name}.csv"
        table = LosslessTable.read(path)
        for row in table.rows:
            for column in ("entity_id", "subject_id", "object_id"):
                if column in table.columns and table.cell(row, column) == "iresilience":
                    table.set(row, column, "iResilience")
        write(path, table)
    proposals = propose(tables)
    assert {item.kind for item in proposals.items} == {"id-form"}
    assert {item.file for item in proposals.items} == {"entities.csv", "relations.csv"}
    assert proposals.left == ()
    apply(tables, proposals.items)
    assert contents(tables) == wanted


def test_another_folder_gets_all_tables_and_the_given_ones_stay(tables: Path, tmp_path: Path) -> None:
    row = put(tables, "entities", "tu-dortmund", {"start": "16.12.1968"})
    before = contents(tables)
    proposals = propose(tables)
    apply(tables, proposals.items, target=tmp_path / "mended")
    assert contents(tables) == before
    assert set(contents(tmp_path / "mended")) == set(before)
    assert LosslessTable.read(tmp_path / "mended" / "entities.csv").cell(row, "start") == "1968-12-16"
    with pytest.raises(InputError):
        apply(tables, proposals.items, target=tmp_path / "mended")
    with pytest.raises(InputError):
        apply(tables, proposals.items, target=tables)
    assert contents(tables) == before


def test_links_and_permissions_stay(tables: Path, tmp_path: Path) -> None:
    put(tables, "entities", "tu-dortmund", {"start": "16.12.1968"})
    real = tmp_path / "real.csv"
    (tables / "entities.csv").rename(real)
    real.chmod(0o640)
    (tables / "entities.csv").symlink_to(real)
    apply(tables, propose(tables).items)
    assert (tables / "entities.csv").is_symlink()
    assert b"1968-12-16" in real.read_bytes()
    assert real.stat().st_mode & 0o777 == 0o640


def test_a_full_or_failing_disk_leaves_every_file(tables: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tables, "entities", "tu-dortmund", {"start": "16.12.1968"})
    put(tables, "sources", "seed-sfs-2022", {"language": "German"})
    proposals = propose(tables)
    before = contents(tables)
    calls = []

    def full(handle: int) -> None:
        calls.append(handle)
        if len(calls) == 2:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(BuildError):
        apply(tables, proposals.items)
    assert contents(tables) == before


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("setpriv"), reason="needs root and setpriv: run as root in CI")
def test_a_read_only_folder_is_one_clear_error(tables: Path) -> None:
    put(tables, "entities", "tu-dortmund", {"start": "16.12.1968"})
    command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", sys.executable, "-m", "kg"]
    with tempfile.TemporaryDirectory() as place:
        open_ = Path(shutil.copytree(tables, Path(place) / "tables"))
        before = contents(open_)
        for mode, said in ((0o755, "permission denied"), (0o700, "Permission denied")):
            Path(place).chmod(mode)
            words = ["fix", str(open_), "--apply", "--all-sure", "--lang", "en"]
            done = subprocess.run([*command, *words], capture_output=True, text=True, timeout=120, cwd="/")
            assert done.returncode == 2, done.stderr
            assert said in done.stderr
            assert "Traceback" not in done.stderr
            assert contents(open_) == before


def test_killed_in_between_no_table_is_half_written(tables: Path) -> None:
    """Whenever the process ends, each table is either as it was or whole with its repairs."""
    put(tables, "entities", "tu-dortmund", {"start": "16.12.1968"})
    put(tables, "sources", "seed-sfs-2022", {"language": "German"})
    old = contents(tables)
    proposals = propose(tables)
    script = (
        "import sys, time; from pathlib import Path; import os; from kg.fix import apply, propose\n"
        "folder = Path(sys.argv[1]); items = propose(folder).items; real = os.fsync\n"
        "def slow(handle):\n    real(handle); print('written', flush=True); time.sleep(0.4)\n"
        "os.fsync = slow; print('ready', flush=True); apply(folder, items); print('done', flush=True)\n"
    )
    for wait in (0.0, 0.2, 0.6, 0.85):
        for name, data in old.items():
            (tables / name).write_bytes(data)
        process = subprocess.Popen([sys.executable, "-c", script, str(tables)], stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(wait)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        for name in ("entities.csv", "sources.csv"):
            data = (tables / name).read_bytes()
            assert data == old[name] or (b"16.12.1968" not in data and b"German" not in data and len(data) > len(old[name]) - 10)
        for left in tables.glob(".*"):
            left.unlink()
    for name, data in old.items():
        (tables / name).write_bytes(data)
    assert propose(tables).items == proposals.items


def test_tables_that_cannot_be_read_are_explained_and_the_others_are_looked_at(tables: Path) -> None:
    put(tables, "entities", "tu-dortmund", {"start": "16.12.1968"})
    (tables / "relations.csv").write_bytes(b"\xff\xfe")
    proposals = propose(tables)
    assert [item.code for item in proposals.fatal] == ["broken-utf8"]
    assert [item.kind for item in proposals.items] == ["date"]
    shown = preview(proposals)
    assert shown.effect is None


@pytest.mark.parametrize("name", ["nothing", "notes.txt", "other.csv", "folder"])
def test_what_is_no_table_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "notes.txt").write_text("text")
    (tmp_path / "other.csv").write_text("x,y\n1,2\n")
    (tmp_path / "folder").mkdir()
    with pytest.raises(InputError) as caught:
        propose(tmp_path / name)
    assert caught.value.fix


def test_one_table_with_another_name(tables: Path, tmp_path: Path) -> None:
    row = put(tables, "entities", "tu-dortmund", {"start": "16.12.1968"})
    alone = tmp_path / "alone"
    alone.mkdir()
    shutil.copyfile(tables / "entities.csv", alone / "list.csv")
    proposals = propose(alone / "list.csv")
    assert [(item.file, item.row, item.kind) for item in proposals.items] == [("list.csv", row, "date")]
    assert effect(alone / "list.csv", proposals.items).removes
    beside = propose(tables / "entities.csv")
    assert [(item.file, item.kind) for item in beside.items] == [("entities.csv", "date")]
