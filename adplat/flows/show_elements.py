"""What the elements of creatives are worth, for reports and for whoever drafts the next ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import numpy as np

from adplat.bandit import Count, ElementEffects, Knowledge, learn_elements, learn_places
from adplat.snapshots import CatalogueSnapshot

_WIDTH = 1.6448536269514722
"""Standard deviations to each side of a central 90 % of a normal."""


def elements_document(snapshot: CatalogueSnapshot, known: Knowledge) -> dict[str, Any]:
    """The document of ``adplat bandit elements --json``.

    ``factor`` is by how much clicks over those expected differ with this element from the mean of its kind's elements
    that several live creatives have, but not all, with its central 90 %; ``evidence`` is what was seen of the creatives
    that have it. ``pairs`` say how two together differ from what each is worth, those first that are surest to.
    ``deviations`` are how much is to be expected of a kind, of a pair, and of what is a creative's own (standard
    deviations of the logarithm). What only one creative has cannot be told from that creative.
    """
    return effects_document(snapshot.elements, known)


def effects_document(elements: Mapping[str, Mapping[str, str]], known: Knowledge) -> dict[str, Any]:
    """The same of creatives by id with what they are made of, whatever they were published with."""
    known = learn_places(known).corrected(known).made_of(elements)
    effects = learn_elements(known)
    names: defaultdict[tuple[tuple[str, str], ...], list[str]] = defaultdict(list)
    for name in elements:
        for place in _parts(effects, name):
            names[effects.design.effects[place]].append(name)
    single = [effect for effect in effects.design.effects if len(effect) == 1]
    kinds = sorted({effect[0][0] for effect in single})
    told = []
    for kind in kinds:
        mine = [effect for effect in single if effect[0][0] == kind]
        places = [effects.design.effects.index(effect) for effect in mine]
        lines = [
            {"kind": kind, "value": effect[0][1], **_factor(effects, place, places), **_evidence(known, names[effect])}
            for effect, place in zip(mine, places, strict=True)
        ]
        told += sorted(lines, key=lambda line: (-line["factor"], line["value"]))
    pairs = [
        {
            "elements": dict(effect),
            **_factor(effects, place, []),
            **_evidence(known, names[effect]),
        }
        for place, effect in enumerate(effects.design.effects)
        if len(effect) == 2
    ]
    pairs.sort(key=_doubt)
    deviations = {group or "level": float(np.sqrt(variance)) for group, variance in effects.variances.items()}
    return {"creatives": len(elements), "deviations": deviations, "elements": told, "pairs": pairs}


def _parts(effects: ElementEffects, name: str) -> list[int]:
    [row] = effects.rows_of([name])
    return [place for place in effects.design.parts[row].tolist() if place < len(effects.design.effects)]


def _factor(effects: ElementEffects, place: int, among: list[int]) -> dict[str, float]:
    """Of one effect less the mean of those ``among`` which it stands."""
    mean, direction = effects.mean[place], effects.root[place]
    if among:
        mean = mean - np.add.reduce(effects.mean[among]) / len(among)
        direction = direction - np.add.reduce(effects.root[among], axis=0) / len(among)
    reach = _WIDTH * float(np.sqrt(np.add.reduce(direction**2)))
    return {
        "factor": float(np.exp(mean)),
        "factor_low": float(np.exp(mean - reach)),
        "factor_high": float(np.exp(mean + reach)),
    }


def _doubt(line: dict[str, Any]) -> tuple[float, str]:
    """The smaller, the surer it is that it differs from one."""
    return -abs(np.log(line["factor"])) / np.log(line["factor_high"] / line["factor"]), str(line["elements"])


def _evidence(known: Knowledge, names: list[str]) -> dict[str, Any]:
    counts = np.add.reduce(known.counts[:, known.rows_of(names)], axis=1)
    return {
        "evidence": {
            "creatives": len(names),
            "clicks": int(counts[Count.CLICKS]),
            "expected_clicks": float(counts[Count.EXPECTED_CLICKS]),
        }
    }
