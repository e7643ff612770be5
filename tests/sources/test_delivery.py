"""Deliveries that cannot be read: one clear line in both languages, exit code 2, bounded memory, and the graph before untouched."""

from __future__ import annotations

import gzip
import io
import os
import subprocess
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg import cli
from kg.build import build
from kg.engine.duckdb import DuckDB
from kg.errors import BuildError, InputError, KgError
from kg.sources import delivery
from kg.sources.cordis_layout import COLUMNS, NEEDED, OPTIONAL, REQUIRED
from kg.sources.delivery import DeliveredTable, is_delivery, open_delivery, read_delivered
from tests.sources.deliveries import ORGANIZATION, OTHERS, PROJECT, ROOT, csv_bytes, partner, project, tables, write_delivery

Case = Callable[[Path], Path]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of builds that holds a graph already."""
    folder = tmp_path_factory.mktemp("before")
    build([write_delivery(folder / "small")], folder / "build")
    return folder / "build"


@pytest.fixture
def kg(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """Run the command in this process and return exit code and what it says on stderr."""

    def run(*arguments: str, lang: str = "en") -> tuple[int, str]:
        monkeypatch.setenv("KG_LANG", lang)
        monkeypatch.setattr(sys, "argv", ["kg", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return int(str(ended.value.code or 0)), capsys.readouterr().err

    return run


def state(root: Path) -> dict[str, tuple[int, int]]:
    """Return what lies in a folder of builds, with times and sizes."""
    found = sorted(path for path in root.rglob("*") if path.name != ".lock")
    return {
        str(path.relative_to(root)): (path.lstat().st_mtime_ns if path.is_file() else 0, path.lstat().st_size if path.is_file() else 0)
        for path in found
    }


# --- Archives ------------------------------------------------------------------------------------------------------------


def zipped(target: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    """Write a zip."""
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return target


def truncated_zip(tmp: Path) -> Path:
    path = zipped(tmp / "cut.zip", tables())
    path.write_bytes(path.read_bytes()[:-200])
    return path


def damaged_zip(tmp: Path) -> Path:
    path = zipped(tmp / "damaged.zip", {**tables(), "project.csv": csv_bytes(list(PROJECT), [project(n) for n in range(1, 400)])})
    data = bytearray(path.read_bytes())
    for place in range(200, 900):
        data[place] ^= 0x55
    path.write_bytes(data)
    return path


def truncated_gz(tmp: Path) -> Path:
    folder = write_delivery(tmp / "gz")
    packed = gzip.compress((folder / "project.csv").read_bytes())
    (folder / "project.csv").unlink()
    (folder / "project.csv.gz").write_bytes(packed[: len(packed) // 2])
    return folder


def no_gz(tmp: Path) -> Path:
    folder = write_delivery(tmp / "nogz")
    (folder / "project.csv").rename(folder / "project.csv.gz")
    return folder


def climbing_zip(tmp: Path) -> Path:
    return zipped(tmp / "climb.zip", {**tables(), "../../project.csv": b"x"})


def absolute_zip(tmp: Path) -> Path:
    return zipped(tmp / "absolute.zip", {**tables(), "/etc/cron.d/x": b"x"})


def drive_zip(tmp: Path) -> Path:
    return zipped(tmp / "drive.zip", {**tables(), "C:\\x\\project.csv": b"x"})


def bomb(tmp: Path) -> Path:
    """200 MB of one letter in 200 kB."""
    path = tmp / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("organization.csv", csv_bytes(list(ORGANIZATION), [ORGANIZATION]))
        with archive.open("project.csv", "w") as file:
            for _ in range(200):
                file.write(b"a" * 1024 * 1024)
    return path


def gz_bomb(tmp: Path) -> Path:
    folder = write_delivery(tmp / "gzbomb")
    (folder / "project.csv").unlink()
    with gzip.open(folder / "project.csv.gz", "wb", compresslevel=9) as file:
        for _ in range(100):
            file.write(b"a" * 1024 * 1024)
    return folder


def nested_zip(tmp: Path) -> Path:
    inner = zipped(tmp / "inner.zip", tables())
    return zipped(tmp / "nested.zip", {"cordis/inner.zip": inner.read_bytes()})


def encrypted_zip(tmp: Path) -> Path:
    path = zipped(tmp / "encrypted.zip", tables())
    data = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = -1
        while (place := data.find(mark, place + 1)) >= 0:
            data[place + offset] |= 1
    path.write_bytes(data)
    return path


def twice_zip(tmp: Path) -> Path:
    return zipped(tmp / "twice.zip", {**tables(), "old/project.csv": tables()["project.csv"]})


def lzma_zip(tmp: Path) -> Path:
    return zipped(tmp / "lzma.zip", tables(), zipfile.ZIP_LZMA)


def link_zip(tmp: Path) -> Path:
    path = tmp / "link.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("organization.csv", tables()["organization.csv"])
        info = zipfile.ZipInfo("project.csv")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    return path


def many_members(tmp: Path, count: int = 100_000) -> Path:
    path = tmp / "many.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(count):
            archive.writestr(f"{number}.txt", b"")
    return path


def few_too_many_members(tmp: Path) -> Path:
    return many_members(tmp, delivery.MAX_MEMBERS + 1)


def no_zip(tmp: Path) -> Path:
    path = tmp / "text.zip"
    path.write_text("This is no archive.")
    return path


def empty_zip_file(tmp: Path) -> Path:
    path = tmp / "empty.zip"
    path.write_bytes(b"")
    return path


def tar(tmp: Path) -> Path:
    path = tmp / "delivery.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name, data in tables().items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


# --- Tables --------------------------------------------------------------------------------------------------------------


def with_files(name: str, data: bytes) -> Case:
    def make(tmp: Path) -> Path:
        return write_delivery(tmp / "folder", {name: data})

    return make


def without(stem: str) -> Case:
    def make(tmp: Path) -> Path:
        folder = write_delivery(tmp / "folder")
        (folder / f"{stem}.csv").unlink()
        return folder

    return make


def both(tmp: Path) -> Path:
    folder = write_delivery(tmp / "both")
    (folder / "project.csv.gz").write_bytes(gzip.compress((folder / "project.csv").read_bytes()))
    return folder


def single(name: str) -> Case:
    def make(tmp: Path) -> Path:
        return write_delivery(tmp / "folder") / name

    return make


def one_level_up(tmp: Path) -> Path:
    write_delivery(tmp / "unpacked" / "csv")
    return tmp / "unpacked"


def missing(tmp: Path) -> Path:
    return tmp / "nowhere.zip"


HEADER = b'"id";"title"\n'
GOOD = tables()["project.csv"]
COLUMN = csv_bytes([column for column in ORGANIZATION if column != "organisationID"], [ORGANIZATION | {"organisationID": ""}][:0])
OPEN_QUOTE = GOOD + b'"101000002";"no end\n' + b"x;y\n" * 3

CASES: dict[str, tuple[Case, str, str, str]] = {
    # what is wrong: how it is made, words in English, words in German, end of the place
    "truncated zip": (truncated_zip, "damaged or cut off", "beschädigt oder abgeschnitten", "cut.zip"),
    "damaged zip": (damaged_zip, "damaged or cut off", "beschädigt oder abgeschnitten", "damaged.zip"),
    "truncated gz": (truncated_gz, "damaged or cut off", "beschädigt oder abgeschnitten", "project.csv.gz"),
    "no gz": (no_gz, "damaged or cut off", "beschädigt oder abgeschnitten", "project.csv.gz"),
    "no zip": (no_zip, "damaged or cut off", "beschädigt oder abgeschnitten", "text.zip"),
    "empty zip": (empty_zip_file, "damaged or cut off", "beschädigt oder abgeschnitten", "empty.zip"),
    "climbing path": (climbing_zip, "names a path outside itself: '../../project.csv'", "nennt einen Pfad außerhalb", "climb.zip"),
    "absolute path": (absolute_zip, "names a path outside itself: '/etc/cron.d/x'", "nennt einen Pfad außerhalb", "absolute.zip"),
    "drive path": (drive_zip, "names a path outside itself", "nennt einen Pfad außerhalb", "drive.zip"),
    "zip bomb": (bomb, "more than 200 times its packed size", "das 200-Fache der gepackten Größe", "bomb.zip"),
    "gz bomb": (gz_bomb, "more than 200 times its packed size", "das 200-Fache der gepackten Größe", "project.csv.gz"),
    "nested zip": (nested_zip, "present are: cordis/inner.zip", "vorhanden sind: cordis/inner.zip", "nested.zip"),
    "encrypted zip": (encrypted_zip, "project.csv is encrypted", "project.csv ist verschlüsselt", "encrypted.zip"),
    "table twice": (twice_zip, "holds project.csv twice", "enthält project.csv zweimal", "twice.zip"),
    "other packing": (lzma_zip, "packed by lzma, not by deflate", "mit lzma gepackt, nicht mit deflate", "lzma.zip"),
    "link": (link_zip, "project.csv is a link", "project.csv ist ein Verweis", "link.zip"),
    "100,000 members": (many_members, "more than 1,000 files", "mehr als 1.000 Dateien", "many.zip"),
    "1,001 members": (few_too_many_members, "more than 1,000 files", "mehr als 1.000 Dateien", "many.zip"),
    "tar": (tar, "neither a folder of tables nor a delivery", "weder ein Ordner mit Tabellen noch eine Lieferung", "delivery.tar.gz"),
    "nothing there": (missing, "no such", "gibt es nicht", "nowhere.zip"),
    "no project.csv": (without("project"), "The table project.csv is missing", "Die Tabelle project.csv fehlt", "folder"),
    "no organization.csv": (without("organization"), "present are: project.csv", "vorhanden sind: project.csv", "folder"),
    "plain and packed": (both, "project.csv and project.csv.gz are both there", "sind beide da", "both"),
    "one table alone": (single("project.csv"), "Name the folder ", "Nennen Sie den Ordner ", "project.csv"),
    "folder around": (one_level_up, "/unpacked/csv.", "/unpacked/csv.", "unpacked"),
    "comma": (
        with_files("project.csv", csv_bytes(list(PROJECT), [PROJECT], delimiter=",")),
        "not separated by ';'",
        "nicht durch ';' getrennt",
        "project.csv:1",
    ),
    "tabs": (
        with_files("project.csv", csv_bytes(list(PROJECT), [PROJECT], delimiter="\t")),
        "not separated by ';'",
        "nicht durch ';' getrennt",
        "project.csv:1",
    ),
    "missing column": (
        with_files("organization.csv", COLUMN),
        "The column 'organisationID' is missing",
        "Die Spalte 'organisationID' fehlt",
        "organization.csv:1",
    ),
    "double column": (with_files("project.csv", b'"id";"title";"id"\n'), "'id' stands twice", "'id' steht zweimal", "project.csv:1"),
    "empty file": (with_files("project.csv", b""), "The file is empty", "Die Datei ist leer", "project.csv"),
    "blank file": (with_files("project.csv", b"\n"), "The file is empty", "Die Datei ist leer", "project.csv"),
    "blank header": (with_files("project.csv", b"\n" + GOOD), "The column 'id' is missing", "Die Spalte 'id' fehlt", "project.csv:1"),
    "header only": (with_files("project.csv", HEADER), "The table has no rows", "Die Tabelle hat keine Zeilen", "project.csv"),
    "header of organizations only": (
        with_files("organization.csv", csv_bytes(list(ORGANIZATION), [])),
        "no rows",
        "keine Zeilen",
        "organization.csv",
    ),
    "open quote": (with_files("project.csv", OPEN_QUOTE), "no valid CSV", "kein gültiges CSV", "project.csv:3"),
    "quote inside": (with_files("project.csv", HEADER + b'"101000001";"a"b"\n'), "no valid CSV", "kein gültiges CSV", "project.csv:2"),
    "old line ends": (with_files("project.csv", GOOD.replace(b"\n", b"\r")), "no valid CSV", "kein gültiges CSV", "project.csv:1"),
    "UTF-16": (
        with_files("project.csv", GOOD.decode().encode("utf-16")),
        "0xFF at offset 0 is not UTF-8",
        "0xFF an Stelle 0 ist kein UTF-8",
        "project.csv:1",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_one_line_in_both_languages_and_nothing_changed(name: str, tmp_path: Path, root: Path, kg: Callable[..., tuple[int, str]]) -> None:
    make, english, german, place = CASES[name]
    path = make(tmp_path)
    before = state(root)
    for lang, words in (("en", english), ("de", german)):
        code, said = kg("build", "--build", str(root), "--source", str(path), lang=lang)
        assert code == 2
        (line,) = [line for line in said.splitlines() if line.startswith("kg: ")]
        assert words in line
        assert f"{place}: " in line
        assert "Traceback" not in said
        assert len(line) < 800
    assert state(root) == before


def measured(code: str, *arguments: str) -> tuple[str, int]:
    """Run code in a process of its own; return what it prints and its largest memory in MB (of this process image, not of the one before it)."""
    text = f"import sys\n{code}\nprint(next(line for line in open('/proc/self/status') if line.startswith('VmHWM')).split()[1])\n"
    done = subprocess.run([sys.executable, "-c", text, *arguments], check=True, capture_output=True, text=True, cwd=ROOT)
    *lines, peak = done.stdout.splitlines()
    return "\n".join(lines), int(peak) // 1024


OPENS = """
from pathlib import Path
from kg.errors import KgError
from kg.sources.cordis_layout import OPTIONAL, REQUIRED
from kg.sources.delivery import open_delivery
try:
    open_delivery(Path(sys.argv[1]), Path(sys.argv[2]), REQUIRED, OPTIONAL)
