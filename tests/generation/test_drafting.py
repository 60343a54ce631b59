"""Drafts differ in one part only."""

from __future__ import annotations

from adplat.data import load_placements
from adplat.generation import TemplateCopywriter, draft_copies
from tests.generation.briefs import a_brief


def _parts(draft) -> dict[str, list[str]]:
    parts: dict[str, list[str]] = {}
    for sentence in draft.sentences:
        parts.setdefault(sentence.part, []).append(sentence.text)
    return parts


def test_variants_are_one_part_apart_from_the_first() -> None:
    rules = load_placements()["iab_300x250"]
    first, *others = draft_copies(a_brief(), rules, "en", TemplateCopywriter(), seed=1, variants=5)
    assert len(others) == 5
    for other in others:
        apart = [part for part in _parts(first) if _parts(first)[part] != _parts(other)[part]]
        assert len(apart) == 1
    assert len({str(_parts(draft)) for draft in (first, *others)}) == 6


def test_a_draft_has_what_its_placement_asks_for() -> None:
    for name in ("google_rsa", "google_pmax_1200x628", "iab_320x50"):
        rules = load_placements()[name]
        (only,) = draft_copies(a_brief(), rules, "zh", TemplateCopywriter(), seed=1)
        parts = _parts(only)
        assert {part: len(texts) for part, texts in parts.items()} == {
            limit.part: max(limit.fewest, 1) for limit in rules.texts
        }


def test_one_headline_of_performance_max_is_short_in_each_variant() -> None:
    rules = load_placements()["google_pmax_1200x628"]
    for seed in range(5):
        for draft in draft_copies(a_brief(), rules, "en", TemplateCopywriter(), seed=seed, variants=6):
            assert any(len(text) <= 15 for text in _parts(draft)["headline"])
            assert any(len(text) <= 60 for text in _parts(draft)["body"])
