"""What ``adplat evaluate`` found, as pictures and as one page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from adplat.data import write_bytes
from adplat.domain import Clock, Interval
from adplat.reporting import Paragraph, Picture, Section, Table, draw_lift, draw_reliability, render_report
from adplat.statistics import ReliabilityBin

MEASURES = ("auc", "gauc", "logloss", "normalised_entropy", "ece", "pcoc")


def write_plots(found: Mapping[str, Any], folder: Path) -> list[Path]:
    """``reliability.png`` and a lift plot a head in ``folder``; gives their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    curves = _curves(found)
    pictures = {"reliability.png": draw_reliability(curves, apart=True, form="png")}
    pictures |= {_name(head): draw_lift(bins, form="png") for head, bins in curves.items()}
    for name, content in pictures.items():
        write_bytes(folder / name, content)
    return [folder / name for name in pictures]


def write_page(found: Mapping[str, Any], title: str, path: Path, clock: Clock) -> None:
    """One self-contained HTML file with the table, the slices and the same pictures."""
    curves = _curves(found)
    pictures = [
        Picture(
            draw_reliability(curves, apart=True),
            "observed against predicted rate",
            "A point on the dashed line is right.",
        ),
        *(Picture(draw_lift(bins), f"lift of {head}", f"{head}: clicks and rows.") for head, bins in curves.items()),
    ]
    sections = [
        Section("Overall", [_overall(found)]),
        Section("Calibration and lift", pictures),
        Section("Slices", [_slices(found["slices"])]),
    ]
    if "conversion" in found:
        told = found["conversion"]
        rows = [[name, told.get(name)] for name in ("rows", "positives", *MEASURES)]
        sections.insert(
            1, Section("Conversions of clicks", [Table(["measure", "value"], rows, "pCVR on clicked rows")])
        )
    sections.append(Section("Reading", [Paragraph(_READING)]))
    told_of = (
        f"Judged on {found['judged']} rows: {found['overall']['rows']:,}, {found['overall']['positives']:,} clicked."
    )
    write_bytes(path, render_report(title, [told_of], sections, clock.now()).encode())


_READING = (
    "PCOC is predicted over observed clicks: 1 is right on the whole. ECE is the calibration error in 20 bins of "
    "equal size, relative to the mean rate. Normalised entropy below 1 beats knowing only the mean rate. Intervals "
    "are 95 %, drawn by user where there are users; those of slices count clicks alone."
)


def _overall(found: Mapping[str, Any]) -> Table:
    overall, ends = found["overall"], found["intervals"]
    rows: list[list[str | int | float | Interval | None]] = []
    for name in MEASURES:
        value = overall.get(name)
        known = value is not None and name in ends
        rows.append([name, Interval(value, *ends[name]) if known else value])
    return Table(["measure", "value and 95 % interval"], rows, "all judged rows")


def _slices(slices: Mapping[str, Mapping[str, Any]]) -> Table:
    rows = [
        [name, told["rows"], told["positives"], told.get("auc"), _pcoc(told)]
        for name, told in slices.items()
        if told["rows"]
    ]
    return Table(["slice", "rows", "clicks", "AUC", "PCOC"], rows, "PCOC with its exact 95 % interval")


def _pcoc(told: Mapping[str, Any]) -> Interval | float | None:
    value, low, high = told.get("pcoc"), told.get("pcoc_low"), told.get("pcoc_high")
    return Interval(value, low, high) if value is not None and low is not None and high is not None else value


def _curves(found: Mapping[str, Any]) -> dict[str, Sequence[ReliabilityBin]]:
    return {
        head: [
            ReliabilityBin(
                one["rows"], one["positives"], one["predicted"], Interval(one["observed"], one["low"], one["high"])
            )
            for one in bins
        ]
        for head, bins in found["curves"].items()
    }


def _name(head: str) -> str:
    return f"lift_{head.split(maxsplit=1)[0].lower()}.png"