except KgError as error:
    print(error)
"""


@pytest.mark.parametrize(("make", "words"), [(bomb, "200 times"), (gz_bomb, "200 times"), (many_members, "1,000 files")])
def test_hostile_archives_take_no_memory(make: Case, words: str, tmp_path: Path) -> None:
    said, peak = measured(OPENS, str(make(tmp_path)), str(tmp_path / "work"))
    assert words in said
    assert peak < 40
    assert sum(path.stat().st_size for path in (tmp_path / "work").glob("*")) < 64 * 1024**2


READS = """
from pathlib import Path
from kg.engine.duckdb import DuckDB
from kg.errors import KgError
from kg.sources.cordis import read_cordis
work = Path(sys.argv[2])
try:
    source = read_cordis(DuckDB(memory="300MB", spill=work / "spill"), Path(sys.argv[1]), work, base="https://example.org/")
    print(source.rejected, len(source.problems))
except KgError as error:
    print(error)
"""


def with_long_field(folder: Path, megabytes: int) -> Path:
    """Write a delivery whose first project has an objective of so many megabytes, without holding it."""
    write_delivery(folder)
    with (folder / "project.csv").open("wb") as file:
        file.write(b'"id";"title";"objective"\n"101000001";"One";"')
        for _ in range(megabytes):
            file.write(b"word " * (1024 * 1024 // 5) + b" ")
        file.write(b'"\n"101000002";"Two";""\n')
    return folder


@pytest.mark.slow
def test_a_field_of_two_gigabytes(tmp_path: Path) -> None:
    said, peak = measured(READS, str(with_long_field(tmp_path / "long", 2048)), str(tmp_path / "work"))
    assert "long/project.csv:2: A record is longer than 4 MB." in said
    assert peak < 450
    (tmp_path / "long" / "project.csv").unlink()


@pytest.mark.slow
def test_a_hundred_thousand_damaged_records(tmp_path: Path) -> None:
    """All are counted, a hundred are told, the memory does not grow with them."""
    folder = write_delivery(tmp_path / "damaged")
    with (folder / "organization.csv").open("ab") as file:
        for _ in range(100_000):
            file.write(b'"101000001";"too few"\n')
    said, peak = measured(READS, str(folder), str(tmp_path / "work"))
    assert said == "100000 100"
    assert peak < 400


# --- Limits --------------------------------------------------------------------------------------------------------------


def opened(path: Path, work: Path) -> delivery.Delivery:
    return open_delivery(path, work, REQUIRED, OPTIONAL)


def test_sizes_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, packed = write_delivery(tmp_path / "plain"), zipped(tmp_path / "packed.zip", tables())
    size = max((folder / f"{stem}.csv").stat().st_size for stem in REQUIRED)
    total = sum((folder / f"{stem}.csv").stat().st_size for stem in REQUIRED)
    for path in (folder, packed):
        monkeypatch.setattr(delivery, "MAX_FILE", size)
        monkeypatch.setattr(delivery, "MAX_TOTAL", total)
        assert max(item.bytes for item in opened(path, tmp_path / "work").files.values()) == size
        monkeypatch.setattr(delivery, "MAX_TOTAL", total - 1)
        with pytest.raises(InputError, match="larger than"):
            opened(path, tmp_path / "work")
        monkeypatch.setattr(delivery, "MAX_FILE", size - 1)
        with pytest.raises(InputError, match="larger than"):
            opened(path, tmp_path / "work")


def test_a_full_disk_is_no_fault_of_the_delivery(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    packed = zipped(tmp_path / "packed.zip", tables())
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "project.csv").symlink_to("/dev/full")
    with pytest.raises(BuildError, match="disk is full"):
        opened(packed, tmp_path / "work")


def test_names_in_an_archive_never_become_paths(tmp_path: Path) -> None:
    """Folders inside are fine (the publisher's zip has `csv/`), and files that nobody asked for are not unpacked."""
    members = {f"deep/csv/{name}": data for name, data in tables().items()} | {"deep/readme.txt": b"x", "__MACOSX/csv/._project.csv": b"x"}
    found = opened(zipped(tmp_path / "deep.zip", members), tmp_path / "work")
    assert sorted(path.name for path in (tmp_path / "work").iterdir()) == ["organization.csv", "project.csv"]
    assert [item["file"] for item in found.records()] == ["deep/project.csv", "deep/organization.csv"]


def test_gz_zip_and_folder_are_the_same(tmp_path: Path) -> None:
    folder = write_delivery(tmp_path / "plain", **{stem: [row] for stem, row in OTHERS.items()})
    packed = tmp_path / "packed"
    packed.mkdir()
    for path in folder.iterdir():
        (packed / f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
    archive = zipped(tmp_path / "archive.zip", {path.name: path.read_bytes() for path in folder.iterdir()})
    one, two, three = (
        {stem: (item.name, item.bytes, item.sha256) for stem, item in opened(path, tmp_path / str(number)).files.items()}
        for number, path in enumerate((folder, packed, archive))
    )
    assert one == two == three


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=6), st.booleans())
def test_any_damage_to_an_archive_is_told_or_harmless(tmp_path: Path, changes: list[tuple[int, int]], packed: bool) -> None:
    """Whatever bytes of a zip or gz are changed: it is read as it was, or one error of ours says why not."""
    files = {**tables(), **{f"{stem}.csv": csv_bytes(list(row), [row]) for stem, row in OTHERS.items()}}
    target = tmp_path / "changed.zip"
    if packed:
        zipped(target, files)
        path = target
    else:
        write_delivery(tmp_path / "gz", files)
        (tmp_path / "gz" / "project.csv").unlink(missing_ok=True)
        path = tmp_path / "gz" / "project.csv.gz"
        path.write_bytes(gzip.compress(files["project.csv"]))
        target = tmp_path / "gz"
    data = bytearray(path.read_bytes())
    for place, byte in changes:
        data[place % len(data)] = byte
    path.write_bytes(data)
    try:
        found = opened(target, tmp_path / "work")
    except KgError:
        return
    # A change that the check sums do not cover (names, dates) leaves what is inside as it was.
    for item in found.files.values():
        assert zlib.crc32(item.path.read_bytes()) in {zlib.crc32(data) for data in files.values()}


