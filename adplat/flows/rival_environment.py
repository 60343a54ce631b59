"""The rivals' environment: a virtual environment that the benchmark builds for itself, once per lock file.

It reads adplat's own packages through a path file, so that both sides compute with the very same torch, and
gigabytes are not downloaded twice; the rivals' packages are installed into it and never into ours.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import sysconfig
import time
import venv
from pathlib import Path

from adplat.data import building_folder, configs_folder
from adplat.domain import MissingInput, Progress

_TOLD = "building the rivals' environment"
_POLL_S = 0.5


def rivals_lock() -> Path:
    """The exact versions of the rivals' packages."""
    return configs_folder() / "bench" / "rivals.lock"


def bandit_rivals_lock() -> Path:
    """Those of the bandits' rivals: an environment of their own, so that a new version of them trains no model anew."""
    return configs_folder() / "bench" / "bandit_rivals.lock"


def rival_python(cache_dir: Path, progress: Progress, lock: Path | None = None) -> Path:
    """The interpreter that has the rivals of ``lock`` (``rivals_lock()`` unless told); built on first use.

    Raises MissingInput where the packages cannot be installed.
    """
    lock = rivals_lock() if lock is None else lock
    packages = sysconfig.get_paths()["purelib"]
    key = hashlib.sha256(f"{sys.version} {packages} {lock.read_text()}".encode()).hexdigest()[:16]
    folder = (cache_dir / "rivals" / f"env-{key}").resolve()
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        progress(0, 1, _TOLD)
        with building_folder(folder) as new:
            venv.create(new, with_pip=True, symlinks=True)
            python = new / "bin" / "python"
            (found,) = (new / "lib").glob("python*/site-packages")
            (found / "adplat_packages.pth").write_text(f"{packages}\n", encoding="utf-8")
            _install(python, lock, new / "pip.log", progress)
        progress(1, 1, _TOLD)
    return folder / "bin" / "python"


def _install(python: Path, lock: Path, log_path: Path, progress: Progress) -> None:
    command = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--no-deps"]
    start = time.monotonic()
    with (
        log_path.open("wb") as log,
        subprocess.Popen([*command, "-r", str(lock)], stdout=log, stderr=subprocess.STDOUT) as child,
    ):
        try:
            while child.poll() is None:
                time.sleep(_POLL_S)
                progress(0, 1, f"{_TOLD}: {time.monotonic() - start:.0f} s")
        finally:
            child.terminate()
    if child.returncode:
        words = [line for line in log_path.read_text(errors="replace").splitlines() if line.startswith("ERROR")]
        raise MissingInput(
            f"the rivals cannot be installed: {(words or ['pip failed'])[-1]}",
            where=str(lock),
            hint="check the way to the package registry",
        )
