"""The planted set through the whole review: every kind of picture case without OCR here, all of it in the benchmark."""

from __future__ import annotations

from pathlib import Path

import pytest

from adplat.domain import Weight
from adplat.flows.bench_generation_review import NOT_PLANTED, found, stopping_rules
from adplat.flows.read_review_set import ReviewCase, read_review_set, subjects_of
from adplat.review import Subject, all_rules, review_creative
from tests.review.planted.writing import write_set

NEEDS_OCR = {"picture.background_letters"}


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[ReviewCase, Subject]]:
    folder: Path = tmp_path_factory.mktemp("planted")
    write_set(folder)
    read, briefs = read_review_set(folder)
    return list(subjects_of(folder, read, briefs))


def test_the_set_is_large_and_covers_every_rule_that_can_be_planted(cases: list[tuple[ReviewCase, Subject]]) -> None:
    bad = [case for case, _ in cases if case.rule]
    assert len(bad) >= 100
    assert len(cases) - len(bad) >= 100
    assert {case.rule for case in bad} == {rule.rule_id for rule in all_rules()} - set(NOT_PLANTED)


def test_faults_are_found_and_good_ones_pass(cases: list[tuple[ReviewCase, Subject]]) -> None:
    missed, stopped, bad, good = [], [], 0, 0
    for case, subject in cases:
        if case.rule in NEEDS_OCR or (subject.opened is not None and subject.artwork is None and case.words is None):
            continue  # only their letters tell; the benchmark reads them
        review = review_creative(subject, read_letters=False)
        if case.rule:
            bad += 1
            missed += [] if found(case, review) else [case.case_id]
        else:
            good += 1
            stopped += [case.case_id] if stopping_rules(review) else []
    assert len(missed) <= 0.02 * bad, missed
    assert len(stopped) <= 0.03 * good, stopped


def test_letters_read_in_a_picture_are_held_against_the_facts(cases: list[tuple[ReviewCase, Subject]]) -> None:
    case, subject = next((case, subject) for case, subject in cases if case.rule == "claims.prices" and case.file)
    review = review_creative(subject)
    assert any(one.rule == case.rule and one.weight is Weight.FAIL for one in review.objections)
