"""Card
This room:   figures, one self-contained HTML report, and tables as files for people; it shows numbers, it makes none.
             The audit trail as a file, written and read back.
May import:  data, artwork, statistics, domain; jinja2, matplotlib, Pillow, xlsxwriter and typst, late.
Must not:    know another engine, read or write files, refer to any outside address.
Called by:   flows, bootstrap.
Tests:       tests/reporting/
"""

from adplat.reporting.audit_file import audit_csv_bytes, audit_record, audit_rows
from adplat.reporting.blocks import (
    Block,
    Cell,
    CreativeCard,
    Gallery,
    KeyFigure,
    KeyFigures,
    Paragraph,
    Picture,
    Section,
    Table,
)
from adplat.reporting.budget_split import SplitCurve, draw_budget_split
from adplat.reporting.campaign_picture import SpendCurve, draw_campaign_forecast
from adplat.reporting.click_rates import ArmTrace, draw_click_rates
from adplat.reporting.comparison import MetricComparison, draw_metric_comparison
from adplat.reporting.contributions import draw_contributions
from adplat.reporting.coverage import HeldOverTime, draw_held_over_time, draw_held_shares
from adplat.reporting.drawing import PictureForm
from adplat.reporting.intervals_over_time import ArmOverTime, draw_intervals_over_time
from adplat.reporting.lift import draw_lift
from adplat.reporting.paced_day import PacedMoney, draw_paced_day
from adplat.reporting.regret import draw_cumulative_regret
from adplat.reporting.reliability import draw_reliability
from adplat.reporting.report import render_report
from adplat.reporting.report_files import cell_for_people, csv_bytes, harmless, pdf_bytes, xlsx_bytes
from adplat.reporting.report_table import ReportCell, ReportColumn, ReportTable, in_units
from adplat.reporting.win_chances import WinChances, draw_win_chances

__all__ = [
    "ArmOverTime",
    "ArmTrace",
    "Block",
    "Cell",
    "CreativeCard",
    "Gallery",
    "HeldOverTime",
    "KeyFigure",
    "KeyFigures",
    "MetricComparison",
    "PacedMoney",
    "Paragraph",
    "Picture",
    "PictureForm",
    "ReportCell",
    "ReportColumn",
    "ReportTable",
    "Section",
    "SpendCurve",
    "SplitCurve",
    "Table",
    "WinChances",
    "audit_csv_bytes",
    "audit_record",
    "audit_rows",
    "cell_for_people",
    "csv_bytes",
    "draw_budget_split",
    "draw_campaign_forecast",
    "draw_click_rates",
    "draw_contributions",
    "draw_cumulative_regret",
    "draw_held_over_time",
    "draw_held_shares",
    "draw_intervals_over_time",
    "draw_lift",
    "draw_metric_comparison",
    "draw_paced_day",
    "draw_reliability",
    "draw_win_chances",
    "harmless",
    "in_units",
    "pdf_bytes",
    "render_report",
    "xlsx_bytes",
]
