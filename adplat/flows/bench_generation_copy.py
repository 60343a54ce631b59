"""How often a language model's lines may be published: real products, each line with its fate."""

from __future__ import annotations

import csv
import re
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from adplat.data import load_placements
from adplat.domain import BrandKit, Brief, Fact, FactKind, MissingInput, Product, TextLimit
from adplat.generation.copy.model_copywriter import ModelCopywriter

_WHOM = {"Men": "men", "Women": "women", "Boys": "boys", "Girls": "girls", "Unisex": "everyone"}
_BRAND = re.compile(r"^(.+?)\s+(?:Men|Women|Boys|Girls|Kids|Unisex|Boy|Girl)\b")


def product_briefs(items: Path, count: int) -> list[Brief]:
    """Briefs of real products: facts are the columns of the table. Every ``n``-th row, so that categories mix.

    Raises MissingInput.
    """
    if not items.is_file():
        raise MissingInput("no table of products", where=str(items), hint="give product_images/fashion/items.csv")
    with items.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if _BRAND.match(row["ProductTitle"])]
    return [_brief(row) for row in rows[:: max(len(rows) // count, 1)][:count]]


def measure_copy(
    briefs: Sequence[Brief], writer: ModelCopywriter, placements: Sequence[tuple[str, str]], seed: int
) -> dict[str, Any]:
    """Lines written, accepted and dropped by reason, in all and by (placement, part); seconds a brief, wall and CPU."""
    known = load_placements()
    fates: dict[str, dict[str, Any]] = {}
    sentences: list[dict[str, Any]] = []
    wall, cpu = time.perf_counter(), time.process_time()
    for brief in briefs:
        for placement, part in placements:
            limit = next(text for text in known[placement].texts if text.part == part)
            _measure(brief, placement, limit, writer, seed, fates, sentences)
    return {
        "briefs": len(briefs),
        "seconds_per_brief": (time.perf_counter() - wall) / len(briefs),
        "cpu_seconds_per_brief": (time.process_time() - cpu) / len(briefs),
        "parts": fates,
        "sentences": sentences,
    }


def _measure(
    brief: Brief,
    placement: str,
    limit: TextLimit,
    writer: ModelCopywriter,
    seed: int,
    fates: dict[str, dict[str, Any]],
    sentences: list[dict[str, Any]],
) -> None:
    chosen, report = writer.write_and_report(brief, limit, "en", 5, seed)
    fate = fates.setdefault(
        f"{placement} {limit.part}", {"written": 0, "accepted": 0, "filled": 0, "dropped": Counter()}
    )
    fate["written"] += report.written
    fate["accepted"] += report.accepted
    fate["filled"] += report.filled
    fate["dropped"].update(report.dropped)
    sentences.extend(
        {"brief": brief.brief_id, "part": limit.part, "text": one.text, "by": one.making.by, "facts": one.fact_ids}
        for one in chosen
    )


def _brief(row: Mapping[str, str]) -> Brief:
    title = " ".join(row["ProductTitle"].split())
    brand = _BRAND.match(title)
    name = brand[1] if brand else title.split()[0]
    facts = (
        Fact("colour", {"en": f"Comes in {row['Colour'].lower()}"}),
        Fact("use", {"en": f"For {row['Usage'].lower()} wear"}),
        Fact("whom", {"en": f"{row['ProductType']} for {_WHOM.get(row['Gender'], 'everyone')}"}),
        Fact(
            "returns", {"en": "Free returns for 30 days"}, kind=FactKind.SERVICE, proof="https://shop.example/returns"
        ),
    )
    return Brief(
        f"product-{row['ProductId']}",
        "shop",
        "catalogue",
        Product({"en": title}, row["Image"], f"{row['Category']} {row['SubCategory']}"),
        facts,
        BrandKit(name, ("#1a2b3c", "#f4efe6")),
        ("iab_300x250",),
        ("en",),
    )
