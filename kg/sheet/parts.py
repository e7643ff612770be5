"""The XML parts of a workbook as events: no tree, no document type, no entity, bounded depth and text.

Strict and transitional workbooks differ in their namespaces only (ECMA-376 part 1, annex A), so that elements are told by their local names.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from kg.errors import MissingExtraError, Text
from kg.sheet.layout import CELL_LIMIT
from kg.sheet.package import Package

MAX_DEPTH = 50
MAX_TEXT = 8 * CELL_LIMIT
"""Characters of one text: a cell with every character escaped fits in (`_xHHHH_`)."""
MAX_STRINGS = 5_000_000


class TooMuch(Exception):
    """A part holds more than is read; the text says what."""

    def __init__(self, what: Text) -> None:
        super().__init__(what.en)
        self.what = what


class Handler:
    """Takes the events of a part: subclasses say what to do with an element."""

    def __init__(self) -> None:
        self.depth = 0
        self._parts: list[str] | None = None
        self._length = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Take the start of an element (called by the parser)."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise TooMuch(Text("An element lies too deep.", "Ein Element liegt zu tief."))
        self.opened(tag.rpartition("}")[2], attributes)

    def end(self, tag: str) -> None:
        """Take the end of an element (called by the parser)."""
        self.depth -= 1
        self.closed(tag.rpartition("}")[2])

    def data(self, text: str) -> None:
        """Take a piece of text (called by the parser)."""
        if self._parts is not None:
            self._length += len(text)
            if self._length > MAX_TEXT:
                raise TooMuch(Text("A cell holds more text than any cell can.", "Eine Zelle enthält mehr Text, als eine Zelle fassen kann."))
            self._parts.append(text)

    def close(self) -> None:
        """End the part (called by the parser)."""

    def listen(self) -> None:
        """Gather text from here on."""
        self._parts, self._length = [], 0

    def heard(self) -> str:
        """Return the text gathered since :meth:`listen`."""
        text = "".join(self._parts or ())
        self._parts = None
        return text

    def opened(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Do what the start of an element asks for."""

    def closed(self, tag: str) -> None:
        """Do what the end of an element asks for."""


_H = TypeVar("_H", bound=Handler)


def walk(package: Package, part: str, handler: _H) -> _H:
    """Send the events of a part to a handler and return it.

    Raises:
        InputError: The part is no XML, has a document type, or is too much.
        MissingExtraError: defusedxml is not installed.
    """
    try:
        from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
        from defusedxml.ElementTree import ParseError, XMLParser  # type: ignore[import-untyped]
    except ImportError as error:
        raise MissingExtraError("defusedxml", "tables", Text("Workbooks", "Arbeitsmappen")) from error
    parser: Any = XMLParser(target=handler, forbid_dtd=True)
    try:
        for block in package.blocks(part):
            parser.feed(block)
        parser.close()
    except DefusedXmlException as error:
        what = Text("The XML declares entities or a document type.", "Das XML vereinbart Entitäten oder einen Dokumenttyp.")
        fix = Text(
            "No spreadsheet program writes such a file; do not use it.", "Kein Tabellenprogramm schreibt so eine Datei; verwenden Sie sie nicht."
        )
        raise package.refused(what, fix, part) from error
    except TooMuch as error:
        raise package.refused(error.what, part=part) from error
    except (ParseError, ValueError, LookupError) as error:
        what = Text("The XML is damaged.", "Das XML ist beschädigt.")
        fix = Text(
            "Open the file in the spreadsheet program and save it again as .xlsx.",
            "Öffnen Sie die Datei im Tabellenprogramm und speichern Sie sie neu als .xlsx.",
        )
        raise package.refused(what, fix, part) from error
    return handler


class Relationships(Handler):
    """Targets of a part's relationships, by id; external ones are left out.

    Attributes:
        targets: Target by id.
        kinds: Last word of the type by id.
    """

    def __init__(self) -> None:
        super().__init__()
        self.targets: dict[str, str] = {}
        self.kinds: dict[str, str] = {}

    def opened(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Note a relationship."""
        if tag == "Relationship" and attributes.get("TargetMode") != "External":
            name = attributes.get("Id", "")
            self.targets[name] = attributes.get("Target", "")
            self.kinds[name] = attributes.get("Type", "").rpartition("/")[2]


class Contents(Handler):
    """The sheets of a workbook.

    Attributes:
        sheets: (name, id of the relationship, state) in order.
        from_1904: Whether days are counted from 1904.
    """

    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[tuple[str, str, str]] = []
        self.from_1904 = False

    def opened(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Note a sheet or the setting of the calendar."""
        if tag == "sheet":
            target = next((value for name, value in attributes.items() if name.rpartition("}")[2] == "id" and "}" in name), "")
            self.sheets.append((attributes.get("name", ""), target, attributes.get("state", "visible")))
        elif tag == "workbookPr":
            self.from_1904 = attributes.get("date1904", "0") in ("1", "true")


class Strings(Handler):
    """The shared texts of a workbook, as they stand in the XML.

    Attributes:
        texts: The texts in order.
    """

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._runs: list[str] = []
        self._sound = False

    def opened(self, tag: str, attributes: Mapping[str, str]) -> None:  # noqa: ARG002
        """Begin a text or a run of it; how it is pronounced (rPh) is no part of it."""
        if tag == "si":
            self._runs = []
        elif tag == "rPh":
            self._sound = True
        elif tag == "t" and not self._sound:
            self.listen()

    def closed(self, tag: str) -> None:
        """End a text or a run of it."""
        if tag == "t" and not self._sound:
            self._runs.append(self.heard())
        elif tag == "rPh":
            self._sound = False
        elif tag == "si":
            self.texts.append("".join(self._runs))
            if len(self.texts) > MAX_STRINGS:
                raise TooMuch(Text(f"There are more than {MAX_STRINGS} texts.", f"Es sind mehr als {MAX_STRINGS} Texte."))


class Styles(Handler):
    """The number format of each cell style.

    Attributes:
        formats: Code of the number format by number of the style.
    """

    def __init__(self, builtin: Mapping[int, str]) -> None:
        super().__init__()
        self._codes: dict[str, str] = {str(number): code for number, code in builtin.items()}
        self._inside = False
        self._used: list[str] = []

    def opened(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Note a number format or the style of a cell."""
        if tag == "numFmt":
            self._codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif tag == "cellXfs":
            self._inside = True
        elif tag == "xf" and self._inside:
            self._used.append(attributes.get("numFmtId", "0"))

    def closed(self, tag: str) -> None:
        """Leave the list of styles."""
        if tag == "cellXfs":
            self._inside = False

    @property
    def formats(self) -> list[str]:
        """Return the codes; an unknown one is `General`."""
        return [self._codes.get(number, "General") for number in self._used]
