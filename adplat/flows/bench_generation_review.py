"""The review against creatives whose fault is known, rule by rule; and how long one takes."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from adplat.domain import Figure, MissingInput, Review, Weight
from adplat.flows.bench_run import BenchRun
from adplat.flows.read_review_set import ReviewCase, read_review_set, subjects_of
from adplat.review import all_rules, review_creative

LEAST_RECALL, MOST_FALSE_ALARMS, MOST_MS = 0.98, 0.03, 200.0
SET_VARIABLE = "ADPLAT_REVIEW_SET"
_HEAVINESS = {Weight.WARN: 0, Weight.HOLD: 1, Weight.FAIL: 2}
# No picture that breaks these can be drawn; what they do with photographs stands in docs/generation.md.
NOT_PLANTED = ("people.disclosure", "safety.nudity")


def review_figures(run: BenchRun) -> list[Figure]:
    """Recall and false alarms, in all and by rule (``generation.3.…``), and the time of a review without OCR.

    The set lies in the folder that ``ADPLAT_REVIEW_SET`` names. Raises MissingInput where it does not.
    """
    folder = Path(os.environ.get(SET_VARIABLE, run.cache_dir / "review-set"))
    if not (folder / "set.json").is_file():
        raise MissingInput(
            "no set of creatives with known faults",
            where=str(folder),
            hint=f"write it with: python -m tests.review.planted {folder} (or set {SET_VARIABLE})",
        )
    cases, briefs = read_review_set(folder)
    if run.quick:
        cases = cases[::8]
    looked: list[tuple[ReviewCase, Review]] = []
    for number, (case, subject) in enumerate(subjects_of(folder, cases, briefs)):
        run.progress(number, len(cases), "planted creatives")
        looked.append((case, review_creative(subject)))
    return [*_quality(looked), _speed(folder, cases, briefs)]


def stopping_rules(review: Review) -> set[str]:
    """The rules that keep a creative from passing."""
    return {objection.rule for objection in review.objections if objection.weight is not Weight.WARN}


def found(case: ReviewCase, review: Review) -> bool:
    """Whether the rule that a case breaks objects, at least as heavily as expected."""
    expected = _HEAVINESS[Weight(case.weight)]
    return any(
        objection.rule == case.rule and _HEAVINESS[objection.weight] >= expected for objection in review.objections
    )


def _quality(looked: list[tuple[ReviewCase, Review]]) -> list[Figure]:
    bad = [(case, review) for case, review in looked if case.rule]
    good = [review for case, review in looked if not case.rule]
    planted, caught = (
        Counter(case.rule for case, _ in bad),
        Counter(case.rule for case, review in bad if found(case, review)),
    )
    alarms = Counter(rule for review in good for rule in stopping_rules(review))
    figures = [
        Figure(
            "generation.3.recall",
            "planted faults found by their rule",
            sum(caught.values()) / max(len(bad), 1),
            "share",
            ">=",
            LEAST_RECALL,
            len(bad),
        ),
        Figure(
            "generation.3.false_alarms",
            "good creatives that any rule stops",
            sum(1 for review in good if stopping_rules(review)) / max(len(good), 1),
            "share",
            "<=",
            MOST_FALSE_ALARMS,
            len(good),
        ),
    ]
    for half in ("open", "held", "fresh"):
        part = [found(case, review) for case, review in bad if case.half == half]
        if part:
            told = f"of these, in the part called {half}"
            figures.append(
                Figure(
                    f"generation.3.recall.{half}", told, sum(part) / len(part), "share", ">=", LEAST_RECALL, len(part)
                )
            )
    for rule in all_rules():
        if rule.rule_id in NOT_PLANTED:
            continue
        count = planted[rule.rule_id]
        if count:
            figures.append(
                Figure(
                    f"generation.3.recall.{rule.rule_id}",
                    rule.says,
                    caught[rule.rule_id] / count,
                    "share",
                    ">=",
                    LEAST_RECALL,
                    count,
                )
            )
    for rule in all_rules():
        figures.append(
            Figure(
                f"generation.3.false_alarms.{rule.rule_id}",
                "good creatives it stops",
                alarms[rule.rule_id] / max(len(good), 1),
                "share",
                "<=",
                MOST_FALSE_ALARMS,
                len(good),
            )
        )
    return figures


def _speed(folder: Path, cases: tuple[ReviewCase, ...], briefs: Mapping[str, Mapping[str, Any]]) -> Figure:
    """Median milliseconds of a review without reading letters, over trees; the best of three tries, models warm."""
    chosen = tuple(case for case in cases if case.artwork is not None)[:24]
    took_ms = []
    for _case, subject in subjects_of(folder, chosen, briefs):
        review_creative(subject, read_letters=False)
        tries = []
        for _ in range(3):
            started = perf_counter()
            review_creative(subject, read_letters=False)
            tries.append(1_000 * (perf_counter() - started))
        took_ms.append(min(tries))
    return Figure(
        "generation.3.review_ms",
        "review of one creative without OCR, median",
        median(took_ms),
        "ms",
        "<=",
        MOST_MS,
        len(took_ms),
    )
