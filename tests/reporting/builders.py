"""An invented report with one of everything, as the tests and a curious eye want it."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import numpy as np
from PIL import Image, ImageDraw

from adplat.domain import Interval
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
from adplat.statistics import ReliabilityBin, reliability_curve

MOMENT = datetime(2025, 5, 4, 12, 30, tzinfo=UTC)


def a_banner(hue: int, size: tuple[int, int] = (640, 400)) -> bytes:
    """A PNG with a sun over hills."""
    width, height = size
    picture = Image.new("HSV", size, (hue, 90, 245)).convert("RGB")
    brush = ImageDraw.Draw(picture)
    brush.ellipse((width * 0.62, height * 0.12, width * 0.86, height * 0.5), fill=(255, 236, 170))
    for step, shade in enumerate((150, 110, 70)):
        brush.ellipse(
            (
                -0.3 * width + 0.25 * step * width,
                height * (0.5 + 0.1 * step),
                width * (0.7 + 0.25 * step),
                height * 1.6,
            ),
            fill=tuple(int(channel * shade / 170) for channel in (90, 150, 120 + hue // 3)),
        )
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def a_reliability_curve(bias: float, seed: int) -> list[ReliabilityBin]:
    rng = np.random.default_rng(seed)
    predicted = rng.beta(1.6, 70, 60_000)
    happened = rng.random(60_000) < np.clip(predicted * bias, 0, 1)
    return reliability_curve(happened.astype(int), predicted, bins=12)


def some_regret(rate: float, power: float, seed: int) -> np.ndarray:
    """(5 runs, 20000 requests) of cumulative regret."""
    rng = np.random.default_rng(seed)
    steps = rate * power * np.arange(1, 20_001) ** (power - 1.0) * rng.gamma(2.0, 0.5, (5, 20_000))
    return np.cumsum(steps * rng.uniform(0.85, 1.15, (5, 1)), axis=1)


def a_trace(name: str, rate: float, seed: int) -> ArmTrace:
    rng = np.random.default_rng(seed)
    times = [MOMENT - timedelta(hours=3 * k) for k in range(56, 0, -1)]
    impressions = rng.poisson(220, 56)
    clicks = rng.binomial(impressions, rate)
    return ArmTrace(name, times, impressions.tolist(), clicks.tolist())


def some_models() -> list[MetricComparison]:
    return [
        MetricComparison(
            "AUC",
            {
                "adplat": Interval(0.7421, 0.7352, 0.7489),
                "gradient boosting": Interval(0.7308, 0.7240, 0.7377),
                "mean CTR": 0.5,
            },
        ),
        MetricComparison(
            "Log loss",
            {
                "adplat": Interval(0.1012, 0.0993, 0.1031),
                "gradient boosting": Interval(0.1029, 0.1010, 0.1049),
                "mean CTR": Interval(0.1131, 0.1111, 0.1151),
            },
            higher_is_better=False,
        ),
        MetricComparison(
            "Calibration error",
            {"adplat": 0.041, "gradient boosting": 0.083, "mean CTR": 0.112},
            higher_is_better=False,
        ),
    ]


def some_cards() -> list[CreativeCard]:
    return [
        CreativeCard(
            "c000017",
            "Weekends begin on the trail",
            a_banner(20),
            "Light shoes, free returns",
            18_240,
            731,
            0.642,
            "leading",
        ),
        CreativeCard("c000021", "夏日清凉上新，满 300 减 50", a_banner(130), "限时三天，先到先得", 9_873, 322, 0.214),
        CreativeCard("c000034", "Run further & <softer>", a_banner(180), "", 4_120, 101, 0.109),
        CreativeCard("c000041", "New today", None, "The picture has not arrived", 0, 0, 0.035),
    ]


def an_example_report() -> str:
    sections = [
        Section(
            "The campaign",
            [
                KeyFigures(
                    [
                        KeyFigure("Impressions", "48,211", "7 days"),
                        KeyFigure("Clicks", "1,604", "CTR 3.33 %"),
                        KeyFigure("Clicks gained", "+31 %", "against choosing at random"),
                        KeyFigure("Model AUC", "0.742", "0.735 to 0.749"),
                    ]
                ),
                Paragraph(
                    "Four creatives shared the campaign. The policy moved impressions to the creative that earns "
                    "most while every other one kept at least one percent of the first slots."
                ),
                Gallery(
                    some_cards(),
                    "CTR with its 95 % interval. Propensity is the share of first slots that a creative gets now.",
                ),
            ],
        ),
        Section(
            "Which creative earns most",
            [
                Picture(
                    draw_click_rates(
                        [a_trace("c000017", 0.040, 1), a_trace("c000021", 0.033, 2), a_trace("c000034", 0.0245, 3)]
                    ),
                    "Line chart of click rate over one week for three creatives; c000017 settles highest at 4 percent.",
                    "Click rate of all impressions so far. Bands are 95 % intervals.",
                ),
                Table(
                    ["Creative", "Impressions", "Clicks", "CTR (%)", "Expected clicks", "Spend (CNY)"],
                    [
                        ["c000017", 18_240, 731, Interval(4.008, 3.733, 4.302), 688.4, 1532.25],
                        ["c000021", 9_873, 322, Interval(3.261, 2.929, 3.63), 341.9, 811.5],
                        ["c000034", 4_120, 101, Interval(2.451, 2.022, 2.969), 120.02, 301.0],
                        ["c000041", 0, 0, None, 0.0, None],
                    ],
                    "Delivery of the last seven days by creative",
                ),
            ],
        ),
        Section(
            "What learning is worth",
            [
                Paragraph(
                    "Regret counts the clicks missed by not always showing the best creative. A flat line has learned."
                ),
                Picture(
                    draw_cumulative_regret(
                        {
                            "thompson-with-prior": some_regret(0.25, 0.62, 1),
                            "thompson-without-prior": some_regret(0.42, 0.67, 2),
                            "uniform": some_regret(0.024, 1.0, 3),
                        }
                    ),
                    "Line chart of cumulative regret over 20,000 requests; with a prior it is lowest.",
                    "Mean of five runs; the band spans them.",
                ),
            ],
        ),
        Section(
            "How good the model is",
            [
                Picture(
                    draw_metric_comparison(some_models()),
                    "Dot plot of three metrics for three models.",
                    "Filled dots lead; lines are 95 % bootstrap intervals.",
                ),
                Picture(
                    draw_reliability(
                        {"adplat": a_reliability_curve(1.0, 5), "gradient boosting": a_reliability_curve(0.8, 6)}
                    ),
                    "Reliability curve: adplat lies on the diagonal, gradient boosting below it.",
                    "Twelve bins of equal mass with 95 % intervals. Below the diagonal a model promises too much.",
                ),
            ],
        ),
    ]
    return render_report(
        "Summer trail campaign",
        [
            "Creative c000017 leads with a click rate of 4.0 %, 23 % above the next one.",
            "Choosing by posterior earned 31 % more clicks than choosing at random would have.",
            "The model is calibrated: it promised 1,592 clicks and 1,604 happened.",
        ],
        sections,
        MOMENT,
        "Bundle 3f9c2d, policy thompson-with-prior, seed 7. All times in UTC.",
    )
