"""``configs/placements/*.yaml`` into placement rules: one file a network, every limit with where and when it was read.

Refuses what would let a rumour reject an advertiser's creative: a limit that rejects although its source is not the
owner's own page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from adplat.data.configs import configs_folder, read_config
from adplat.domain import ConfigRejected, ImageLimit, MissingInput, OnExcess, PlacementRules, Source, TextLimit

BARS = ("emoji", "braces", "hash")
PARTS = ("headline", "long_headline", "body", "description", "cta", "business_name")


@dataclass(frozen=True, slots=True)
class _SourceRow:
    address: str
    checked_on: date
    owner_sourced: bool


@dataclass(frozen=True, slots=True)
class _TextRow:
    part: str
    most_width: int
    on_excess: OnExcess
    source: str
    fewest: int = 0
    most: int | None = None
    short_width: int | None = None


@dataclass(frozen=True, slots=True)
class _ImageRow:
    width_px: int
    height_px: int
    source: str
    exact: bool = True
    tolerance: float = 0.0
    least_width_px: int = 0
    least_height_px: int = 0
    most_bytes: int | None = None
    most_text_share: float | None = None
    formats: tuple[str, ...] = ("jpeg", "png")
    safe_margin_px: tuple[int, int, int, int] = (0, 0, 0, 0)
    animation: bool = False


@dataclass(frozen=True, slots=True)
class _PlacementRow:
    """``texts`` name rows of the file's ``texts``, so that sizes of one format share them."""

    placement_id: str
    image: _ImageRow | None = None
    texts: tuple[str, ...] = ()
    bars: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _NetworkFile:
    network: str
    sources: dict[str, _SourceRow]
    placements: tuple[_PlacementRow, ...]
    texts: dict[str, tuple[_TextRow, ...]] = field(default_factory=dict)


def load_placements(folder: Path | None = None) -> dict[str, PlacementRules]:
    """All placements by id, of ``folder`` or, without one, of the files that come with adplat.

    Raises MissingInput, and ConfigRejected with the file and the row: an unknown key or source, an id given twice, a
    limit out of range, or one that rejects on hearsay.
    """
    home = configs_folder() / "placements" if folder is None else folder
    files = sorted(home.glob("*.yaml"))
    if not files:
        raise MissingInput("no placement files", where=str(home), hint="give a folder with .yaml files of placements")
    found: dict[str, PlacementRules] = {}
    for path in files:
        for rules in _placements_of(path):
            if rules.placement_id in found:
                raise ConfigRejected(
                    f"placement {rules.placement_id!r} is given twice", where=str(path), hint="keep one of the two"
                )
            found[rules.placement_id] = rules
    return found


def _placements_of(path: Path) -> list[PlacementRules]:
    file = read_config(path, _NetworkFile)
    sources = {name: Source(row.address, row.checked_on, row.owner_sourced) for name, row in file.sources.items()}
    rules = []
    for row in file.placements:
        where = f"{path}: {row.placement_id}"
        unknown = [name for name in row.texts if name not in file.texts]
        if unknown:
            raise ConfigRejected(
                f"unknown texts {unknown[0]!r}", where=where, hint=f"known texts: {', '.join(file.texts) or 'none'}"
            )
        barred = [name for name in row.bars if name not in BARS]
        if barred:
            raise ConfigRejected(f"unknown bar {barred[0]!r}", where=where, hint=f"known: {', '.join(BARS)}")
        image = _image(row.image, sources, where) if row.image else None
        texts = tuple(_text(text, sources, where) for name in row.texts for text in file.texts[name])
        parts = [text.part for text in texts]
        if len(set(parts)) != len(parts):
            raise ConfigRejected("a part of the copy has two limits", where=where, hint="keep one limit a part")
        rules.append(PlacementRules(row.placement_id, file.network, image, texts, row.bars))
    return rules


def _source(name: str, sources: Mapping[str, Source], where: str) -> Source:
    if name not in sources:
        raise ConfigRejected(
            f"unknown source {name!r}", where=where, hint=f"name one of the file's sources: {', '.join(sources)}"
        )
    return sources[name]


def _text(row: _TextRow, sources: Mapping[str, Source], where: str) -> TextLimit:
    source = _source(row.source, sources, where)
    if row.part not in PARTS:
        raise ConfigRejected(f"unknown part {row.part!r}", where=where, hint=f"known parts: {', '.join(PARTS)}")
    if row.on_excess is OnExcess.REJECT and not source.owner_sourced:
        raise ConfigRejected(
            f"the limit of {row.part!r} rejects, but its source is not the owner's own page",
            where=where,
            hint="write 'on_excess: truncate', or give the owner's page as its source",
        )
    short = row.short_width
    counts_fit = row.fewest >= 0 and (row.most is None or row.most >= max(row.fewest, 1))
    if row.most_width < 1 or not counts_fit or (short is not None and not 1 <= short <= row.most_width):
        raise ConfigRejected(
            f"the limit of {row.part!r} is out of range",
            where=where,
            hint="most_width is at least 1, fewest no more than most, short_width no more than most_width",
        )
    return TextLimit(row.part, row.most_width, row.on_excess, source, row.fewest, row.most, short)


def _image(row: _ImageRow, sources: Mapping[str, Source], where: str) -> ImageLimit:
    share = row.most_text_share
    fits = (
        row.width_px > 0
        and row.height_px > 0
        and 0.0 <= row.tolerance < 1.0
        and (row.most_bytes is None or row.most_bytes > 0)
        and (share is None or 0.0 < share <= 1.0)
        and row.formats
        and min(row.safe_margin_px) >= 0
    )
    if not fits:
        raise ConfigRejected(
            "the limit of the picture is out of range",
            where=where,
            hint="sizes and weights are above 0, tolerance and text share between 0 and 1, one format at least",
        )
    return ImageLimit(
        row.width_px,
        row.height_px,
        _source(row.source, sources, where),
        exact=row.exact,
        tolerance=row.tolerance,
        least_width_px=row.least_width_px,
        least_height_px=row.least_height_px,
        most_bytes=row.most_bytes,
        most_text_share=share,
        formats=row.formats,
        safe_margin_px=row.safe_margin_px,
        animation=row.animation,
    )
