"""Card
This room:   whether a creative may run at a placement: one rule a file, with evidence and the fix.
May import:  domain, artwork, features; Pillow, NumPy, OCR and classifiers (late).
Must not:    draft or store anything; let a learned score lift a failed rule.
Called by:   flows.
Tests:       tests/review/
"""

from __future__ import annotations

from adplat.review.registry import all_rules, rules_named
from adplat.review.reviewing import review_creative
from adplat.review.rule import Rule, Saying
from adplat.review.subject import Subject, Words, told_by

__all__ = ["Rule", "Saying", "Subject", "Words", "all_rules", "review_creative", "rules_named", "told_by"]
