"""The same choice in every process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from adplat.bandit import POLICIES


def test_processes_with_other_thread_counts_and_hash_seeds_compute_the_same_bits() -> None:
    code = (
        "import numpy as np\n"
        "from tests.bandit.builders import choose, some_arms\n"
        "from adplat.bandit import POLICIES, policy_named\n"
        "for name in POLICIES:\n"
        "    choice = choose(policy_named(name), *some_arms(64, 6), np.random.default_rng(7))\n"
        "    print(name, choice.propensities.tobytes().hex(), choice.order.tolist())\n"
    )
    said = set()
    for threads, kernel in (("1", "Haswell"), ("2", "Nehalem"), ("4", "Prescott")):
        environment = os.environ | {
            "OMP_NUM_THREADS": threads,
            "OPENBLAS_NUM_THREADS": threads,
            "OPENBLAS_CORETYPE": kernel,
            "PYTHONHASHSEED": threads,
            "PYTHONPATH": str(Path(__file__).parents[2]),
        }
        said.add(
            subprocess.run(
                [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
            ).stdout
        )
    assert len(said) == 1
    assert [line.split()[0] for line in said.pop().splitlines()] == list(POLICIES)
