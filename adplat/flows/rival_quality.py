"""How well each rival ranks Frappe: fitted in its own environment, judged here, cached by code, data and seed.

Only quality is cached; nothing that was timed is ever read from a file.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from adplat import statistics
from adplat.data import configs_folder, read_yaml, write_bytes
from adplat.flows.bench_ctr_frappe import FrappeFiles
from adplat.flows.rival_environment import rivals_lock
from adplat.flows.rival_process import RivalProcess


@dataclass(frozen=True)
class Rival:
    """A model of a package with the package's own settings; ``seed`` included."""

    package: str
    model: str
    settings: dict[str, Any]

    @property
    def seed(self) -> int:
        """What its random numbers start from."""
        return int(self.settings["seed"])

    @property
    def slug(self) -> str:
        """Its name inside a figure's id."""
        return self.model.lower().replace("-", "_")


@dataclass(frozen=True)
class Quality:
    """AUC and logloss on the reported half, and what it took."""

    model: str
    seed: int
    auc: float
    logloss: float
    rows: int
    parameters: int = 0
    epochs: int = 0
    seconds: float = 0.0


def frappe_rivals(seed: int, epochs: int | None = None) -> tuple[Rival, ...]:
    """Every rival of ``configs/bench/frappe_rivals.yaml``; ``epochs`` cuts them all short for a quick look."""
    told = read_yaml(configs_folder() / "bench" / "frappe_rivals.yaml")
    shared = told.pop("fuxictr_training")
    short = {} if epochs is None else {"epochs": epochs}
    return tuple(
        Rival(package, model, {**(shared if package == "fuxictr" else {}), **settings, "seed": seed, **short})
        for package, models in told.items()
        for model, settings in models.items()
    )


def rival_folder(rival: Rival, files: FrappeFiles, cache_dir: Path) -> Path:
    """Where this very run is kept: named by the lock file, the scripts, the settings, the data and the seed."""
    digest = hashlib.sha256(rivals_lock().read_bytes())
    for script in sorted((Path(__file__).parent / "rivals").glob("*.py")):
        digest.update(script.read_bytes())
    digest.update(json.dumps(asdict(rival), sort_keys=True).encode())
    with np.load(files.arrays) as arrays:
        for name in sorted(arrays.files):
            digest.update(name.encode() + arrays[name].tobytes())
    return (cache_dir / "rivals" / f"{rival.slug}-{digest.hexdigest()[:16]}").resolve()


def request_of(rival: Rival, files: FrappeFiles, cache_dir: Path) -> dict[str, Any]:
    """What every request about this run has to say."""
    return {
        "package": rival.package,
        "model": rival.model,
        "settings": rival.settings,
        "data": str(files.arrays.resolve()),
        "folder": str(rival_folder(rival, files, cache_dir)),
    }


def rival_quality(python: Path, rival: Rival, files: FrappeFiles, cache_dir: Path) -> Quality:
    """Fit and judge one rival, or read what the same code, data and seed gave before. Raises InternalFault."""
    folder = rival_folder(rival, files, cache_dir)
    kept = folder / "quality.json"
    if kept.is_file():
        return Quality(**json.loads(kept.read_bytes()))
    folder.mkdir(parents=True, exist_ok=True)
    scores = folder / "scores.npz"
    with RivalProcess(python, folder / "rival.log") as process:
        told = process.ask("fit", scores=str(scores), **request_of(rival, files, cache_dir))
    with np.load(scores) as chances, np.load(files.arrays) as arrays:
        found = judged(rival.model, rival.seed, arrays["labels_report"], chances["report"])
    quality = replace(found, **{key: told[key] for key in ("parameters", "epochs", "seconds")})
    write_bytes(kept, json.dumps(asdict(quality)).encode())
    return quality


def judged(model: str, seed: int, labels: np.ndarray, chances: np.ndarray) -> Quality:
    """One measure for everybody: adplat's own AUC and logloss."""
    truth, told = labels.astype(np.float64), chances.astype(np.float64)
    return Quality(model, seed, statistics.auc(truth, told), statistics.logloss(truth, told), len(truth))
