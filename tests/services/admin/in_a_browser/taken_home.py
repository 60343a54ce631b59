"""What stands in the files that somebody took home, read without what wrote them."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from xml.etree import ElementTree

_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def rows_of_csv(content: bytes) -> list[list[str]]:
    """Without the lines that tell what was asked."""
    lines = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    return [line for line in lines if line and not line[0].startswith("#")]


def rows_of_xlsx(content: bytes) -> list[list[str]]:
    """Cells of all sheets, row by row, as text; what stands under a column is found by its place."""
    rows = []
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        shared = [
            "".join(part.text or "" for part in one.iter(f"{_SHEET}t"))
            for one in _parsed(book, "xl/sharedStrings.xml").iter(f"{_SHEET}si")
        ]
        for name in sorted(one for one in book.namelist() if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", one)):
            for row in _parsed(book, name).iter(f"{_SHEET}row"):
                cells: list[str] = []
                for cell in row.iter(f"{_SHEET}c"):
                    place = _place(re.sub(r"\d", "", cell.get("r", "A")))
                    value = cell.findtext(f"{_SHEET}v") or ""
                    cells += [""] * (place - len(cells))
                    cells.append(shared[int(value)] if cell.get("t") == "s" else value)
                rows.append(cells)
    return rows


def column(rows: list[list[str]], key: str, value: str) -> dict[str, str]:
    """``value`` of each ``key``, in rows below the one that names both."""
    at = next(place for place, row in enumerate(rows) if {key, value} <= {cell.lower() for cell in row})
    head = [cell.lower() for cell in rows[at]]
    places = head.index(key), head.index(value)
    return {row[places[0]]: row[places[1]] for row in rows[at + 1 :] if len(row) > max(places)}


def _parsed(book: zipfile.ZipFile, name: str) -> ElementTree.Element:
    return ElementTree.fromstring(book.read(name))  # noqa: S314 - our own file


def _place(letters: str) -> int:
    """``A`` is 0, ``AA`` 26."""
    place = 0
    for letter in letters:
        place = 26 * place + ord(letter) - ord("A") + 1
    return place - 1
