"""Rows with late conversions into training targets: their ages, their groups, and how long such conversions take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import polars as pl

from adplat.ctr.as_seen import MATURE, delays_s, late_outcome, log_moment, row_seconds
from adplat.ctr.delay_config import DelayConfig
from adplat.ctr.delay_model import DelayModel
from adplat.ctr.delayed_feedback import Feedback, targets_of
from adplat.ctr.examples import Examples
from adplat.ctr.field_places import field_places, values_at
from adplat.domain import ConfigRejected, Outcome
from adplat.features import FeatureEncoding

Part = tuple[pl.DataFrame, Examples]


def with_targets(encoding: FeatureEncoding, config: DelayConfig, parts: Sequence[Part]) -> list[Examples]:
    """The examples of each part of one log (rows as ``as_seen`` gave them), with the targets of ``config.method``.

    Unchanged for ``vanilla``, and where the schema knows no delays.
    """
    if config.method == "vanilla" or late_outcome(encoding.schema, config) is None:
        return [examples for _, examples in parts]
    told = feedback_of(encoding, config, parts)
    return [
        replace(examples, conversion=targets_of(config, feedback))
        for (_, examples), feedback in zip(parts, told, strict=True)
    ]


def feedback_of(encoding: FeatureEncoding, config: DelayConfig, parts: Sequence[Part]) -> list[Feedback]:
    """What the rows of each part know, whatever the method. Raises ConfigRejected without a delay column.

    One delay model is fitted on all conversions that have arrived; it learns how long they took and not whether they
    came, so that held-out rows stay held out.
    """
    schema = encoding.schema
    outcome = late_outcome(schema, config)
    if outcome is None:
        raise ConfigRejected(
            f"schema {schema.name!r} names no delay column", where="delayed", hint="add 'delay: COLUMN' to the outcome"
        )
    moment = log_moment(schema, config, [rows for rows, _ in parts])
    ages = [np.maximum(moment - row_seconds(schema, rows), 0.0) for rows, _ in parts]
    # Nothing is known of what comes later than the oldest row is old.
    horizon_s = min(config.window_s, max(1.0, *(float(age.max(initial=1.0)) for age in ages)))
    waited = [delays_s(outcome, rows) for rows, _ in parts]
    places = field_places(encoding.layout, config.by, "delayed.by")
    groups = [values_at(places, examples.items, examples.rows) for _, examples in parts]
    seen = [
        examples.labels[:, 1] * (wait <= horizon_s).astype(np.float32)
        for (_, examples), wait in zip(parts, waited, strict=True)
    ]
    came = np.concatenate([label * examples.labels[:, 0] for label, (_, examples) in zip(seen, parts, strict=True)]) > 0
    wait, age, group = (np.concatenate(part) for part in (waited, ages, groups))
    model = DelayModel.fit(wait[came], age[came], group[came], horizon_s)
    return [
        Feedback(
            seen[place],
            ages[place],
            model.seen_share(ages[place], groups[place]),
            _mature(outcome, rows, config.window_s),
        )
        for place, (rows, _) in enumerate(parts)
    ]


def _mature(outcome: Outcome, rows: pl.DataFrame, window_s: float) -> npt.NDArray[np.float32] | None:
    """What ``as_seen`` kept for the oracle: whether a conversion came within the window, now or later."""
    if MATURE + outcome.column not in rows.columns:
        return None
    reached = rows[MATURE + outcome.column].cast(pl.Float64).fill_null(0.0) >= outcome.at_least
    in_time = rows[MATURE + outcome.delay].cast(pl.Float64).fill_null(0.0) <= window_s
    return (reached & in_time).to_numpy().astype(np.float32)
