"""Files that are no workbooks, or are built to do harm: one clear error, and the tables stay as they are."""

from __future__ import annotations

import contextlib
import io
import random
import re
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kg.errors import InputError
from kg.sheet import import_sheet, package
from kg.sheet.book import MAX_COLUMNS, read_book
from tests.sheet.books import cell, contents, edited, exported, folder, merged, put, rewritten

SHEET = "xl/worksheets/sheet3.xml"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def zipped(*parts: tuple[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in parts:
            made.writestr(name, data)
    return buffer.getvalue()


def refusal(book: Path, path: Path) -> InputError:
    """Import a file that must be refused; the tables must stay byte for byte."""
    before = contents(path)
    with pytest.raises(InputError) as refused:
        import_sheet(book, path)
    assert contents(path) == before
    for lang in ("de", "en"):
        assert refused.value.text(lang).startswith(book.name)
    assert refused.value.fix
    return refused.value


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "empty"),
        (b"a;b\r\n1;2\r\n", "CSV"),
        ("a,b\nä,ß\n".encode() * 9000, "CSV"),
        (b"<html><table></table></html>", "web page"),
        (b"\x89PNG\r\n\x1a\n\x00\x01\xff", "no workbook"),
        (OLE + bytes(600), r"\.xls"),
        (OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(99), "password"),
        (b"PK\x03\x04" + bytes(50), "damaged"),
        (zipped(("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", b"<a/>")), r"\.ods"),
        (zipped(("xl/workbook.bin", b"x")), r"\.xlsb"),
        (zipped(("readme.txt", b"x")), "no workbook"),
        (zipped(("../../etc/passwd", b"x")), "points out"),
        (zipped(("/etc/passwd", b"x")), "points out"),
        (zipped(("xl\\..\\..\\x", b"x")), "points out"),
        (zipped(*((f"xl/p{number}.xml", b"") for number in range(package.MAX_ENTRIES + 1))), "2001 parts"),
        (zipped(("[Content_Types].xml", b""), ("_rels/.rels", b""), ("xl/bomb.xml", bytes(20_000_000))), "times larger"),
    ],
)
def test_files_that_are_no_workbooks(tmp_path: Path, data: bytes, word: str) -> None:
    path = folder(tmp_path / "data")
    (tmp_path / "b.xlsx").write_bytes(data)
    error = refusal(tmp_path / "b.xlsx", path)
    assert re.search(word, error.what.en), error.what.en


def test_a_missing_file_a_folder_and_a_file_of_51_mb(tmp_path: Path) -> None:
    path = folder(tmp_path / "data")
    for book in (tmp_path / "none.xlsx", path):
        with pytest.raises(InputError, match="cannot be read"):
            import_sheet(book, path)
    large = tmp_path / "large.xlsx"
    with large.open("wb") as file:
        file.truncate(51 * 1024 * 1024)
    assert "50 MB" in refusal(large, path).what.en


def test_a_zip_that_lies_about_its_sizes(tmp_path: Path) -> None:
    path = folder(tmp_path / "data")
    book = exported(path)

    def bomb(parts: dict[str, bytes]) -> None:
        parts[SHEET] = parts[SHEET].replace(b"</sheetData>", b" " * 30_000_000 + b"</sheetData>")

    rewritten(book, bomb)
    # The size that the directory tells is made small: what is read stays bounded by it.
    data = bytearray(book.read_bytes())
    place = data.rindex(SHEET.encode()) - 46
    assert data[place : place + 4] == b"PK\x01\x02"
    struct.pack_into("<I", data, place + 24, 1000)
    book.write_bytes(bytes(data))
    assert "damaged" in refusal(book, path).what.en


def test_too_much_when_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = folder(tmp_path / "data")
    book = exported(path)
    monkeypatch.setattr(package, "MAX_UNPACKED", 20_000)
    assert "Unpacked" in refusal(book, path).what.en


