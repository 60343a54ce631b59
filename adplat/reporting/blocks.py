"""What a report is made of. Plain values: how they look is decided in ``report.html`` alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from adplat.domain import Interval, TableRejected
from adplat.statistics import wilson_interval

Cell = str | int | float | Interval | None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Plain text; every character is shown as it is."""

    text: str


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One number worth a glance: ``value`` as it is to be read, ``detail`` what it is measured against."""

    label: str
    value: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """A row of key figures."""

    figures: Sequence[KeyFigure]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a caption. Numbers are formatted and set flush right; ``None`` shows as a dash.

    Raises:
        TableRejected: a row is not as long as the header.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    caption: str

    def __post_init__(self) -> None:
        for number, row in enumerate(self.rows, start=1):
            if len(row) != len(self.columns):
                raise TableRejected(
                    f"row {number} has {len(row)} cells under {len(self.columns)} columns",
                    where=self.caption,
                    hint="give one cell for every column",
                )


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawn figure: PNG, JPEG, GIF, WebP or SVG bytes. ``alt`` says in words what it shows."""

    content: bytes
    alt: str
    caption: str = ""


@dataclass(frozen=True, slots=True)
class CreativeCard:
    """One creative with what happened to it.

    ``picture`` holds image bytes in any format Pillow reads; large ones are scaled down, and one that cannot
    be read is shown as missing: one bad file must not cost the report. ``propensity`` is the share of
    first slots it would get now; ``badge`` a word or two such as "leading".

    Raises:
        TableRejected: more clicks than impressions.
    """

    creative_id: str
    headline: str
    picture: bytes | None = None
    body: str = ""
    impressions: int = 0
    clicks: int = 0
    propensity: float | None = None
    badge: str = ""

    def __post_init__(self) -> None:
        wilson_interval(self.clicks, self.impressions)

    @property
    def click_rate(self) -> Interval | None:
        """CTR with its 95 % Wilson interval; ``None`` before the first impression."""
        return wilson_interval(self.clicks, self.impressions) if self.impressions else None


@dataclass(frozen=True, slots=True)
class Gallery:
    """Creatives side by side."""

    cards: Sequence[CreativeCard]
    caption: str = ""


Block = Paragraph | KeyFigures | Table | Picture | Gallery


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report under its own heading."""

    title: str
    blocks: Sequence[Block]
