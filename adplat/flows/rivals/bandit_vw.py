"""Vowpal Wabbit on a tape: contextual bandits with action-dependent features, one text a decision.

It learns after every decision. A creative's line tells its identity, its prediction (as it is and its logarithm) and
its vector; the shared line what is known of user and page.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from vowpalwabbit import pyvw

CLICK_COST = -1.0


class VowpalPlayer:
    """``settings``: ``arguments`` of the command line, exploration and learning; ``seed`` for its random numbers."""

    def __init__(self, tape: dict[str, np.ndarray], settings: dict[str, Any], seed: int) -> None:
        self._vw = pyvw.Workspace(f"--cb_explore_adf {settings['arguments']} --quiet --random_seed {seed}")
        self._rng = np.random.default_rng(seed)
        names = [str(name).replace("=", "_").replace(" ", "_") for name in tape["names"]]
        self._users = [
            "shared |u " + " ".join(name for name, has in zip(names, row, strict=True) if has) for row in tape["users"]
        ]
        self._arms = [
            f"|i a{arm} |v " + " ".join(f"{place}:{number:.4f}" for place, number in enumerate(vector))
            for arm, vector in enumerate(tape["vectors"])
        ]
        self._tape = tape

    def warm_up(self) -> None:
        """Learn the log that everybody starts from: shown with equal chances among its arms."""
        tape = self._tape
        arms = np.arange(int(tape["warm_arm"].max()) + 1)
        for asked, arm, clicked in zip(tape["warm_asked"], tape["warm_arm"], tape["warm_clicked"], strict=True):
            lines = self._lines(int(asked), arms)
            lines[1 + arm] = f"0:{CLICK_COST * clicked}:{1.0 / len(arms)} {lines[1 + arm]}"
            self._vw.learn("\n".join(lines))

    def play(self) -> np.ndarray:
        """``(T,)`` places drawn by its propensities."""
        tape = self._tape
        places = np.empty(len(tape["asked"]), dtype=np.int64)
        for row, asked in enumerate(tape["asked"]):
            examples = self._vw.parse("\n".join(self._lines(int(asked), tape["live"][row])), _LABEL)
            shares = np.array(self._vw.predict(examples))
            place = int(np.searchsorted(np.cumsum(shares), self._rng.random() * shares.sum(), side="right"))
            place = min(place, len(shares) - 1)
            cost = CLICK_COST * tape["clicked"][row, place]
            # The first example is the shared line.
            examples[1 + place].set_label_string(f"0:{cost}:{shares[place]}")
            self._vw.learn(examples)
            self._vw.finish_example(examples)
            places[row] = place
        return places

    def texts(self) -> Iterator[str]:
        """Each decision as it would be asked."""
        for row, asked in enumerate(self._tape["asked"]):
            yield "\n".join(self._lines(int(asked), self._tape["live"][row]))

    def shares(self, text: str) -> list[float]:
        """Propensities of one decision, the fastest way that the Python package has."""
        told: list[float] = self._vw.predict(text)
        return told

    def _lines(self, asked: int, arms: np.ndarray) -> list[str]:
        chances = self._tape["p_ctr"][asked, arms]
        logs = np.log(np.maximum(chances, 1e-6)) - self._tape["log_level"]
        scaled = chances / np.exp(self._tape["log_level"])
        return [
            self._users[asked],
            *(
                f"|p c:{one:.4f} l:{log:.4f} {self._arms[arm]}"
                for one, log, arm in zip(scaled.tolist(), logs.tolist(), arms.tolist(), strict=True)
            ),
        ]


_LABEL = pyvw.LabelType.CONTEXTUAL_BANDIT
