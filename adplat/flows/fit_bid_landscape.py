"""Fit a bid landscape from logged auctions and keep it in a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from adplat.data import write_bytes
from adplat.domain import Clock, Progress
from adplat.flows.landscape_auctions import read_auctions
from adplat.forecast import BidLandscape, fit_landscape, landscape_bytes


def fit_bid_landscape(
    folder: Path,
    out: Path,
    clock: Clock,
    progress: Progress,
    *,
    by: Sequence[str] = (),
    currency: str = "",
    since_days: int | None = None,
    seed: int = 0,
) -> dict[str, Any]:
    """Learn from the auctions of ``folder`` and write ``out``, whole or not at all; returns what a person reads of it.

    Raises what :func:`read_auctions` raises.
    """
    progress(0, 1, "reading ended auctions")
    log = read_auctions(folder, by=by, currency=currency, since_days=since_days)
    progress(1, 1, "reading ended auctions")
    landscape = fit_landscape(log.auctions, np.random.default_rng(seed), progress)
    source = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in log.told.items()}
    source["fitted"] = clock.now().isoformat()
    write_bytes(out, landscape_bytes(landscape, source))
    return {"landscape": str(out), **summary(landscape, source)}


def summary(landscape: BidLandscape, source: dict[str, Any]) -> dict[str, Any]:
    """What a landscape was made of, and how well it did on the later auctions."""
    by_context = landscape.by_context
    return {
        "source": source,
        "auctions": landscape.auctions,
        "won": landscape.won,
        "told": landscape.told,
        "known_to_micros": landscape.curve.known_to_micros,
        "by_context": None if by_context is None else list(by_context.coding.names),
        "trial": None if landscape.trial is None else asdict(landscape.trial),
    }
