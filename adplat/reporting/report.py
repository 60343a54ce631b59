"""One self-contained HTML page: no outside address, no script, readable offline, in the dark and on paper."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

from adplat.domain import ConfigRejected
from adplat.reporting.blocks import Block, Section, Table
from adplat.reporting.numbers import is_numeric, percent, shown
from adplat.reporting.pictures import card_uri, data_uri

if TYPE_CHECKING:
    from jinja2 import Template


def render_report(
    title: str,
    summary: Sequence[str],
    sections: Sequence[Section],
    generated_at: datetime,
    footnote: str = "",
    *,
    language: str = "en",
) -> str:
    """The whole page as text.

    Every text is escaped. Pictures are embedded. A content security policy in the page forbids the
    browser to fetch anything, whatever a text may contain.

    Args:
        summary: the key findings in plain sentences, most important first; may be empty.
        generated_at: aware; shown in UTC.
        language: BCP 47 tag of the text, such as ``en`` or ``zh-CN``.

    Raises:
        ConfigRejected: a time without zone.
        TableRejected: a ``Picture`` holds no image.
    """
    if generated_at.tzinfo is None:
        raise ConfigRejected("the report has a time without zone", where="generated_at", hint="give an aware UTC time")
    return _template().render(
        title=title,
        summary=summary,
        sections=sections,
        generated=generated_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        footnote=footnote,
        language=language,
    )


@cache
def _template() -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("adplat.reporting", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"shown": shown, "percent": percent, "data_uri": data_uri, "card_uri": card_uri}
    environment.tests["of_kind"] = _of_kind
    environment.globals["numeric_columns"] = _numeric_columns
    return environment.get_template("report.html")


def _of_kind(block: Block, kind: str) -> bool:
    return type(block).__name__ == kind


def _numeric_columns(table: Table) -> list[bool]:
    return [
        bool(table.rows) and all(is_numeric(row[place]) for row in table.rows) for place in range(len(table.columns))
    ]