@pytest.mark.parametrize(
    "head",
    [
        b'<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;">]>',
        b'<!DOCTYPE foo [<!ENTITY xxe SYSTEM "file:///etc/passwd">]>',
        b'<!DOCTYPE foo SYSTEM "http://127.0.0.1:9/x.dtd">',
    ],
)
@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels"])
def test_entities_and_document_types(tmp_path: Path, head: bytes, part: str) -> None:
    path = folder(tmp_path / "data")
    book = rewritten(exported(path), lambda parts: parts.update({part: head + parts[part]}))
    assert "document type" in refusal(book, path).what.en


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda xml: xml[:-30], "damaged"),
        (lambda xml: xml.replace(b"<sheetData>", b"<a>" * 60 + b"</a>" * 60 + b"<sheetData>"), "too deep"),
        (lambda xml: xml.replace(b'<row r="2">', b'<row r="1048576"><c r="A1048576" t="str"><v>x</v></c></row><row r="2">'), "1000000 rows"),
        (lambda xml: xml.replace(b'<row r="2">', b'<row r="2"><c r="XFD2" t="str"><v>x</v></c>'), f"column {MAX_COLUMNS}"),
        (lambda xml: xml.replace(b'<row r="2">', b'<row r="2"><c r="A2" t="str"><v>' + b"x" * 300_000 + b"</v></c>"), "more text"),
        (lambda xml: xml.replace(b'<row r="2">', b'<row r="2"><c r="A2" t="s"><v>5</v></c>'), "damaged"),
        (lambda xml: xml.replace(b'<row r="2">', b'<row r="2"><c r="A2" t="str"><v>twice</v></c>'), "damaged"),
        (lambda _: b"\xff\xfe\x00", "damaged"),
    ],
)
def test_damaged_and_endless_sheets(tmp_path: Path, change: Callable[[bytes], bytes], word: str) -> None:
    path = folder(tmp_path / "data")
    book = rewritten(exported(path), lambda parts: parts.update({SHEET: change(parts[SHEET])}))
    assert word in refusal(book, path).what.en


def faults(path: Path, edit: Callable[[Any], object]) -> list[tuple[str, str]]:
    error = refusal(edited(exported(path), edit), path)
    assert all(problem.what["de"] and problem.fix["de"] for problem in error.problems)
    return [(problem.file, problem.what["en"]) for problem in error.problems]


def test_formulas_errors_and_merged_cells_are_refused_with_their_address(tmp_path: Path) -> None:
    path = folder(tmp_path / "data")

    def edit(book: Any) -> None:
        cell(book, "relations", 3, "role").value = "=1+1"
        cell(book, "entities", 2, "lat").value = "#N/A"
        book["sources"].merge_cells("C2:D2")

    found = dict(faults(path, edit))
    assert found["data.xlsx relations!D3"] == "The cell holds a formula."
    assert "#N/A" in found["data.xlsx entities!K2"]
    assert "merged" in found["data.xlsx sources!C2:D2"]


def test_the_cached_value_of_a_formula_is_not_trusted(tmp_path: Path) -> None:
    path = folder(tmp_path / "data")

    def change(parts: dict[str, bytes]) -> None:
        cell = b'<c r="D2" s="1" t="inlineStr"><is><t>Partner</t></is></c>'
        assert cell in parts[SHEET]
        parts[SHEET] = parts[SHEET].replace(cell, b'<c r="D2" t="str"><f>HYPERLINK("x")</f><v>Partner</v></c>')

    assert "relations!D2" in refusal(rewritten(exported(path), change), path).problems[0].file


def test_headers_that_do_not_fit(tmp_path: Path) -> None:
    path = folder(tmp_path / "data")
    ((place, what),) = [found for found in faults(path, put("relations", 1, "role", "rolle")) if "relations!" in found[0]]
    assert place == "data.xlsx relations!D1"
    assert "'rolle'" in what
    error = refusal(edited(exported(path), put("relations", 1, "role", "rolle")), path)
    assert "'role'" in error.problems[0].fix["en"]
    assert any("missing" in what for _, what in faults(path, lambda book: book["relations"].delete_cols(1)))
    assert any("twice" in what for _, what in faults(path, put("relations", 1, "role", "start")))
    # A line of text above the header.
    assert any("missing" in what for _, what in faults(path, lambda book: book["relations"].insert_rows(1)))
    assert any("no column" in what for _, what in faults(path, lambda book: book["relations"].cell(1, 12, "Notiz")))
    assert any("has no name" in what for _, what in faults(path, lambda book: book["relations"].cell(3, 12, "Notiz")))


def test_macros_and_links_are_ignored_and_that_is_said(tmp_path: Path) -> None:
    path = folder(tmp_path / "data")

    def change(parts: dict[str, bytes]) -> None:
        parts["xl/vbaProject.bin"] = b"Sub AutoOpen()"
        parts["xl/externalLinks/externalLink1.xml"] = b"<externalLink/>"

    made = import_sheet(rewritten(exported(path), change), path)
    assert ["macros" in note.en or "links" in note.en for note in made.notes] == [True, True]


