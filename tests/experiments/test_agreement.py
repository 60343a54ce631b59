"""The same sums through scipy, or through the units themselves, give the same numbers."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from tests.experiments.builders import analysed, compared, covariate_of, mean_arm

EXACT = 1e-9


def units(seed: int, count: int, mean: float) -> np.ndarray:
    return np.random.default_rng(seed).gamma(2.0, mean / 2.0, count)


def test_means_agree_with_welchs_test() -> None:
    a, b = units(1, 300, 4.0), units(2, 410, 4.6)
    found = compared("mean", [mean_arm("a", a), mean_arm("b", b)], difference="absolute")
    theirs = stats.ttest_ind(b, a, equal_var=False)
    interval = theirs.confidence_interval(0.95)
    assert found["p_value"] == pytest.approx(theirs.pvalue, rel=EXACT)
    assert found["ci"] == pytest.approx([interval.low, interval.high], rel=EXACT)


@pytest.mark.parametrize("alternative", ["greater", "less"])
def test_one_sided_means_agree_with_welchs_test(alternative: str) -> None:
    a, b = units(1, 300, 4.0), units(2, 410, 4.6)
    arms = [mean_arm("a", a), mean_arm("b", b)]
    found = compared("mean", arms, difference="absolute", alternative=alternative)
    theirs = stats.ttest_ind(b, a, equal_var=False, alternative=alternative)
    interval = theirs.confidence_interval(0.95)
    ends = [None if np.isinf(end) else pytest.approx(end, rel=EXACT) for end in (interval.low, interval.high)]
    assert found["p_value"] == pytest.approx(theirs.pvalue, rel=EXACT)
    assert found["ci"] == ends


def test_the_interval_of_one_mean_is_students() -> None:
    a = units(3, 50, 2.0)
    (arm, _) = analysed("mean", [mean_arm("a", a), mean_arm("b", a)])["arms"]
    theirs = stats.ttest_1samp(a, 0.0).confidence_interval(0.95)
    assert arm["ci"] == pytest.approx([theirs.low, theirs.high], rel=EXACT)


def test_rates_agree_with_pearsons_chi_square() -> None:
    arms = [{"name": "a", "n": 1250, "sum": 5}, {"name": "b", "n": 1300, "sum": 14}]
    theirs = stats.chi2_contingency([[5, 1245], [14, 1286]], correction=False)
    assert compared("proportion", arms)["p_value"] == pytest.approx(theirs.pvalue, rel=EXACT)
    assert compared("proportion", arms, difference="absolute")["p_value"] == pytest.approx(theirs.pvalue, rel=EXACT)


def test_a_rate_has_wilsons_interval() -> None:
    (arm, _) = analysed("proportion", [{"name": "a", "n": 1250, "sum": 5}, {"name": "b", "n": 10, "sum": 1}])["arms"]
    theirs = stats.binomtest(5, 1250).proportion_ci(method="wilson")
    assert arm["ci"] == pytest.approx([theirs.low, theirs.high], rel=EXACT)


def test_a_covariate_takes_out_what_a_regression_on_it_does() -> None:
    rng = np.random.default_rng(4)
    before = rng.gamma(2.0, 3.0, 700)
    after = 0.8 * before + rng.normal(size=700) + np.repeat([0.0, 0.3], [300, 400])
    halves = [(before[:300], after[:300]), (before[300:], after[300:])]
    arms = [mean_arm(name, y, covariate=covariate_of(x, y)) for name, (x, y) in zip(("a", "b"), halves, strict=True)]
    found = compared("mean", arms, difference="absolute")
    theta = np.cov(before, after)[0, 1] / before.var(ddof=1)
    theirs = stats.ttest_ind(*(y - theta * x for x, y in reversed(halves)), equal_var=False)
    assert found["p_value"] == pytest.approx(theirs.pvalue, rel=1e-8)
    interval = theirs.confidence_interval(0.95)
    assert found["ci"] == pytest.approx([interval.low, interval.high], rel=1e-8)
    plain = compared("mean", [mean_arm("a", halves[0][1]), mean_arm("b", halves[1][1])], difference="absolute")
    share = np.corrcoef(before, after)[0, 1] ** 2
    assert 1.0 - (found["std_error"] / plain["std_error"]) ** 2 == pytest.approx(share, rel=0.05)


def ratio_arm(name: str, top: np.ndarray, bottom: np.ndarray, **more: object) -> dict[str, object]:
    below = {
        "sum": float(bottom.sum()),
        "sum_squares": float((bottom**2).sum()),
        "sum_products": float((bottom * top).sum()),
    }
    return mean_arm(name, top, denominator=below, **more)


def test_a_ratio_is_the_mean_of_its_linearised_units() -> None:
    rng = np.random.default_rng(5)
    arms, lines = [], []
    for name, rate in (("a", 0.1), ("b", 0.13)):
        shown = rng.poisson(30, 500).astype(float)
        clicked = rng.binomial(shown.astype(int), rate).astype(float)
        ratio = clicked.sum() / shown.sum()
        lines.append(ratio + (clicked - ratio * shown) / shown.mean())
        arms.append(ratio_arm(name, clicked, shown))
    found = compared("ratio", arms, difference="absolute")
    theirs = stats.ttest_ind(lines[1], lines[0], equal_var=False)
    assert found["p_value"] == pytest.approx(theirs.pvalue, rel=1e-8)


def test_a_ratio_with_a_plain_covariate_is_a_mean_of_adjusted_linearised_units() -> None:
    rng = np.random.default_rng(6)
    arms, lines, before = [], [], []
    for name, rate in (("a", 0.1), ("b", 0.12)):
        liking = rng.gamma(4.0, 0.25, 600)
        shown = rng.poisson(30, 600).astype(float)
        clicked = rng.binomial(shown.astype(int), np.minimum(rate * liking, 1.0)).astype(float)
        ratio = clicked.sum() / shown.sum()
        lines.append(ratio + (clicked - ratio * shown) / shown.mean())
        before.append(liking)
        told = covariate_of(liking, clicked, denominator_products=float((liking * shown).sum()))
        arms.append(ratio_arm(name, clicked, shown, covariate=told))
    found = compared("ratio", arms, difference="absolute")
    shared = sum(np.cov(line, x)[0, 1] for line, x in zip(lines, before, strict=True))
    theta = shared / sum(x.var(ddof=1) for x in before)
    one, two = (line - theta * x for line, x in zip(lines, before, strict=True))
    theirs = stats.ttest_ind(two, one, equal_var=False)
    assert found["p_value"] == pytest.approx(theirs.pvalue, rel=1e-7)
    assert found["estimate"] == pytest.approx(two.mean() - one.mean(), rel=1e-8)


def test_a_quantile_comes_from_values_as_from_its_three_values() -> None:
    values = [units(7, 2000, 3.0), units(8, 2100, 3.3)]
    arms = [{"name": name, "n": len(one), "values": one.tolist()} for name, one in zip("ab", values, strict=True)]
    found = compared("quantile", arms, quantile=0.9, difference="absolute")
    expected = [np.quantile(one, 0.9, method="inverted_cdf") for one in values]
    assert found["estimate"] == pytest.approx(expected[1] - expected[0], rel=EXACT)
    theirs = [stats.quantile_test(one, q=0.0, p=0.9).confidence_interval(0.95) for one in values]
    summed = [
        {
            "name": name,
            "n": len(one),
            "quantile": {"value": float(middle), "lower": float(ends.low), "upper": float(ends.high)},
        }
        for name, one, middle, ends in zip("ab", values, expected, theirs, strict=True)
    ]
    again = compared("quantile", summed, quantile=0.9, difference="absolute")
    assert again["estimate"] == found["estimate"]
    # scipy's ranks are those of the exact binomial, ours of the normal one: they differ by a rank or two.
    assert again["std_error"] == pytest.approx(found["std_error"], rel=0.1)


def test_the_quantiles_standard_error_is_that_of_repeated_draws() -> None:
    rng = np.random.default_rng(9)
    draws = rng.gamma(2.0, 1.5, (2000, 1000))
    spread = np.quantile(draws, 0.9, axis=1, method="inverted_cdf").std()
    errors = []
    for one in draws[:300]:
        arms = [{"name": name, "n": 1000, "values": one.tolist()} for name in "ab"]
        errors.append(compared("quantile", arms, quantile=0.9, difference="absolute")["std_error"] / np.sqrt(2.0))
    assert np.mean(errors) == pytest.approx(spread, rel=0.1)


def test_stratified_rates_are_judged_by_their_strata() -> None:
    strata = [[(400, 4), (600, 60)], [(600, 6), (400, 40)]]
    arms = [
        {
            "name": name,
            "n": 1000,
            "sum": sum(k for _, k in parts),
            "strata": [{"name": str(place), "n": n, "sum": k} for place, (n, k) in enumerate(parts)],
        }
        for name, parts in zip("ab", strata, strict=True)
    ]
    found = compared("proportion", arms, difference="absolute")
    # The same rates in every stratum: no difference, though the plain rates are 6.4 and 4.6 %.
    assert found["estimate"] == pytest.approx(0.0, abs=1e-15)
    assert found["p_value"] == pytest.approx(1.0)
    assert found["ci"][0] == pytest.approx(-found["ci"][1])


def test_one_stratum_is_no_stratum() -> None:
    a, b = units(10, 200, 3.0), units(11, 220, 3.4)
    plain = [mean_arm("a", a), mean_arm("b", b)]
    whole = [{**arm, "strata": [{**{k: arm[k] for k in ("n", "sum", "sum_squares")}, "name": "all"}]} for arm in plain]
    for difference in ("relative", "absolute"):
        one, other = (compared("mean", arms, difference=difference) for arms in (plain, whole))
        assert other["estimate"] == pytest.approx(one["estimate"], rel=EXACT)
        assert other["std_error"] == pytest.approx(one["std_error"], rel=EXACT)


def test_strata_undo_a_mix_that_chance_made_uneven() -> None:
    def arm(name: str, few: tuple[int, float], many: tuple[int, float]) -> dict[str, object]:
        strata = [
            {"name": place, "n": n, "sum": n * mean, "sum_squares": n * (mean**2 + 1.0)}
            for place, (n, mean) in (("phone", few), ("desk", many))
        ]
        total = {field: sum(one[field] for one in strata) for field in ("n", "sum", "sum_squares")}  # type: ignore[misc]
        return {"name": name, **total, "strata": strata}

    arms = [arm("a", (400, 1.0), (600, 5.0)), arm("b", (600, 1.2), (400, 5.2))]
    assert compared("mean", arms, difference="absolute")["estimate"] == pytest.approx(0.2, rel=EXACT)
    without = [{key: value for key, value in one.items() if key != "strata"} for one in arms]
    assert compared("mean", without, difference="absolute")["estimate"] < -0.5
    # ν = ½ each, within-stratum variance 1·n/(n−1), the same effect in both: no variance between strata.
    expected = sum(0.25 * (n / (n - 1)) / n for n in (400, 600, 600, 400))
    assert compared("mean", arms, difference="absolute")["std_error"] == pytest.approx(np.sqrt(expected), rel=EXACT)


@pytest.mark.parametrize("kind", ["mean", "proportion"])
@pytest.mark.parametrize("difference", ["relative", "absolute"])
def test_the_stratified_error_is_that_of_repeated_tests(kind: str, difference: str) -> None:
    # Rates and effects that differ between strata, whose sizes are a matter of chance as well.
    rng, estimates, errors = np.random.default_rng(12), [], []
    rates = {"a": np.array([0.1, 0.6]), "b": np.array([0.5, 0.5])}
    for _ in range(3000):
        arms = []
        for name, rate in rates.items():
            counts = rng.multinomial(300, [0.5, 0.5])
            events = rng.binomial(counts, rate).astype(float)
            strata = [
                {"name": str(place), "n": int(n), "sum": k, "sum_squares": k}
                for place, (n, k) in enumerate(zip(counts, events.tolist(), strict=True))
            ]
            total = float(events.sum())
            arms.append({"name": name, "n": 300, "sum": total, "sum_squares": total, "strata": strata})
        found = compared(kind, arms, difference=difference)
        estimates.append(found["estimate"])
        errors.append(found["std_error"])
    assert np.mean(errors) == pytest.approx(np.std(estimates), rel=0.04)


def test_thin_strata_are_merged_and_said() -> None:
    def arm(name: str, counts: tuple[int, ...]) -> dict[str, object]:
        strata = [
            {"name": str(i), "n": n, "sum": float(n) * i, "sum_squares": n * (i * i + 1.0)}
            for i, n in enumerate(counts)
        ]
        return {
            "name": name,
            "n": sum(counts),
            "sum": sum(s["sum"] for s in strata),
            "sum_squares": sum(s["sum_squares"] for s in strata),
            "strata": strata,
        }  # type: ignore[misc]

    found = compared("mean", [arm("a", (100, 1, 50)), arm("b", (100, 40, 0))], difference="absolute")
    assert found["warnings"] == ["thin_strata_merged"]
    assert found["std_error"] is not None


@pytest.mark.parametrize("correction", ["holm", "bh"])
def test_many_arms_are_corrected(correction: str) -> None:
    arms = [{"name": "c", "n": 5000, "sum": 100}]
    arms += [{"name": f"t{clicks}", "n": 5000, "sum": clicks} for clicks in (90, 121, 135, 140)]
    arms.append({"name": "empty", "n": 0, "sum": 0})
    found = analysed("proportion", arms, correction=correction)["comparisons"]
    plain = np.asarray([one["p_value"] for one in found[:-1]])
    adjusted = np.asarray([one["p_value_adjusted"] for one in found[:-1]])
    if correction == "bh":
        assert adjusted == pytest.approx(stats.false_discovery_control(plain), rel=EXACT)
    else:
        assert adjusted[np.argmin(plain)] == pytest.approx(4 * plain.min(), rel=EXACT)
    assert found[-1]["p_value_adjusted"] is None
