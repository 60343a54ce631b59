"""Reports to take away: nothing in them is a formula or a program, and numbers are numbers."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import Any

import pytest
import typst

from adplat.domain import ConfigRejected, MetricUnit
from adplat.reporting import ReportColumn, ReportTable, csv_bytes, pdf_bytes, xlsx_bytes

EVIL = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    '=HYPERLINK("http://x","y")',
    "＝1",
    "#panic()",
    "*bold*",
    "$x$",
]


def a_table(names: list[str]) -> ReportTable:
    return ReportTable(
        "=cmd|' /C calc'!A0",
        (
            ReportColumn("campaign", "Campaign"),
            ReportColumn("clicks", "Clicks", MetricUnit.COUNT),
            ReportColumn("spend", "Spend", MetricUnit.MICROS),
            ReportColumn("ctr", "CTR", MetricUnit.SHARE),
        ),
        tuple((name, -3, 1_234_567, None if number else 0.00001) for number, name in enumerate(names)),
        (("total", -3, 1_234_567, 0.5),),
        {"asked by": "@mei", "filters": "campaign=k1"},
    )


def read(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_no_text_of_a_csv_begins_like_a_formula_and_numbers_stay_numbers() -> None:
    lines = read(csv_bytes(a_table(EVIL)))

    assert lines[:4] == [
        ["# report", "'=cmd|' /C calc'!A0"],
        ["# asked by", "'@mei"],
        ["# filters", "campaign=k1"],
        ["campaign", "clicks", "spend", "ctr"],
    ]
    rows = lines[4:-1]
    assert [row[0].removeprefix("'") for row in rows] == EVIL
    assert not any(row[0][0] in "=+-@\t\r\n＝" for row in rows)
    assert rows[0][1:] == ["-3", "1.234567", "0.00001"]
    assert rows[1][3] == "", "what is not defined is not 0"
    assert lines[-1] == ["total", "-3", "1.234567", "0.5"]


def test_whole_numbers_of_a_csv_have_no_point() -> None:
    units = (MetricUnit.MICROS, MetricUnit.RATIO, MetricUnit.SHARE, MetricUnit.MICROS)
    columns = tuple(ReportColumn(f"m{place}", "", unit) for place, unit in enumerate(units))
    lines = read(csv_bytes(ReportTable("Report", columns, ((0, 0.0, 1.0, 289_000_000), (10_000_000, 0.5, 20.0, 1)))))
    assert lines[-2:] == [["0", "0", "1", "289"], ["10", "0.5", "20", "0.000001"]]


def test_a_workbook_holds_no_formula_and_no_link() -> None:
    data = xlsx_bytes(a_table([*EVIL, "http://example.com", "12"]))

    with zipfile.ZipFile(io.BytesIO(data)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        about = book.read("xl/worksheets/sheet2.xml").decode()
        texts = book.read("xl/sharedStrings.xml").decode()
    assert "<f>" not in sheet + about
    assert "hyperlink" not in sheet
    assert "<v>1.234567</v>" in sheet
    assert "=1+1" in texts
    assert "asked by" in texts
    assert xlsx_bytes(a_table(EVIL)) == xlsx_bytes(a_table(EVIL))


def test_paper_takes_texts_as_texts_and_writes_chinese() -> None:
    data = pdf_bytes(a_table([*EVIL, "春季新品", "]) #panic(1)"]))

    assert data.startswith(b"%PDF-")
    assert data == pdf_bytes(a_table([*EVIL, "春季新品", "]) #panic(1)"]))


def test_money_on_paper_has_one_number_of_digits_a_column(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[dict[str, Any]] = []
    monkeypatch.setattr(typst, "compile", lambda _, **more: told.append(json.loads(more["sys_inputs"]["report"])))
    columns = (ReportColumn("cpc", "CPC", MetricUnit.MICROS), ReportColumn("spend", "Spend", MetricUnit.MICROS))

    pdf_bytes(ReportTable("r", columns, ((709_000.0, 2_000_000), (None, 0)), ((1_400_000.0, 1_234_567_890),)))

    assert told[0]["rows"] == [["0.7090", "2.00"], ["–", "0.00"]]
    assert told[0]["totals"] == [["1.4000", "1,234.57"]]


def test_what_nobody_reads_on_paper_is_refused() -> None:
    with pytest.raises(ConfigRejected, match="2,000"):
        pdf_bytes(a_table(["k"] * 2_001))
