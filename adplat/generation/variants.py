"""Which variants of one brief are drafted: a base, and others one element apart from it.

Two drafts that differ in one element and in nothing else say, once they ran, what that element was worth; drafts that
differ in everything say only which of them did better. So the base takes the first option of each kind, and every other
variant changes one kind: first each kind once, then each kind once more, as long as there are options.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Elements = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Variant:
    """What one variant is made of, by kind; ``differs`` is the kind in which it is not the base, empty for the base."""

    elements: Elements
    differs: str = ""


def plan_variants(options: Mapping[str, Sequence[str]], wanted: int) -> tuple[Variant, ...]:
    """At most ``wanted`` variants, the base first; fewer where the options end. Kinds change in their given order."""
    base = {kind: values[0] for kind, values in options.items() if values}
    found = [Variant(base)]
    depth = 1
    while len(found) < wanted and any(len(values) > depth for values in options.values()):
        found += [
            Variant(base | {kind: values[depth]}, kind) for kind, values in options.items() if len(values) > depth
        ]
        depth += 1
    return tuple(found[: max(wanted, 0)])
