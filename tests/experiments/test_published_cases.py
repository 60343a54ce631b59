"""Figures that others have published for the same sums, to the digits they print.

GrowthBook: ``packages/stats/tests/frequentist/test_tests.py`` of growthbook/growthbook (five decimals). Its intervals
of rates are Wald's and not ours; their standard errors are.
"""

from __future__ import annotations

import pytest

from tests.experiments.builders import analysed, compared

EARLY = [
    {"name": "a", "n": 3407, "sum": 1396.87, "sum_squares": 52377.9767},
    {"name": "b", "n": 3461, "sum": 2422.7, "sum_squares": 134698.29},
]
LATER = [{**EARLY[0], "n": 3000}, EARLY[1]]
FIVE = 0.5e-5


def ratio_arms() -> list[dict[str, object]]:
    """Ratio metrics whose covariate is the same ratio before the test."""
    return [
        {
            "name": "a",
            "n": 100,
            "sum": 485.112236689623,
            "sum_squares": 2715.484666118136,
            "denominator": {
                "sum": 679.9093275844917,
                "sum_squares": 4939.424001640236,
                "sum_products": 3602.146836776702,
            },
            "covariate": {
                "sum": 192.59138069991536,
                "sum_squares": 460.076026390857,
                "sum_products": 1113.6215759318352,
                "denominator_products": 1460.3181079276983,
                "denominator": {
                    "sum": 290.1398399750233,
                    "sum_squares": 920.9461385038898,
                    "sum_products": 634.239482353647,
                    "metric_products": 1559.2878434944676,
                    "denominator_products": 2130.9404074446747,
                },
            },
        },
        {
            "name": "b",
            "n": 100,
            "sum": 514.7757826608777,
            "sum_squares": 2994.897482705013,
            "denominator": {
                "sum": 705.4090874383759,
                "sum_squares": 5291.36604146392,
                "sum_products": 3918.1561431600717,
            },
            "covariate": {
                "sum": 206.94157227402536,
                "sum_squares": 514.2903702246757,
                "sum_products": 1237.0953021125997,
                "denominator_products": 1604.0759503266522,
                "denominator": {
                    "sum": 302.54389139107326,
                    "sum_squares": 994.4506208125663,
                    "sum_products": 698.4173425817908,
                    "metric_products": 1701.0287270040265,
                    "denominator_products": 2292.081739775257,
                },
            },
        },
    ]


def check(found: dict[str, object], estimate: float, low: float | None, high: float | None, error: float) -> None:
    assert found["estimate"] == pytest.approx(estimate, abs=FIVE)
    assert found["ci"] == pytest.approx([low, high], abs=FIVE)
    assert found["std_error"] == pytest.approx(error, abs=FIVE)


def test_a_relative_difference_of_means() -> None:
    found = compared("mean", EARLY)
    check(found, 0.70732, -0.03526, 1.44989, 0.37879)
    assert found["p_value"] == pytest.approx(0.06191, abs=FIVE)


def test_an_absolute_difference_of_means() -> None:
    found = compared("mean", EARLY, difference="absolute")
    check(found, 0.29, 0.04538, 0.53462, 0.12478)
    assert found["p_value"] == pytest.approx(0.02016, abs=FIVE)


@pytest.mark.parametrize(
    ("difference", "estimate", "low", "error", "p_value"),
    [
        ("relative", 0.5033610858562358, -0.045136675850396046, 0.3334122146400735, 0.06558262868467746),
        ("absolute", 0.23437666666666668, 0.020791480063255735, 0.12983081254184736, 0.03554272489873023),
    ],
)
def test_a_one_sided_question(difference: str, estimate: float, low: float, error: float, p_value: float) -> None:
    found = compared("mean", LATER, alternative="greater", difference=difference)
    assert found["ci"][1] is None
    assert [found["estimate"], found["ci"][0], found["std_error"], found["p_value"]] == pytest.approx(
        [estimate, low, error, p_value], rel=1e-9
    )


def test_the_other_side_of_a_one_sided_question() -> None:
    found = compared("mean", LATER, alternative="less", difference="absolute")
    assert found["ci"] == [None, pytest.approx(0.44796185327007765, rel=1e-9)]
    assert found["p_value"] == pytest.approx(0.9644572751012698, rel=1e-9)


def test_a_confidence_sequence() -> None:
    found = compared("mean", LATER, method="sequential", sequential_tuning=1000)
    check(found, 0.50336, -0.55844, 1.56516, 0.33341)
    assert found["p_value"] == 1.0


def test_a_one_sided_confidence_sequence() -> None:
    found = compared("mean", LATER, method="sequential", alternative="greater")
    assert found["ci"] == [pytest.approx(-0.42356454602790883, rel=1e-9), None]


def test_a_confidence_sequence_of_rates() -> None:
    arms = [{"name": "a", "n": 3000, "sum": 1396}, {"name": "b", "n": 3461, "sum": 2422}]
    check(compared("proportion", arms, method="sequential"), 0.50386, 0.40098, 0.60675, 0.03386)


def test_the_standard_error_of_rates() -> None:
    found = compared("proportion", [{"name": "a", "n": 28, "sum": 14}, {"name": "b", "n": 30, "sum": 16}])
    assert [found["estimate"], found["std_error"]] == pytest.approx([0.06667, 0.2717], abs=FIVE)


def test_means_with_a_covariate() -> None:
    arms = [
        {**LATER[0], "covariate": {"sum": 16.87, "sum_squares": 527.9767, "sum_products": 1}},
        {**LATER[1], "covariate": {"sum": 22.7, "sum_squares": 1348.29, "sum_products": 1}},
    ]
    check(compared("mean", arms, method="sequential"), 0.50338, -0.50969, 1.51646, 0.33341)


def test_ratios_with_a_ratio_covariate() -> None:
    found = compared("ratio", ratio_arms())
    check(found, -0.0007, -0.00841, 0.00700, 0.00391)
    assert found["p_value"] == pytest.approx(0.85771, abs=FIVE)
    check(compared("ratio", ratio_arms(), method="sequential"), -0.0007, -0.02063, 0.01923, 0.00391)


def test_a_sample_ratio_with_an_arm_that_has_no_share() -> None:
    arms = [{"name": name, "n": n, "sum": 0} for name, n in (("a", 5000), ("b", 5400), ("c", 0))]
    srm = analysed("proportion", arms, allocation=[0.5, 0.5, 0.0])["srm"]
    # χ² = 15.3846 with one degree of freedom; two would give 0.000456324.
    assert srm == {
        "statistic": pytest.approx(400**2 / 2 / 5200, rel=1e-12),
        "df": 1,
        "p_value": pytest.approx(8.76994e-05, rel=1e-5),
        "flagged": True,
    }
