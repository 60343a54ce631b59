"""The rules by id. A new one: one file in ``rules/`` that names its ``RULE``; nothing else has to know of it."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from adplat.domain import ConfigRejected, InternalFault
from adplat.review import rules
from adplat.review.rule import Rule


@cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule, ordered by id. Raises InternalFault for a file without a rule, or two rules of one id."""
    found: dict[str, Rule] = {}
    for module in iter_modules(rules.__path__):
        rule = getattr(import_module(f"{rules.__name__}.{module.name}"), "RULE", None)
        if not isinstance(rule, Rule):
            raise InternalFault("a file of rules has no RULE", where=module.name, hint="name its rule RULE")
        if rule.rule_id in found:
            raise InternalFault("two rules have one id", where=rule.rule_id, hint="give each rule an id of its own")
        found[rule.rule_id] = rule
    return tuple(found[rule_id] for rule_id in sorted(found))


def rules_named(names: Collection[str]) -> tuple[Rule, ...]:
    """Rules by their ids, or all of a room by its name (``editorial``). Raises ConfigRejected."""
    known = [rule.rule_id for rule in all_rules()]
    rooms = {rule_id.partition(".")[0] for rule_id in known}
    for name in names:
        if name not in known and name not in rooms:
            near = get_close_matches(name, [*known, *rooms], n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"rooms of rules: {', '.join(sorted(rooms))}"
            raise ConfigRejected(f"unknown rule {name!r}", where="rules", hint=hint)
    return tuple(rule for rule in all_rules() if rule.rule_id in names or rule.rule_id.partition(".")[0] in names)
