"""What a rule says: its sentences are filled from what it tells of them, by the names that it tells."""

from __future__ import annotations

import ast
import inspect
import sys
from string import Formatter

import pytest

from adplat.domain import Weight
from adplat.review import Rule, Saying, all_rules


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.rule_id)
def test_a_saying_is_two_sentences_without_a_full_stop(rule: Rule) -> None:
    for saying in rule.sayings.values():
        for sentence in (saying.evidence, saying.fix):
            assert sentence == sentence.strip() and not sentence.endswith(".") and sentence
            list(Formatter().parse(sentence))


def test_the_details_stand_in_both_sentences_and_are_kept_beside_them() -> None:
    def look(*_: object) -> object:
        raise AssertionError

    rule = Rule("test.rule", "says", look, {"wide": Saying("{part} is {width:,} wide", "cut {excess}")})  # type: ignore[arg-type]  # it never looks
    found = rule.objection(Weight.WARN, "wide", {"part": "body", "width": 1200, "excess": 3}, {"width": 1200})
    assert (found.evidence, found.fix, found.saying) == ("body is 1,200 wide", "cut 3", "wide")
    assert found.details == {"part": "body", "width": 1200, "excess": 3} and found.figures == {"width": 1200}
    with pytest.raises(KeyError):
        rule.objection(Weight.WARN, "wide", {"part": "body"})
    with pytest.raises(KeyError):
        rule.objection(Weight.WARN, "long", {})


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.rule_id)
def test_a_rule_says_only_what_is_among_its_sayings(rule: Rule) -> None:
    """Read off its file, so that a branch that no test reaches is held to it as well."""
    tree = ast.parse(inspect.getsource(sys.modules[rule.look.__module__]))
    calls = [
        call
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "objection"
    ]
    assert calls
    said = {text.value for call in calls for text in ast.walk(call.args[1]) if isinstance(text, ast.Constant)}
    for call in calls:
        name, details = call.args[1], call.args[2]
        if isinstance(name, ast.Constant) and isinstance(details, ast.Dict) and None not in details.keys:
            told = {ast.literal_eval(key) for key in details.keys if key is not None}
            saying = rule.sayings[str(name.value)]
            wanted = {
                field for one in (saying.evidence, saying.fix) for _, field, _, _ in Formatter().parse(one) if field
            }
            assert wanted <= told
    if all(isinstance(call.args[1], ast.Constant) for call in calls):
        assert said == set(rule.sayings)
