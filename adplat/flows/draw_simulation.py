"""What policies made of a world, as a picture or as one page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from adplat.data import write_bytes
from adplat.domain import Clock, ConfigRejected
from adplat.flows.simulate_policy import SimulatedPolicy
from adplat.reporting import Paragraph, Picture, Section, Table, draw_cumulative_regret, render_report

PICTURES = (".svg", ".png", ".html")


def draw_simulation(found: Sequence[SimulatedPolicy], path: Path, clock: Clock) -> None:
    """Cumulative regret of all of them, uniform beside: SVG, PNG or a page, by the name. Raises ConfigRejected."""
    require_picture(path)
    first = found[0]
    lines = {one.policy: np.cumsum(one.losses()[0]) for one in found}
    if "uniform" not in lines:
        lines["a random candidate"] = np.cumsum(first.losses()[1])
    if path.suffix == ".png":
        write_bytes(path, draw_cumulative_regret(lines, form="png"))
        return
    picture = draw_cumulative_regret(lines)
    if path.suffix == ".svg":
        write_bytes(path, picture)
        return
    caption = "Expected clicks lost to the best candidate of each request, under the known truth"
    columns = ["policy", "requests", "clicks", "regret", "of uniform", "true click rate", "of the best"]
    keys = ("policy", "requests", "clicks", "regret", "regret_of_uniform", "ctr", "best_ctr")
    documents = [one.document() for one in found]
    sections = [
        Section("Regret", [Picture(picture, caption, caption)]),
        Section("Policies", [Table(columns, [[one[key] for key in keys] for one in documents], "Whole run")]),
        Section("Origin", [Paragraph(f"World {first.world}, seed {first.seed}, predictions: {first.bundle_id}.")]),
    ]
    best = min(documents, key=lambda one: one["regret"])
    lead = f"{best['policy']} lost {best['regret']:,.1f} clicks, random creatives {best['regret_of_uniform']:,.1f}."
    write_bytes(path, render_report(f"Policies in world {first.world}", [lead], sections, clock.now()).encode())


def require_picture(path: Path) -> None:
    """Raises ConfigRejected for a name that says no kind of picture."""
    if path.suffix not in PICTURES:
        raise ConfigRejected(
            f"{path.name!r} names no picture", where="--picture", hint=f"let it end in {', '.join(PICTURES)}"
        )
