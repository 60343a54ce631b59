"""What the templates write, the review has nothing against: two rooms that do not know each other agree on copy."""

from __future__ import annotations

import pytest

from adplat.data import configs_folder, load_placements, read_yaml
from adplat.flows.read_brief import brief_from
from adplat.generation import TemplateCopywriter, draft_copies
from adplat.review.reviewing import review_creative
from adplat.review.subject import Subject, Words


@pytest.mark.parametrize("language", ["en", "zh"])
def test_copy_of_the_example_passes_at_every_placement(language: str) -> None:
    placements = load_placements()
    path = configs_folder() / "briefs" / "trail_shoe.yaml"
    brief = brief_from(read_yaml(path), where=str(path), placements=placements)
    for name, rules in placements.items():
        for draft in draft_copies(brief, rules, language, TemplateCopywriter(), seed=6, variants=4):
            words = tuple(Words(one.part, one.text, one.language) for one in draft.sentences)
            subject = Subject(rules, words=words, facts=brief.facts, brand=brief.brand, product=brief.product)
            review = review_creative(subject, read_letters=False)
            assert review.objections == (), (name, words)