@pytest.mark.parametrize("state", ["gone", "changed", "version"])
def test_the_hidden_sheet_gone_or_changed(tmp_path: Path, state: str) -> None:
    path = folder(tmp_path / "data")

    def edit(book: Any) -> None:
        if state == "gone":
            del book["_innokg"]
        elif state == "version":
            book["_innokg"]["B1"].value = "99"
        else:
            row = next(row for row in book["_innokg"] if row[0].value == "part")
            row[2].value = row[2].value[:40] + "AAAA" + row[2].value[44:]

    error = refusal(edited(exported(path), edit), path)
    assert error.fix
    assert "kg export-sheet" in error.fix.en


def test_a_kept_table_that_unpacks_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kg.sheet import kept

    path = folder(tmp_path / "data")
    book = exported(path)
    monkeypatch.setattr(kept, "MAX_BYTES", 20)
    assert "has been changed" in refusal(book, path).what.en


def test_a_folder_without_the_table(tmp_path: Path) -> None:
    path = folder(tmp_path / "data")
    book = exported(path)
    (path / "relations.csv").unlink()
    with pytest.raises(InputError, match=r"relations\.csv"):
        import_sheet(book, path)


def test_a_control_character_is_refused(tmp_path: Path) -> None:
    path = folder(tmp_path / "data")
    assert any("U+0007" in what for _, what in faults(path, put("relations", 3, "role", "a_x0007_b")))


def test_a_workbook_of_the_strict_kind_is_read(tmp_path: Path) -> None:
    path = folder(tmp_path / "data")

    def change(parts: dict[str, bytes]) -> None:
        for name in parts:
            parts[name] = (
                parts[name]
                .replace(b"http://schemas.openxmlformats.org/spreadsheetml/2006/main", b"http://purl.oclc.org/ooxml/spreadsheetml/main")
                .replace(
                    b"http://schemas.openxmlformats.org/officeDocument/2006/relationships", b"http://purl.oclc.org/ooxml/officeDocument/relationships"
                )
            )

    assert not import_sheet(rewritten(exported(path), change), path).changed


def test_rich_text_and_how_it_is_pronounced(tmp_path: Path) -> None:
    path = folder(tmp_path / "data")

    def change(parts: dict[str, bytes]) -> None:
        rich = b"<is><r><t>Part</t></r><rPh><t>LAUT</t></rPh><r><t>ner</t></r></is>"
        parts[SHEET] = parts[SHEET].replace(b"<is><t>Partner</t></is>", rich)

    book = rewritten(exported(path), change)
    assert b"LAUT" in zipfile.ZipFile(book).read(SHEET)
    assert not import_sheet(book, path).changed
    assert read_book(book, lambda name: name).sheets["relations"].rows[2][4] == "Partner"


def test_trailing_blank_rows_and_cells_are_nothing(tmp_path: Path) -> None:
    path = folder(tmp_path / "data")

    def edit(book: Any) -> None:
        for row in range(6, 12):
            book["relations"].cell(row, 2).value = "  "
        book["relations"].cell(900, 40).number_format = "0.00"
        book["relations"].cell(2, 30).value = " "

    assert not merged(path, edit).changed


@pytest.mark.parametrize("seed", range(8))
def test_random_damage_is_an_error_or_nothing(tmp_path: Path, seed: int) -> None:
    """Bytes of the file or of one part are changed; what a cell then holds may differ, but nothing breaks and nothing is written."""
    path = folder(tmp_path / "data")
    book = exported(path)
    whole, before, chance = book.read_bytes(), contents(path), random.Random(seed)
    for turn in range(20):
        book.write_bytes(whole)
        if turn % 3 == 0:
            data = bytearray(whole)
            for _ in range(chance.choice([1, 3])):
                data[chance.randrange(len(data))] = chance.randrange(256)
            book.write_bytes(bytes(data[: chance.choice([len(data), chance.randrange(len(data))])]))
        else:
            rewritten(book, lambda parts: damage(parts, chance))
        with contextlib.suppress(InputError):
            import_sheet(book, path, preview=True)
    assert contents(path) == before


def damage(parts: dict[str, bytes], chance: random.Random) -> None:
    name = chance.choice([name for name in parts if "sheet" in name or "rels" in name or "styles" in name or "workbook" in name])
    data = bytearray(parts[name])
    place, other = chance.randrange(len(data)), chance.randrange(len(data))
    if chance.random() < 0.5:
        del data[place : place + chance.randrange(1, 20)]
    else:
        data[place:place] = data[other : other + chance.randrange(1, 40)]
    parts[name] = bytes(data)
