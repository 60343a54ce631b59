"""What a kept landscape says of bids: on the whole, or in one context; as rows or as a picture."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from adplat.data import write_bytes
from adplat.domain import ConfigRejected, MissingInput
from adplat.flows.fit_bid_landscape import summary
from adplat.forecast import FLOOR, BidLandscape, landscape_of_bytes
from adplat.reporting import PictureForm, WinChances, draw_win_chances

Float64 = npt.NDArray[np.float64]
FORMS: dict[str, PictureForm] = {".png": "png", ".svg": "svg"}
# Without bids of the caller: those that win so often.
CHANCES = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
DRAWN = 400


def read_landscape(path: Path) -> tuple[BidLandscape, dict[str, Any]]:
    """A file of ``fit_bid_landscape``. Raises MissingInput, or ConfigRejected when it is none or damaged."""
    try:
        content = path.read_bytes()
    except OSError:
        raise MissingInput(
            "no such landscape", where=str(path), hint="fit one with 'adplat forecast landscape fit'"
        ) from None
    return landscape_of_bytes(content, where=str(path))


def show_bid_landscape(
    path: Path,
    *,
    bids_micros: Sequence[float] = (),
    context: Mapping[str, str] | None = None,
    picture: Path | None = None,
) -> dict[str, Any]:
    """Bids with their win chance, its interval, and what a won second-price auction costs on average.

    ``unknown`` names the columns that are taken as unknown: left out, or with a value that no auction had.

    Args:
        bids_micros: empty: the bids that win 5 to 95 %.
        context: values of the landscape's columns; those left out count as unknown. ``None``: all auctions together.
        picture: also drawn here (``.png``, ``.svg``).

    Raises MissingInput, ConfigRejected for no landscape, a column it does not know, a bid that is not positive.
    """
    landscape, source = read_landscape(path)
    if picture is not None and picture.suffix not in FORMS:
        raise ConfigRejected(
            f"a picture cannot end in {picture.suffix!r}", where=str(picture), hint=f"take {' or '.join(FORMS)}"
        )
    if not all(math.isfinite(bid) and bid > 0.0 for bid in bids_micros):
        raise ConfigRejected("a bid is not a positive number", where="bids", hint="give micros for one impression")
    values = None if context is None else _checked(landscape, context)
    bids = np.array(bids_micros) if bids_micros else _usual_bids(landscape, values)
    document = summary(landscape, source) | {
        "context": context,
        "unknown": _unknown(landscape, values),
        "bids": _rows(landscape, bids, values),
    }
    if picture is not None:
        write_bytes(
            picture, _drawn(landscape, values, context or {}, str(source.get("currency") or ""), picture.suffix)
        )
        document["picture"] = str(picture)
    return document


def _checked(landscape: BidLandscape, context: Mapping[str, str]) -> dict[str, float | str]:
    """A value for each column of the landscape."""
    if landscape.by_context is None:
        raise ConfigRejected(
            "this landscape tells no contexts apart", where="context", hint="fit one by columns that matter"
        )
    known = {column.name: column for column in landscape.by_context.coding.columns}
    values: dict[str, float | str] = {}
    for name, column in known.items():
        if hasattr(column, "values"):
            values[name] = context.get(name, "")
        else:
            try:
                values[name] = float(context.get(name, "nan"))
            except ValueError:
                raise ConfigRejected(f"{name} is a number", where=f"{name}={context[name]}", hint="give one") from None
    for name in context:
        if name not in known:
            raise ConfigRejected(f"unknown column {name!r}", where="context", hint=f"there are: {', '.join(known)}")
    return values


def _unknown(landscape: BidLandscape, values: Mapping[str, float | str] | None) -> list[str]:
    """Columns of the context whose value was never seen, or not told."""
    if landscape.by_context is None or values is None:
        return []
    codes = landscape.by_context.coding.coded({name: np.array([value]) for name, value in values.items()})[0]
    return [name for name, code in zip(landscape.by_context.coding.names, codes, strict=True) if code == 0]


def _repeated(values: Mapping[str, float | str] | None, times: int) -> dict[str, npt.ArrayLike] | None:
    return None if values is None else {name: np.repeat(np.array([value]), times) for name, value in values.items()}


def _usual_bids(landscape: BidLandscape, values: Mapping[str, float | str] | None) -> Float64:
    chances = np.array(CHANCES)
    bids = landscape.bids_to_win(chances, _repeated(values, len(chances)))
    return np.unique(bids[~np.isnan(bids)])


def _rows(
    landscape: BidLandscape, bids: Float64, values: Mapping[str, float | str] | None
) -> list[dict[str, float | None]]:
    contexts = _repeated(values, len(bids))
    chances, prices = landscape.win_probability(bids, contexts), landscape.expected_price_micros(bids, contexts)
    # Of a single context no interval is known; that of the whole would be too narrow.
    low, high = landscape.curve.interval(bids) if values is None else (np.full(len(bids), np.nan),) * 2
    return [
        {
            "bid_micros": float(bid),
            "win_probability": float(chance),
            "low": _told(least),
            "high": _told(most),
            "expected_price_micros": _told(price),
        }
        for bid, chance, least, most, price in zip(bids, chances, low, high, prices, strict=True)
    ]


def _drawn(
    landscape: BidLandscape,
    values: Mapping[str, float | str] | None,
    context: Mapping[str, str],
    currency: str,
    suffix: str,
) -> bytes:
    curve = landscape.curve
    least = float(curve.bids_to_win([0.002 * float(curve.chances[-1])])[0])
    most = float(curve.bids_to_win([0.998 * float(curve.chances[-1])])[0])
    bids = np.geomspace(max(least * 0.9, 1.0), max(most * 1.1, 2.0), DRAWN)
    low, high = curve.interval(bids)
    series = [WinChances("all auctions", bids, curve.win_probability(bids), low, high)]
    if values is not None:
        name = ", ".join(f"{key} {value}" for key, value in context.items() if key != FLOOR) or "this context"
        nothing = np.full(DRAWN, np.nan)
        chances = landscape.win_probability(bids, _repeated(values, DRAWN))
        series.append(WinChances(name, bids, chances, nothing, nothing))
    return draw_win_chances(series, currency=currency, form=FORMS[suffix])


def _told(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
