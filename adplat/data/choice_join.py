"""What stood for choice in logged decisions, for those who judge a policy by them."""

from __future__ import annotations

import polars as pl

from adplat.data.lake import Lake
from adplat.data.lake_reading import reading_lake
from adplat.domain import TableRejected


def choices_of(lake: Lake, decision_ids: pl.Series) -> pl.DataFrame | None:
    """``candidates``, ``p_ctr`` and ``propensities`` (lists that run in parallel) of each decision, in the given order.

    ``None`` when any of them has no choice in the lake: it was logged before there were any, or elsewhere. ``p_ctr`` is
    null in all rows when it is in any. Raises TableRejected where a decision's lists do not run in parallel, or on a
    damaged part.
    """
    if not lake.parts("choices"):
        return None
    wanted = decision_ids.rename("decision_id").to_frame()
    with reading_lake(lake.root):
        # A decision may be shown more than once; what stood for choice was the same.
        told = lake.scan("choices").unique("decision_id", keep="any").drop("ts").collect(engine="streaming")
    choices = wanted.join(told, on="decision_id", how="left", maintain_order="left")
    if choices["candidates"].null_count() or not choices["candidates"].list.len().min():
        return None
    counts = choices["candidates"].list.len()
    if choices["p_ctr"].null_count():
        choices = choices.with_columns(p_ctr=pl.lit(None, dtype=choices.schema["p_ctr"]))
    for name in ("p_ctr", "propensities"):
        uneven = (choices[name].list.len() != counts).fill_null(value=name == "propensities")
        if uneven.any():
            raise TableRejected(
                f"decision {decision_ids[uneven.arg_max() or 0]} has {name!r} of another length than its candidates",
                where=str(lake.root / "choices"),
                hint="write the damaged part again",
            )
    return choices