# --- Records -------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDB]:
    with DuckDB() as opened_engine:
        yield opened_engine


def rows_of(engine: DuckDB, folder: Path, stem: str, work: Path, told: int = 100) -> tuple[DeliveredTable, list[dict[str, Any]]]:
    """Return a table as it is read, and its rows in their order."""
    item = opened(folder, work).files[stem]
    table = read_delivered(engine, item, f"d/{stem}.csv", NEEDED[stem], work, wanted=COLUMNS[stem], told=told)
    return table, engine.to_pylist(table.data.order_by("row"))


TITLES = [
    "plain",
    "two\nlines",
    'a "quote"',
    "a;b",
    "tab\there",
    "line\u2028separator\u0085next",
    "emoji 🎉",
    "nul\x00byte",
    "\ufeffmark",
    "עברית و عربي",
]


@pytest.mark.parametrize("form", ["as published", "CRLF", "byte order mark", "blank lines", "no last line end", "mixed line ends", "not quoted"])
def test_every_form_of_the_file_gives_the_same_cells(engine: DuckDB, tmp_path: Path, form: str) -> None:
    titles = [title for title in TITLES if form != "not quoted" or not set(title) & set('\n";')]
    data = csv_bytes(["id", "title"], [{"id": str(101000000 + n), "title": title} for n, title in enumerate(titles)])
    if form == "CRLF":
        data = data.replace(b'"\n"', b'"\r\n"')
    elif form == "byte order mark":
        data = b"\xef\xbb\xbf" + data
    elif form == "blank lines":
        data = data.replace(b'"\n"1010', b'"\n\n"1010') + b"\n\n"
    elif form == "no last line end":
        data = data.rstrip(b"\n")
    elif form == "mixed line ends":
        data = data.replace(b'"\n"101000003', b'"\r\n"101000003').replace(b'"\n"101000005', b'"\r\n"101000005')
    elif form == "not quoted":
        data = "".join(f"{101000000 + n};{title}\n" for n, title in enumerate(titles)).encode()
        data = b"id;title\n" + data
    table, rows = rows_of(engine, write_delivery(tmp_path / "d", {"project.csv": data}), "project", tmp_path / "work")
    assert [row["title"] for row in rows] == titles
    assert [row["row"] for row in rows] == list(range(2, len(titles) + 2))
    assert not table.problems


