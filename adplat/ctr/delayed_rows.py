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
from adplat.domain import ConfigRejected, InternalFault, Outcome
from adplat.features import FeatureEncoding

Float64 = npt.NDArray[np.float64]
Part = tuple[pl.DataFrame, Examples]


def with_targets(
    encoding: FeatureEncoding, config: DelayConfig, parts: Sequence[Part]
) -> tuple[list[Examples], DelayModel | None]:
    """The examples of each part of one log (rows as ``as_seen`` gave them), with the targets of ``config.method``.

    And how long conversions take. Unchanged for ``vanilla``, and where the schema knows no delays.
    """
    if config.method == "vanilla" or late_outcome(encoding.schema, config) is None:
        return [examples for _, examples in parts], None
    model, told = _fitted(encoding, config, parts)
    changed = [
        replace(examples, conversion=targets_of(config, feedback))
        for (_, examples), feedback in zip(parts, told, strict=True)
    ]
    return changed, model


def feedback_of(encoding: FeatureEncoding, config: DelayConfig, parts: Sequence[Part]) -> list[Feedback]:
    """What the rows of each part know, whatever the method. Raises ConfigRejected without a delay column."""
    return _fitted(encoding, config, parts)[1]


def pairs_later(
    model: DelayModel, encoding: FeatureEncoding, config: DelayConfig, rows: pl.DataFrame, examples: Examples
) -> tuple[Float64, Float64] | None:
    """(label, weight) (N,) of the conversions of rows read after training, by the delays learned then.

    As ``ConversionTargets.pairs``: unbiased for the mature label whatever is still missing at the latest moment that
    the rows tell of. None where the rows have no delay column.
    """
    outcome = late_outcome(encoding.schema, config)
    if outcome is None or outcome.delay not in rows.columns:
        return None
    moment = log_moment(encoding.schema, replace(config, as_of=""), [rows])
    return targets_of(
        replace(config, method="importance"), _feedback(model, encoding, config, (rows, examples), moment)
    ).pairs()


def _fitted(encoding: FeatureEncoding, config: DelayConfig, parts: Sequence[Part]) -> tuple[DelayModel, list[Feedback]]:
    """One delay model of all conversions that have arrived, and what each part's rows know by it.

    It learns how long they took and not whether they came, so that held-out rows stay held out.
    """
    outcome = late_outcome(encoding.schema, config)
    if outcome is None:
        raise ConfigRejected(
            f"schema {encoding.schema.name!r} names no delay column",
            where="delayed",
            hint="add 'delay: COLUMN' to the outcome",
        )
    moment = log_moment(encoding.schema, config, [rows for rows, _ in parts])
    ages = [_ages(encoding, rows, moment) for rows, _ in parts]
    # Nothing is known of what comes later than the oldest row is old.
    horizon_s = min(config.window_s, max(1.0, *(float(age.max(initial=1.0)) for age in ages)))
    waited = [delays_s(outcome, rows) for rows, _ in parts]
    groups = [_groups(encoding, config, examples) for _, examples in parts]
    came = np.concatenate(
        [_converted(examples, wait, horizon_s) for (_, examples), wait in zip(parts, waited, strict=True)]
    )
    wait, age, group = (np.concatenate(part) for part in (waited, ages, groups))
    model = DelayModel.fit(wait[came], age[came], group[came], horizon_s)
    return model, [_feedback(model, encoding, config, part, moment) for part in parts]


def _feedback(model: DelayModel, encoding: FeatureEncoding, config: DelayConfig, part: Part, moment: float) -> Feedback:
    rows, examples = part
    outcome = late_outcome(encoding.schema, config)
    if outcome is None:
        raise InternalFault("a log without delays has no late feedback", hint="report this")
    ages = _ages(encoding, rows, moment)
    seen = examples.labels[:, 1] * (delays_s(outcome, rows) <= model.horizon_s).astype(np.float32)
    share = model.seen_share(ages, _groups(encoding, config, examples))
    return Feedback(seen, ages, share, _mature(outcome, rows, config.window_s))


def _ages(encoding: FeatureEncoding, rows: pl.DataFrame, moment: float) -> Float64:
    return np.maximum(moment - row_seconds(encoding.schema, rows), 0.0)


def _groups(encoding: FeatureEncoding, config: DelayConfig, examples: Examples) -> npt.NDArray[np.int32]:
    places = field_places(encoding.layout, config.by, "delayed.by")
    return values_at(places, examples.items, examples.rows)


def _converted(examples: Examples, waited_s: Float64, horizon_s: float) -> npt.NDArray[np.bool_]:
    counted: npt.NDArray[np.bool_] = (examples.labels[:, :2].min(1) > 0) & (waited_s <= horizon_s)
    return counted


def _mature(outcome: Outcome, rows: pl.DataFrame, window_s: float) -> npt.NDArray[np.float32] | None:
    """What ``as_seen`` kept for the oracle: whether a conversion came within the window, now or later."""
    if MATURE + outcome.column not in rows.columns:
        return None
    reached = rows[MATURE + outcome.column].cast(pl.Float64).fill_null(0.0) >= outcome.at_least
    in_time = rows[MATURE + outcome.delay].cast(pl.Float64).fill_null(0.0) <= window_s
    return (reached & in_time).to_numpy().astype(np.float32)
