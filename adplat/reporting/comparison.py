"""Models side by side, metric by metric."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from adplat.domain import Interval
from adplat.reporting.drawing import INK, MUTED, PictureForm, canvas, colour, refuse_empty


@dataclass(frozen=True, slots=True)
class MetricComparison:
    """One metric of several models; a model without it is simply not in ``values``."""

    metric: str
    values: Mapping[str, float | Interval]
    higher_is_better: bool = True


def draw_metric_comparison(metrics: Sequence[MetricComparison], *, form: PictureForm = "svg") -> bytes:
    """One panel a metric, one row a model: a dot with its interval, the best one filled and in bold.

    Dots, not bars: the axes do not begin at zero (an AUC begins at one half), and a bar's length would lie.

    Raises:
        TableRejected: no metric, or none of the models has one.
    """
    usable = [metric for metric in metrics if metric.values]
    refuse_empty(usable, "metric")
    models = list(dict.fromkeys(name for metric in usable for name in metric.values))
    with canvas(max(3.0 * len(usable), 4.6) + 1.2, 1.3 + 0.42 * len(models), form) as drawn:
        drawn.figure.set_layout_engine("constrained", wspace=0.08)
        for panel, (axes, metric) in enumerate(zip(drawn.axes(len(usable)), usable, strict=True)):
            points = {name: _value(value) for name, value in metric.values.items()}
            best = (max if metric.higher_is_better else min)(points, key=points.__getitem__)
            for row, name in enumerate(models):
                value = metric.values.get(name)
                if value is None:
                    continue
                leads = name == best
                if isinstance(value, Interval):
                    axes.plot([value.low, value.high], [row, row], color=colour(0), lw=2.4, alpha=0.4)
                axes.plot(
                    points[name],
                    row,
                    marker="o",
                    markersize=8,
                    color=colour(0),
                    markerfacecolor=colour(0) if leads else "none",
                    markeredgewidth=1.8,
                )
                axes.annotate(
                    f"{points[name]:.4f}",
                    (points[name], row),
                    xytext=(0, 8),
                    textcoords="offset points",
                    ha="center",
                    fontsize=9,
                    color=INK if leads else MUTED,
                    fontweight="bold" if leads else "normal",
                )
            arrow = "higher is better" if metric.higher_is_better else "lower is better"
            axes.set_title(metric.metric)
            axes.set_xlabel(arrow, fontsize=9)
            axes.set_ylim(len(models) - 0.5, -0.75)
            axes.set_yticks(range(len(models)), models if panel == 0 else [""] * len(models))
            axes.tick_params(axis="y", length=0, labelcolor=INK)
            axes.spines["left"].set_visible(False)
            axes.margins(x=0.18)
            axes.locator_params(axis="x", nbins=4)
    return drawn.content


def _value(value: float | Interval) -> float:
    return value.value if isinstance(value, Interval) else float(value)
