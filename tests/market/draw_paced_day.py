"""Draws docs/pictures/pacing.png: ``python -m tests.market.draw_paced_day``."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np

from tests.market.paced_day import DAY_S, HOUR_S, STEP_S, PacedDay, run_day

PICTURE = Path(__file__).resolve().parents[2] / "docs" / "pictures" / "pacing.png"
MINUTE = 60 // STEP_S
INK, MUTED, GRID, BLUE, ORANGE = "#1d2530", "#5a6675", "#dde2ea", "#2f6fdb", "#e0792b"


def draw(day: PacedDay) -> bytes:
    """Traffic, share of auctions taken part in, and money against its plan, over one day."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 6.5), layout="constrained")
    traffic, share, money = figure.subplots(3, 1, sharex=True, height_ratios=[1, 1, 2])
    hours = np.arange(DAY_S // 60) * 60 / HOUR_S
    traffic.fill_between(hours, _by_minute(day.requests).sum(axis=1), color=MUTED, alpha=0.35, linewidth=0)
    traffic.set_ylabel("requests\na minute")
    share.plot(hours, 100 * _by_minute(day.multipliers).mean(axis=1), color=ORANGE, linewidth=1)
    share.set_ylabel("taken part\nin, %")
    bought, planned = (
        100 * np.cumsum(_by_minute(money_of).sum(axis=1)) / day.budget_micros for money_of in (day.bought, day.planned)
    )
    money.plot(hours, bought, color=BLUE, linewidth=4, alpha=0.5, label="spent")
    money.plot(hours, planned, color=INK, linewidth=1.2, linestyle=(0, (5, 2)), label="plan")
    money.set_ylabel("of the budget, %")
    money.set_xlabel("hour of the day")
    money.set_xticks(range(0, 25, 3))
    money.legend(frameon=False, loc="upper left")
    for axes in (traffic, share, money):
        axes.set_xlim(0, 24)
        axes.set_ylim(bottom=0)
        axes.grid(color=GRID, linewidth=0.8)
        axes.set_axisbelow(True)
        axes.spines[["top", "right"]].set_visible(False)
        axes.tick_params(colors=MUTED)
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=120, facecolor="white", metadata={"Software": None})
    return out.getvalue()


def _by_minute(of_steps: np.ndarray) -> np.ndarray:
    return np.asarray(of_steps.reshape(-1, MINUTE))


if __name__ == "__main__":
    PICTURE.write_bytes(draw(run_day(50_000 * 1_950, seed=1)))