def test_damaged_records_are_left_out_and_named(engine: DuckDB, tmp_path: Path) -> None:
    """Whole records around them keep their numbers; the file, the record and the byte are told."""
    good = csv_bytes(["id", "title"], [{"id": "1", "title": "two\nlines"}])
    data = good + b'"2"\n' + b'"3";"four";"five"\n' + b'"4";"br\xffken"\n' + '"5";"ünder"\n'.encode()
    table, rows = rows_of(engine, write_delivery(tmp_path / "d", {"project.csv": data}), "project", tmp_path / "work")
    assert [(row["row"], row["id"], row["title"]) for row in rows] == [(2, "1", "two\nlines"), (6, "5", "ünder")]
    assert [(p.file, p.row, p.code) for p in table.problems] == [
        ("d/project.csv", 3, "cell-count"),
        ("d/project.csv", 4, "cell-count"),
        ("d/project.csv", 5, "broken-utf8"),
    ]
    assert f"offset {data.index(0xFF)} " in table.problems[2].what["en"]
    assert table.count == 3
    few, _ = rows_of(engine, tmp_path / "d", "project", tmp_path / "work", told=1)
    assert (len(few.problems), few.count) == (1, 3)


def test_broken_text_is_found_in_columns_that_nobody_asks_for(engine: DuckDB, tmp_path: Path) -> None:
    """An engine that skips a column sees nothing wrong in it, and one that meets broken text in the only column it keeps may end its session."""
    data = b'"id";"title";"other"\n"1";"One";"x"\n"2";"Two";"\xff"\n"3";"Three";"x"\n'
    table, rows = rows_of(engine, write_delivery(tmp_path / "d", {"project.csv": data}), "project", tmp_path / "work")
    assert [row["row"] for row in rows] == [2, 4]
    assert [(p.row, p.code) for p in table.problems] == [(3, "broken-utf8")]


