"""What a campaign's results say of the next brief: directions, and how sure each of them is; or that nothing is sure.

An element is preferred or avoided only where the whole interval of what it is worth lies on one side of what its kind
is worth on the mean. What people said no to counts beside the clicks: an element of which every decided draft was
rejected, three at least.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from adplat.bandit import Count, Knowledge
from adplat.data import write_bytes
from adplat.domain import Creative, CreativeStatus, KeptDraft, UnknownReference
from adplat.flows.show_elements import elements_document
from adplat.generation.directions import Direction
from adplat.snapshots import CatalogueSnapshot

FEWEST_REJECTED = 3


def improve_campaign(
    snapshot: CatalogueSnapshot, known: Knowledge, decided: Iterable[KeptDraft], campaign_id: str
) -> dict[str, Any]:
    """The document of ``adplat improve``: ``directions`` as a brief takes them, and what each stands on.

    Effects are learned from all live creatives and told of what this campaign's have; ``why_none`` says what lacks
    where nothing is directed. Raises UnknownReference for a campaign of which nothing is live.
    """
    mine = {name: one for name, one in snapshot.listed.items() if one.campaign_id == campaign_id}
    if not mine:
        raise UnknownReference(
            f"campaign {campaign_id!r} has no live creative", where="campaign", hint="see 'adplat bandit show'"
        )
    had = {(kind, value) for one in mine.values() for kind, value in one.made_of.items()}
    lines = [one for one in elements_document(snapshot, known)["elements"] if (one["kind"], one["value"]) in had]
    words = _words_by_element(mine.values())
    told = [_by_clicks(one | {"value": words.get((one["kind"], one["value"]), one["value"])}) for one in lines]
    told += _by_people(decided, {(one["kind"], one["value"]) for one in told if one["direction"]})
    directed = [one for one in told if one["direction"]]
    rows = known.rows_of(sorted(mine))
    return {
        "campaign_id": campaign_id,
        "creatives": len(mine),
        "impressions": int(known.counts[Count.IMPRESSIONS, rows].sum()),
        "clicks": int(known.counts[Count.CLICKS, rows].sum()),
        "directions": [one["direction"] for one in directed],
        "evidence": directed,
        "unsure": [one for one in told if not one["direction"]],
        "why_none": "" if directed else _why_none(lines, mine),
    }


def write_directions(told: Mapping[str, Any], path: Path) -> None:
    """The directions as YAML, and beside them why. Raises MissingInput where it cannot be written."""
    names = ("campaign_id", "directions")
    content = {name: told[name] for name in names} | {"because": [one["because"] for one in told["evidence"]]}
    if told["why_none"]:
        content["why_none"] = told["why_none"]
    write_bytes(path, yaml.safe_dump(content, allow_unicode=True, sort_keys=False).encode())


def _by_clicks(line: dict[str, Any]) -> dict[str, Any]:
    better, worse = line["factor_low"] > 1.0, line["factor_high"] < 1.0
    direction = str(Direction(better, line["kind"], line["value"])) if better or worse else ""
    said = f"clicks × {line['factor']:.2f} ({line['factor_low']:.2f} to {line['factor_high']:.2f})"
    return {"direction": direction, "because": said, **line}


def _words_by_element(creatives: Iterable[Creative]) -> dict[tuple[str, str], str]:
    """Headlines and calls by the id that drafts give them: nobody can read a hash."""
    found = {}
    for one in creatives:
        for kind, text in (("headline", one.copy.headline), ("cta", one.copy.cta)):
            if text:
                found[kind, one.made_of[kind]] = text
    return found


def _by_people(decided: Iterable[KeptDraft], directed: set[tuple[str, str]]) -> list[dict[str, Any]]:
    """Elements of which everything that was decided was rejected; those that clicks speak of are left to them."""
    seen: Counter[tuple[str, str]] = Counter()
    rejected: Counter[tuple[str, str]] = Counter()
    reasons: dict[tuple[str, str], list[str]] = {}
    for kept in decided:
        if kept.status is CreativeStatus.HELD or kept.draft.artwork is None:
            continue
        for element in _readable(kept):
            seen[element] += 1
            if kept.status is CreativeStatus.REJECTED:
                rejected[element] += 1
                reasons.setdefault(element, []).append(kept.reason)
    found = [
        one for one, count in sorted(rejected.items()) if count == seen[one] >= FEWEST_REJECTED and one not in directed
    ]
    told = []
    for kind, value in found:
        said = "; ".join(sorted(set(reasons[kind, value])))
        because = f"all {seen[kind, value]} drafts with it were rejected: {said}"
        told.append({"direction": str(Direction(False, kind, value)), "because": because, "kind": kind, "value": value})
    return told


def _readable(kept: KeptDraft) -> list[tuple[str, str]]:
    made_of = {} if kept.draft.artwork is None else kept.draft.artwork.made_of
    return [(kind, kept.draft.copy.part(kind) or value) for kind, value in made_of.items()]


def _why_none(lines: list[dict[str, Any]], mine: Mapping[str, Any]) -> str:
    if not lines:
        return (
            f"its {len(mine)} live creatives share no element that others leave out:"
            " draft variants one element apart, and let them run"
        )
    clicks = sum(line["evidence"]["clicks"] for line in lines) // len(lines)
    return (
        f"too little is known: at about {clicks:,} clicks an element, every interval still holds the mean of its kind;"
        " a difference of a tenth takes a thousand clicks on either side at least"
    )
