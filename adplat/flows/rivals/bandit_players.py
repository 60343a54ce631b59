"""Bandits that play a tape: what was chosen goes to a file, so that the parent can judge it beside the truth."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np

Request = dict[str, Any]
_OPEN: dict[str, Any] = {}


def play_bandit(request: Request) -> dict[str, Any]:
    """Warm up, play the ``tape`` (npz), write the places chosen to ``places`` (npy)."""
    start = time.perf_counter()
    player = _player(request)
    player.warm_up()
    np.save(Path(request["places"]), player.play().astype(np.uint8))
    return {"seconds": time.perf_counter() - start}


def open_bandit(request: Request) -> dict[str, Any]:
    """Keep a player that has seen the warm-up's log, for ``time_bandit``."""
    player = _player(request)
    player.warm_up()
    _OPEN["player"] = player
    _OPEN["texts"] = list(player.texts()) if request["package"] == "vowpalwabbit" else []
    return {}


def time_bandit(request: Request) -> dict[str, Any]:
    """Decisions a second within about ``seconds``; texts of the decisions stand ready before the clock starts."""
    player, texts, draws = _OPEN["player"], _OPEN["texts"], int(request.get("draws", 0))
    rows, start = 0, time.perf_counter()
    while time.perf_counter() - start < float(request["seconds"]):
        if texts:
            player.shares(texts[rows % len(texts)])
            rows += 1
        else:
            rows += player.decide(draws)
    return {"per_s": rows / (time.perf_counter() - start), "rows": rows}


def _player(request: Request) -> Any:
    with np.load(request["tape"]) as arrays:
        tape = {name: arrays[name] for name in arrays.files}
    if request["package"] == "vowpalwabbit":
        from .bandit_vw import VowpalPlayer

        return VowpalPlayer(tape, request["settings"], int(request["seed"]))
    from .bandit_mabwiser import MabwiserPlayer

    return MabwiserPlayer(tape, request["settings"], int(request["seed"]))
