"""Vowpal Wabbit and MABWiser on a tape: written for them, played in their environment, judged here.

What they chose is cached by code, settings, tape and seed; nothing that was timed ever is.
"""

from __future__ import annotations

import hashlib
import io
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from adplat.data import configs_folder, read_yaml, write_bytes
from adplat.flows.bandit_tape import Int64, Tape
from adplat.flows.rival_environment import bandit_rivals_lock
from adplat.flows.rival_process import RivalProcess

VOWPAL, MABWISER = "vowpalwabbit", "mabwiser"


@dataclass(frozen=True)
class BanditRival:
    """A policy of a package under its figure's name, with the settings that tuning found."""

    name: str
    package: str
    settings: Mapping[str, Any]

    def request(self, tape: Path, seed: int) -> dict[str, Any]:
        """What every request about it has to say."""
        return {"package": self.package, "settings": dict(self.settings), "tape": str(tape), "seed": seed}


def bandit_rivals(path: Path | None = None) -> tuple[BanditRival, ...]:
    """Every rival of ``configs/bench/bandit_rivals.yaml``. Raises MissingInput or ConfigRejected."""
    told = read_yaml(path or configs_folder() / "bench" / "bandit_rivals.yaml")
    return tuple(
        BanditRival(name, package, settings) for package, rivals in told.items() for name, settings in rivals.items()
    )


def write_tape(tape: Tape, names: npt.NDArray[np.str_], path: Path) -> None:
    """What the rivals read: everything that ours is told, and the clicks; the truth stays here."""
    content = io.BytesIO()
    np.savez(
        content,
        p_ctr=tape.p_ctr,
        log_level=np.log(np.maximum(tape.p_ctr, 1e-6)).mean(),
        vectors=tape.vectors,
        users=tape.users,
        names=names,
        warm_asked=tape.warm_asked,
        warm_arm=tape.warm_arm,
        warm_clicked=tape.warm_clicked,
        asked=tape.asked,
        live=tape.live,
        clicked=tape.clicked,
    )
    write_bytes(path, content.getvalue())


def rival_places(
    python: Path,
    rivals: Sequence[BanditRival],
    tapes: Mapping[int, Tape],
    names: npt.NDArray[np.str_],
    cache_dir: Path,
) -> dict[tuple[str, int], Int64]:
    """By rival's name and seed the ``(T,)`` places that it chose on the tape of this seed. Raises InternalFault."""
    kept = {
        (rival.name, seed): cache_dir / "rivals" / f"bandit-{rival.name}-{_digest(rival, seed, tape, names)}.npy"
        for rival in rivals
        for seed, tape in tapes.items()
    }
    if not all(path.is_file() for path in kept.values()):
        with tempfile.TemporaryDirectory(prefix="adplat-bandit-") as place:
            folder = Path(place)
            with RivalProcess(python, folder / "rival.log") as process:
                for seed, tape in tapes.items():
                    path = folder / f"{seed}.npz"
                    write_tape(tape, names, path)
                    for rival in rivals:
                        if not kept[rival.name, seed].is_file():
                            places = folder / "places.npy"
                            process.ask("play_bandit", places=str(places), **rival.request(path, seed))
                            write_bytes(kept[rival.name, seed], places.read_bytes())
    return {key: np.load(path).astype(np.int64) for key, path in kept.items()}


def _digest(rival: BanditRival, seed: int, tape: Tape, names: npt.NDArray[np.str_]) -> str:
    digest = hashlib.sha256(bandit_rivals_lock().read_bytes())
    for script in sorted((Path(__file__).parent / "rivals").glob("bandit_*.py")):
        digest.update(script.read_bytes())
    digest.update(json.dumps([rival.package, dict(rival.settings), seed, names.tolist()], sort_keys=True).encode())
    for array in (tape.p_ctr, tape.vectors, tape.users, tape.warm_asked, tape.warm_arm, tape.warm_clicked):
        digest.update(np.ascontiguousarray(array).tobytes())
    for array in (tape.asked, tape.live, tape.clicked):
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()[:20]
