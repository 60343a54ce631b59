"""The demo's report: one self-contained page."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from adplat.data import read_table, write_bytes
from adplat.domain import Interval
from adplat.flows.play_public import PlayLog
from adplat.flows.run_demo import MULTIMODAL, DemoOutcome
from adplat.reporting import (
    ArmTrace,
    CreativeCard,
    Gallery,
    KeyFigure,
    KeyFigures,
    MetricComparison,
    Paragraph,
    Picture,
    Section,
    Table,
    draw_click_rates,
    draw_cumulative_regret,
    draw_metric_comparison,
    draw_reliability,
    render_report,
)
from adplat.statistics import reliability_curve, wilson_interval

SHOWN_CREATIVES = 12
PERIODS = 24
MEASURES = (("auc", "AUC"), ("logloss", "logloss"), ("ece", "ECE"), ("pcoc", "PCOC"))


def write_demo_report(outcome: DemoOutcome, path: Path, written: datetime) -> None:
    """Write the page to ``path``, whole or not at all."""
    sections = [_numbers(outcome), _bandit(outcome.log), _models(outcome), _creatives(outcome), _origin(outcome)]
    page = render_report(
        "adplat demo: one world, one loop",
        demo_findings(outcome),
        sections,
        written,
        "Everything here is simulated: people, clicks and prices follow a known truth that the models never see.",
    )
    write_bytes(path, page.encode())


def demo_findings(outcome: DemoOutcome) -> list[str]:
    """What came out, in sentences; the same for the page and the terminal."""
    log, on_new = outcome.log, outcome.learned.on_new
    gain, lift = log.difference(), log.lift()
    verdict = "beats" if gain.low > 0 else "does not beat"
    best = on_new[MULTIMODAL]["auc"]
    other = {name: figures["auc"] for name, figures in on_new.items() if name != MULTIMODAL}
    lost = [
        float(log.regret(bandit=bandit)[-1]) / max(1, int(log.arm(bandit=bandit).sum())) for bandit in (True, False)
    ]
    return [
        f"The bandit {verdict} random creatives: click rate {_percent(_rate(log, bandit=True))} against "
        f"{_percent(_rate(log, bandit=False))}, difference {_points(gain)}, relative lift {_lift(lift)}.",
        f"On creatives never shown before, the multimodal model has AUC {best:.3f}, "
        + ", ".join(f"{name} {value:.3f}" for name, value in other.items())
        + ".",
        f"Against the best candidate each request could have had, the bandit lost {1000 * lost[0]:.2f} expected clicks "
        f"per thousand requests, random {1000 * lost[1]:.2f}.",
        f"Of {len(log):,} impressions and {sum(log.clicked):,} clicks that were reported, "
        f"{sum(arm.impressions for arm in outcome.counted.values()):,} and "
        f"{sum(arm.clicks for arm in outcome.counted.values()):,} are counted.",
    ]


def demo_json(outcome: DemoOutcome, report: Path) -> dict[str, Any]:
    """The one document of ``adplat demo --json``."""
    log, learned = outcome.log, outcome.learned
    return {
        "report": str(report),
        "bundle": learned.outcome.bundle.path,
        "metrics": {name: _plain(metrics) for name, metrics in learned.on_later().items()},
        "new_creatives": {name: dict(metrics) for name, metrics in learned.on_new.items()},
        "requests": len(log),
        "events": log.events_sent,
        "counted": {
            "impressions": sum(arm.impressions for arm in outcome.counted.values()),
            "clicks": sum(arm.clicks for arm in outcome.counted.values()),
            "conversions": sum(arm.conversions for arm in outcome.counted.values()),
        },
        "bandit": {
            "click_rate": _rate(log, bandit=True).value,
            "random_click_rate": _rate(log, bandit=False).value,
            "difference": [log.difference().value, log.difference().low, log.difference().high],
            "beats_random": log.difference().low > 0,
        },
        "findings": demo_findings(outcome),
    }


def _numbers(outcome: DemoOutcome) -> Section:
    log = outcome.log
    on_new = outcome.learned.on_new
    return Section(
        "At a glance",
        [
            KeyFigures(
                [
                    KeyFigure("Click rate, bandit", _percent(_rate(log, bandit=True)), _range(_rate(log, bandit=True))),
                    KeyFigure(
                        "Click rate, random", _percent(_rate(log, bandit=False)), _range(_rate(log, bandit=False))
                    ),
                    KeyFigure("Lift", _lift(log.lift(), short=True), _lift(log.lift())),
                    KeyFigure(
                        "AUC on new creatives",
                        f"{on_new[MULTIMODAL]['auc']:.3f}",
                        ", ".join(f"{name} {m['auc']:.3f}" for name, m in on_new.items() if name != MULTIMODAL),
                    ),
                ]
            )
        ],
    )


def _bandit(log: PlayLog) -> Section:
    regrets = {"bandit": log.regret(bandit=True), "random": log.regret(bandit=False)}
    traces = [_trace(log, "bandit", bandit=True), _trace(log, "random", bandit=False)]
    return Section(
        "The bandit against random",
        [
            Paragraph(
                "Half of the users met the bandit (Thompson sampling with the model's prediction as prior), the other "
                "half a creative drawn at random from the same candidates. Both halves went through the same service."
            ),
            Picture(
                draw_click_rates(traces), "Click rate so far of both halves with 95 % intervals", "Click rate so far"
            ),
            Picture(
                draw_cumulative_regret(regrets),
                "Cumulative regret of both halves",
                "Expected clicks lost to the best candidate, by request of each half, under the known truth",
            ),
        ],
    )


def _models(outcome: DemoOutcome) -> Section:
    later, on_new = outcome.learned.on_later(), outcome.learned.on_new
    log = outcome.log
    random = log.arm(bandit=False)
    curve = reliability_curve(np.array(log.clicked)[random].astype(float), np.array(log.p_ctr)[random], bins=8)
    comparison = [
        MetricComparison("AUC, later part of the log", {name: m["auc"] for name, m in later.items()}),
        MetricComparison("AUC, new creatives", {name: m["auc"] for name, m in on_new.items()}),
        MetricComparison(
            "logloss, new creatives", {name: m["logloss"] for name, m in on_new.items()}, higher_is_better=False
        ),
    ]
    columns = ("model", *(label for _, label in MEASURES), "rows")
    return Section(
        "The models",
        [
            Picture(draw_metric_comparison(comparison), "AUC and logloss of the models side by side"),
            Table(columns, [_line(name, m) for name, m in later.items()], "Later in time than the training rows"),
            Table(columns, [_line(name, m) for name, m in on_new.items()], "Creatives that were never shown"),
            Picture(
                draw_reliability({"random half, live": curve}),
                "Predicted against observed click rate in the random half",
                "Reliability of the served predictions, on creatives drawn at random",
            ),
        ],
    )


def _creatives(outcome: DemoOutcome) -> Section:
    learned = outcome.learned
    catalogue = read_table(learned.world_folder / "catalogue" / "creatives.parquet")
    by_id = {row["creative_id"]: row for row in catalogue.iter_rows(named=True)}
    ranked = sorted(outcome.counted.items(), key=lambda entry: entry[1].impressions, reverse=True)
    cards = []
    for creative_id, arm in ranked[:SHOWN_CREATIVES]:
        row = by_id[creative_id]
        cards.append(
            CreativeCard(
                creative_id,
                row["headline"],
                (learned.world_folder / row["image_path"]).read_bytes(),
                row["body"],
                arm.impressions,
                arm.clicks,
                badge="new" if creative_id in learned.new else "",
            )
        )
    return Section("The creatives shown most", [Gallery(cards, "Impressions and clicks counted in SQL, both halves")])


def _origin(outcome: DemoOutcome) -> Section:
    learned, plan = outcome.learned, outcome.plan
    rows: list[tuple[str, str | int]] = [
        ("bundle", learned.outcome.bundle.bundle_id),
        ("schema digest", learned.outcome.bundle.schema_digest),
        ("world", f"{plan.world_config.name}, seed {plan.seed}"),
        ("training config", plan.train_config.name),
        ("creatives", len(learned.world.creative_ids)),
        ("of them never shown before", len(learned.new)),
        ("requests played", len(outcome.log)),
        ("events reported", outcome.log.events_sent),
    ]
    return Section("Where the numbers come from", [Table(("what", "value"), rows, "Made by")])


def _trace(log: PlayLog, name: str, *, bandit: bool) -> ArmTrace:
    mine = np.flatnonzero(log.arm(bandit=bandit))
    parts = [part for part in np.array_split(mine, PERIODS) if len(part)]
    return ArmTrace(
        name,
        [log.times[int(part[-1])] for part in parts],
        [len(part) for part in parts],
        [int(np.array(log.clicked)[part].sum()) for part in parts],
    )


def _rate(log: PlayLog, *, bandit: bool) -> Interval:
    return wilson_interval(*log.clicks(bandit=bandit))


def _line(name: str, metrics: Any) -> tuple[Any, ...]:
    return (name, *(metrics.get(key) for key, _ in MEASURES), int(metrics.get("rows", 0)))


def _plain(metrics: Any) -> dict[str, Any]:
    return {key: value for key, value in metrics.items() if isinstance(value, int | float)}


def _percent(rate: Interval) -> str:
    return f"{100 * rate.value:.2f} %"


def _range(rate: Interval) -> str:
    return f"{100 * rate.low:.2f} % to {100 * rate.high:.2f} %"


def _points(gain: Interval) -> str:
    return f"{100 * gain.value:+.2f} points (95 % interval {100 * gain.low:+.2f} to {100 * gain.high:+.2f})"


def _lift(lift: Interval, *, short: bool = False) -> str:
    if short:
        return f"{100 * lift.value:+.0f} %"
    return f"{100 * lift.value:+.0f} % ({100 * lift.low:+.0f} % to {100 * lift.high:+.0f} %)"
