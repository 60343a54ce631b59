"""The frame: verdicts, rules that cannot look, the registry, a rule that is added."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from adplat.domain import ConfigRejected, Objection, ReviewVerdict, Weight
from adplat.review import Rule, Saying, Subject, Words, all_rules, review_creative, rules_named
from adplat.review.cannot_look import CannotLook
from adplat.review.eyes import Eyes
from tests.review.conftest import PLACES


def test_ids_are_unique_and_named_by_room() -> None:
    ids = [rule.rule_id for rule in all_rules()]
    assert len(ids) == len(set(ids)) >= 39
    assert all(rule.rule_id.count(".") == 1 and rule.says for rule in all_rules())


def test_a_wrong_rule_is_answered_with_a_near_one() -> None:
    with pytest.raises(ConfigRejected, match=r"did you mean 'claims.prices'"):
        rules_named(["claims.price"])
    assert {rule.rule_id.partition(".")[0] for rule in rules_named(["editorial"])} == {"editorial"}


def test_a_subject_without_anything_is_looked_at_by_no_rule_that_needs_something() -> None:
    review = review_creative(Subject(PLACES["iab_300x250"]))
    assert review.verdict is ReviewVerdict.PASS
    not_blind = {rule.rule_id for rule in all_rules()} - set(review.not_looked)
    assert not_blind == {"layout.safe_zone"}  # the place has no band: that needs no picture
    assert all(reason for reason in review.not_looked.values())


@pytest.mark.parametrize(
    "words", [None, (Words("cta", "Buy now"),), (Words("headline", "  "), Words("cta", "Buy now"))]
)
def test_a_whole_creative_that_lacks_its_picture_and_headline_is_held(words: tuple[Words, ...] | None) -> None:
    review = review_creative(Subject(PLACES["google_display_160x600"], words=words, whole=True))
    assert review.verdict is ReviewVerdict.HOLD
    held = {one.rule: one.evidence for one in review.objections if one.weight is Weight.HOLD}
    assert held == {
        "file.size": "there is no picture; google_display_160x600 shows one of 160 × 600 pixels",
        "copy.counts": "0 texts of part headline; google_display_160x600 asks for 1 at least",
    }


def test_words_alone_are_held_for_the_picture_that_their_place_shows_and_by_no_place_of_words() -> None:
    words = (Words("headline", "Green tea, loose"),)
    whole = review_creative(Subject(PLACES["iab_300x250"], words=words, whole=True))
    assert [(one.rule, one.saying) for one in whole.objections] == [("file.size", "missing")]
    assert review_creative(Subject(PLACES["iab_300x250"], words=words)).verdict is ReviewVerdict.PASS
    search = review_creative(Subject(PLACES["google_rsa"], words=words, whole=True))
    assert "file.size" not in {one.rule for one in search.objections}


def test_a_picture_alone_may_show_its_headline_itself_but_for_places_that_add_their_own_words() -> None:
    from adplat.artwork import open_upload
    from tests.review.planted.bad_pictures import encoded, good_scene

    def reviewed(place: str) -> ReviewVerdict:
        opened = open_upload(encoded(good_scene(1, place).drawn()), "banner.jpg")
        subject = Subject(PLACES[place], opened=opened, whole=True)
        return review_creative(subject, rules=rules_named(["copy.counts"])).verdict

    assert reviewed("iab_300x250") is ReviewVerdict.PASS
    assert reviewed("google_rda_1200x628") is ReviewVerdict.FAIL


def test_every_rule_that_reads_letters_says_so_when_they_are_not_read() -> None:
    from adplat.artwork import open_upload
    from tests.review.planted.bad_pictures import encoded, good_scene

    opened = open_upload(encoded(good_scene(1, "iab_300x250").drawn()), "banner.jpg")
    review = review_creative(Subject(PLACES["iab_300x250"], opened=opened), read_letters=False)
    for rule in ("picture.contrast", "picture.text_share", "claims.free", "claims.prices", "marks.other_brands"):
        assert "turned off" in review.not_looked[rule]


def test_what_was_found_before_a_rule_could_look_no_further_counts() -> None:
    def look(subject: Subject, eyes: Eyes) -> Iterator[Objection]:
        yield rule.objection(Weight.FAIL, "half", {})
        raise CannotLook("the rest was dark")

    rule = Rule("test.half", "says", look, {"half": Saying("found", "mend")})
    review = review_creative(Subject(PLACES["iab_300x250"]), rules=[rule])
    assert review.verdict is ReviewVerdict.FAIL
    assert review.not_looked == {"test.half": "the rest was dark"}


def test_the_heaviest_objection_decides_and_stands_first() -> None:
    def look(subject: Subject, eyes: Eyes) -> Iterator[Objection]:
        for weight in (Weight.WARN, Weight.HOLD, Weight.FAIL, Weight.HOLD):
            yield rule.objection(weight, "many", {"weight": weight.value})

    rule = Rule("test.many", "says", look, {"many": Saying("{weight}", "f")})
    review = review_creative(Subject(PLACES["iab_300x250"], words=(Words("headline", "x"),)), rules=[rule])
    assert [objection.weight for objection in review.objections][:2] == [Weight.FAIL, Weight.HOLD]
    assert [objection.evidence for objection in review.objections][:2] == ["fail", "hold"]


def test_a_learned_score_cannot_lift_a_word_of_the_list() -> None:
    subject = Subject(PLACES["iab_300x250"], words=(Words("headline", "What a lovely day, you bastards"),))
    review = review_creative(subject, rules=rules_named(["safety.toxic"]))
    assert review.verdict is ReviewVerdict.FAIL


def test_a_finding_that_has_a_place_tells_it_in_pixels_of_the_picture() -> None:
    from adplat.domain import Artwork, Box, Element, ElementKind
    from adplat.flows.describe_drafts import review_document

    words = [
        Element(name, ElementKind.HEADLINE, Box(20, top, 200, 40), text="Green tea", font_px=30, colour="#000000")
        for name, top in (("headline", 40), ("second", 50))
    ]
    review = review_creative(Subject(PLACES["iab_300x250"], artwork=Artwork(300, 250, tuple(words))))
    told = {one["rule"]: one for one in review_document(review)["findings"]}
    places = told["layout.overlap"]["places"]
    assert len(places) == 2 and all(left >= 20 and left + width <= 300 for left, _, width, _ in places)
