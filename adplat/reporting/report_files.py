"""A report as the bytes of a file: CSV, XLSX, PDF. (Parquet is written by ``adplat.data``.)

Names come from people, and a spreadsheet takes a text that begins like a formula for one. In CSV such texts get an
apostrophe in front, the spreadsheets' own sign of a text; in XLSX texts are stored as texts. Numbers stay numbers.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from adplat.domain import MICROS_PER_UNIT, ConfigRejected, MetricUnit
from adplat.reporting.numbers import DASH, percent
from adplat.reporting.report_table import ReportCell, ReportTable, in_units

MOST_ROWS_OF_PDF = 2_000
_LONGEST_CELL = 32_767  # of a spreadsheet
_NO_MOMENT = datetime(2000, 1, 1)  # noqa: DTZ001 - a workbook knows no zones
_BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_FORMATS = {
    MetricUnit.COUNT: "#,##0",
    MetricUnit.SHARE: "0.00%",
    MetricUnit.MICROS: "#,##0.00####",
    MetricUnit.RATIO: "0.0000",
}


def csv_bytes(table: ReportTable) -> bytes:
    """Facts in lines that begin with ``#``, names, rows, totals; UTF-8 with its mark, by which Chinese is read."""
    text = io.StringIO(newline="")
    lines = csv.writer(text, lineterminator="\r\n")
    for label, value in {"report": table.title, **table.facts}.items():
        lines.writerow([f"# {label}", harmless(value)])
    lines.writerow([harmless(column.name) for column in table.columns])
    for row in (*table.rows, *table.totals):
        lines.writerow([_written(in_units(cell, column.unit)) for cell, column in zip(row, table.columns, strict=True)])
    return text.getvalue().encode("utf-8-sig")


def xlsx_bytes(table: ReportTable) -> bytes:
    """A workbook: the sheet ``Report`` with rows and totals, the sheet ``About`` with the facts."""
    import xlsxwriter

    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, options) as book:
        # The file would else carry the moment of its making: the same report is to give the same bytes.
        book.set_properties({"title": table.title[:255], "created": _NO_MOMENT})
        head = book.add_format({"bold": True, "bottom": 1})
        formats = {unit: book.add_format({"num_format": told}) for unit, told in _FORMATS.items()}
        bold = {unit: book.add_format({"num_format": told, "bold": True, "top": 1}) for unit, told in _FORMATS.items()}
        sheet = book.add_worksheet("Report")
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(table.columns):
            sheet.write_string(0, place, column.label[:_LONGEST_CELL], head)
            sheet.set_column(place, place, 24 if column.unit is None else 14)
        for number, row in enumerate((*table.rows, *table.totals), start=1):
            for place, (cell, column) in enumerate(zip(row, table.columns, strict=True)):
                told = in_units(cell, column.unit)
                looks = bold if number > len(table.rows) else formats
                if isinstance(told, int | float):
                    sheet.write_number(number, place, told, looks.get(column.unit) if column.unit else None)
                elif told is not None:
                    sheet.write_string(number, place, told[:_LONGEST_CELL])
        about = book.add_worksheet("About")
        about.set_column(0, 0, 24)
        about.set_column(1, 1, 90)
        for number, (label, value) in enumerate({"report": table.title, **table.facts}.items()):
            about.write_string(number, 0, label[:_LONGEST_CELL], head)
            about.write_string(number, 1, value[:_LONGEST_CELL])
    return file.getvalue()


def pdf_bytes(table: ReportTable) -> bytes:
    """Pages of A4 across, with facts, rows and totals; texts are data of the page, never part of its program.

    Raises ConfigRejected for more rows than anybody reads, MissingInput without the fonts that write Chinese.
    """
    if len(table.rows) > MOST_ROWS_OF_PDF:
        raise ConfigRejected(
            f"{len(table.rows):,} rows on paper", where="pdf", hint=f"ask for at most {MOST_ROWS_OF_PDF:,}, or for CSV"
        )
    import typst

    from adplat.artwork import REGULAR_PACKAGE, font_file

    digits = _digits(table)
    document = {
        "title": table.title,
        "facts": [[label, value] for label, value in table.facts.items()],
        "columns": [column.label for column in table.columns],
        "numeric": [column.unit is not None for column in table.columns],
        "rows": [_for_people(row, table, digits) for row in table.rows],
        "totals": [_for_people(row, table, digits) for row in table.totals],
    }
    return typst.compile(
        Path(__file__).with_name("report.typ"),
        format="pdf",
        sys_inputs={"report": json.dumps(document, ensure_ascii=False)},
        font_paths=[font_file().parent, font_file(REGULAR_PACKAGE).parent],
        ignore_system_fonts=True,
        timestamp=0,
    )


def _digits(table: ReportTable) -> list[int]:
    """Of the fraction of money, for each column: four where two would leave too little of one of its amounts."""
    lines = [*table.rows, *table.totals]
    return [4 if any(_is_below_one(line[place]) for line in lines) else 2 for place in range(len(table.columns))]


def _is_below_one(micros: ReportCell) -> bool:
    return isinstance(micros, int | float) and 0 < abs(micros) < MICROS_PER_UNIT


def _for_people(row: tuple[ReportCell, ...], table: ReportTable, digits: Sequence[int]) -> list[str]:
    return [
        cell_for_people(cell, column.unit, of_fraction)
        for cell, column, of_fraction in zip(row, table.columns, digits, strict=True)
    ]


def cell_for_people(told: ReportCell, unit: MetricUnit | None, digits: int | None = None) -> str:
    """Shares in per cent, money in units of its currency, a dash for what is not defined.

    ``digits`` of the fraction of money; four below one and else two, where they are not told.
    """
    cell = in_units(told, unit)
    if cell is None:
        return DASH
    if isinstance(cell, str):
        return cell
    if unit is MetricUnit.SHARE:
        return percent(cell)
    if unit is MetricUnit.MICROS:
        usual = 2 if abs(cell) >= 1.0 or cell == 0 else 4
        return f"{cell:,.{usual if digits is None else digits}f}"
    return f"{cell:,}" if isinstance(cell, int) else f"{cell:,.3f}"


def _written(cell: ReportCell) -> ReportCell:
    if cell is None:
        return ""
    # Without an exponent, which some spreadsheets read as text; floats of 15 digits are exact to the micro.
    if isinstance(cell, str):
        return harmless(cell)
    return f"{cell:.10f}".rstrip("0").rstrip(".") if isinstance(cell, float) else cell


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_BEGINS_FORMULA) else text
