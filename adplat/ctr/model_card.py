"""The model card: what a person should know before trusting a bundle."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adplat.ctr.config import TrainConfig
from adplat.ctr.prepare import Prepared
from adplat.domain import FeatureSchema

_SHOWN = ("rows", "auc", "gauc", "logloss", "normalised_entropy", "ece", "pcoc")


def model_card(
    config: TrainConfig,
    schema: FeatureSchema,
    prepared: Prepared,
    metrics: Mapping[str, Any],
    rivals: Mapping[str, Mapping[str, Any]],
) -> str:
    """Markdown; the same text for the same training run."""
    lines = [
        f"# Model card: {schema.name}",
        "",
        "Predicts the probability of a click"
        + (" and of a conversion after it" if prepared.shape.heads == 2 else "")
        + f" from {len(schema.features)} features. Schema digest `{schema.digest()}`.",
        "",
        f"Fitted on {len(prepared.train)} rows with seed {config.seed}; {_made_of(config)} "
        + ", ".join(str(epochs) for epochs in metrics["epochs"])
        + ".",
        *[f"Note: {flag}." for flag in prepared.encoding.encoder_flags],
        "",
    ]
    if "auc" not in metrics:
        return "\n".join([*lines, "Nothing was held out: no figures, no calibration.", ""])
    lines += [
        "## On later rows",
        "",
        "Rows held out of fitting; epochs were chosen and the calibration fitted on them (its figures are",
        "cross-fitted). " + ("The network kept here was then refitted on all rows." if config.training.refit else ""),
        "",
        "| | part | " + " | ".join(_SHOWN) + " |",
        "|---|---|" + "---|" * len(_SHOWN),
        *_table_rows("this model", metrics),
    ]
    for name, figures in rivals.items():
        lines += _table_rows(name, figures)
    return "\n".join(
        [
            *lines,
            "",
            "`new items` were never in the fitting rows. `ece` is relative to the mean rate, `pcoc` is predicted over",
            "observed clicks. Figures describe these rows; another market, season or placement needs its own check.",
            "",
        ]
    )


def _made_of(config: TrainConfig) -> str:
    if config.model.kind == "lightgbm":
        return "boosted trees, rounds"
    return f"{config.model.members} network(s), epochs"


def _table_rows(name: str, figures: Mapping[str, Any]) -> list[str]:
    parts = [("all", figures)]
    slices = figures.get("slices", {})
    parts += [(part, slices[part]) for part in ("warm items", "new items") if part in slices]
    return [
        f"| {name} | {part} | " + " | ".join(_number(told.get(measure)) for measure in _SHOWN) + " |"
        for part, told in parts
    ]


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    return str(value) if isinstance(value, int) else f"{value:.4f}"
