"""A landscape as bytes: safetensors, with what is no array as JSON in its header. No pickle."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import numpy as np
import numpy.typing as npt

from adplat.domain import ConfigRejected
from adplat.forecast.context_coding import ContextCoding
from adplat.forecast.hazard_network import HazardNetwork
from adplat.forecast.landscape import BidLandscape, ContextLandscape, LandscapeTrial
from adplat.forecast.price_grid import PriceGrid
from adplat.forecast.win_curve import WinCurve

FORMAT = "adplat bid landscape 1"
_CURVE = ("prices_micros", "chances", "low", "high")


def landscape_bytes(landscape: BidLandscape, source: dict[str, Any]) -> bytes:
    """The file of a landscape; ``source`` says what it was fitted on, as plain data."""
    from safetensors.numpy import save

    curve, by_context = landscape.curve, landscape.by_context
    arrays: dict[str, npt.NDArray[Any]] = {f"curve.{name}": getattr(curve, name) for name in _CURVE}
    told: dict[str, Any] = {
        "format": FORMAT,
        "source": source,
        "counts": {"auctions": landscape.auctions, "won": landscape.won, "told": landscape.told},
        "curve": {"known_to_micros": curve.known_to_micros, "level": curve.level},
        "trial": None if landscape.trial is None else asdict(landscape.trial),
    }
    if by_context is not None:
        told["columns"] = by_context.coding.as_json()
        told["tick_micros"] = by_context.grid.tick_micros
        arrays["edges_micros"] = by_context.grid.edges_micros
        arrays |= {f"network.{name}": array for name, array in by_context.network.arrays().items()}
    laid_out = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    # One entry: several are written in another order each time, and the same landscape is to be the same bytes.
    return save(laid_out, metadata={"landscape": json.dumps(told)})


def landscape_of_bytes(content: bytes, *, where: str) -> tuple[BidLandscape, dict[str, Any]]:
    """The landscape of a file and what it was fitted on. Raises ConfigRejected when this is none, or is damaged."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        length = int.from_bytes(content[:8], "little")
        told = json.loads(json.loads(content[8 : 8 + length])["__metadata__"]["landscape"])
        if told["format"] != FORMAT:
            raise _refused(where)
        arrays = load(content)
        steps: dict[str, Any] = {name: arrays[f"curve.{name}"] for name in _CURVE}
        curve = WinCurve(**steps, **told["curve"])
        by_context = None
        if "columns" in told:
            parts: dict[str, Any] = {
                name.removeprefix("network."): array for name, array in arrays.items() if name.startswith("network.")
            }
            by_context = ContextLandscape(
                ContextCoding.from_json(told["columns"]),
                PriceGrid(arrays["edges_micros"], int(told["tick_micros"])),
                HazardNetwork(**parts),
            )
        trial = None if told["trial"] is None else LandscapeTrial(**told["trial"])
        return BidLandscape(curve, by_context, **told["counts"], trial=trial), dict(told["source"])
    except (KeyError, ValueError, TypeError, IndexError, SafetensorError):
        raise _refused(where) from None


def _refused(where: str) -> ConfigRejected:
    return ConfigRejected(
        "this is no whole bid landscape", where=where, hint="fit it again with 'adplat forecast landscape fit'"
    )