def test_columns_that_nobody_asks_for_may_be_called_anything(engine: DuckDB, tmp_path: Path) -> None:
    data = b'"ID";"id";"row";"record";"";"title";"unread 0"\n"a";"1";"b";"c";"d";"One";"e"\n'
    _, rows = rows_of(engine, write_delivery(tmp_path / "d", {"project.csv": data}), "project", tmp_path / "work")
    assert rows == [{"id": "1", "title": "One", "row": 2}]


def test_a_record_has_a_limit(engine: DuckDB, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the limit it is read; one byte more is one error with the record's number."""
    monkeypatch.setattr("kg.engine.duckdb.MAX_FIELD", 100_000)
    data = csv_bytes(["id", "title"], [{"id": "1", "title": "x"}, {"id": "2", "title": "y" * 200_000}])
    folder = write_delivery(tmp_path / "d", {"project.csv": data})
    longest = len('"2";""\n') + 200_000
    monkeypatch.setattr(delivery, "MAX_RECORD", longest - 1)
    with pytest.raises(InputError, match=r"d/project.csv:3: A record is longer than"):
        rows_of(engine, folder, "project", tmp_path / "work")


def test_what_is_a_delivery(tmp_path: Path) -> None:
    folder = write_delivery(tmp_path / "d")
    assert is_delivery(folder, REQUIRED)
    assert is_delivery(tmp_path / "any.ZIP", REQUIRED)
    assert not is_delivery(tmp_path, REQUIRED)
    assert not is_delivery(folder / "project.csv", REQUIRED)


def test_a_folder_that_may_not_be_read(tmp_path: Path, kg: Callable[..., tuple[int, str]], root: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root reads everything")
    folder = write_delivery(tmp_path / "d")
    (folder / "project.csv").chmod(0)
    code, said = kg("build", "--build", str(root), "--source", str(folder))
    assert code == 2
    assert "cannot be read" in said


def test_partner_and_project_fit() -> None:
    """The rows that the tests are made of belong together."""
    assert partner(3)["projectID"] == project(3)["id"]
