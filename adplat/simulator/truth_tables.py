"""The truth, written apart: what is in each picture, who each user is, what each creative is worth."""

from __future__ import annotations

import polars as pl

from adplat.simulator.copywriting import APPEALS, BODIES, CALLS
from adplat.simulator.elements import BACKGROUNDS, BADGES, LAYOUTS
from adplat.simulator.pictures import badge_text
from adplat.simulator.trade import CATEGORIES
from adplat.simulator.world import World


def truth_tables(world: World) -> dict[str, pl.DataFrame]:
    """Table by file stem: creatives and users."""
    return {"creatives": _creatives(world), "users": _users(world)}


def _creatives(world: World) -> pl.DataFrame:
    creatives, appeal = world.catalogue.creatives, world.response.appeal
    elements = creatives.elements
    return pl.DataFrame(
        {
            "creative_id": world.creative_ids,
            "is_new": creatives.first_day >= world.config.days,
            "background": [BACKGROUNDS[row] for row in elements.background],
            "badge": [BADGES[row] for row in elements.badge],
            "badge_text": [badge_text(world.catalogue, row) for row in range(len(creatives))],
            "layout": [LAYOUTS[row] for row in elements.layout],
            "decorations": elements.decorations,
            "scale": elements.scale,
            "contrast": elements.contrast,
            "warmth": elements.warmth,
            "appeal": [APPEALS[words.appeal] for words in creatives.words],
            "body_kind": [BODIES[words.body_kind] for words in creatives.words],
            "call": [CALLS[words.call] for words in creatives.words],
            "visual_effect": appeal.visual,
            "harmony_effect": appeal.harmony,
            "badge_effect": appeal.badge,
            "contrast_effect": appeal.contrast,
            "clutter_effect": appeal.clutter,
            "words_effect": appeal.words,
            "brand_effect": appeal.brand,
            "unexplained_effect": appeal.unexplained,
            "click_rate": world.expected_click_rates(),
        }
    )


def _users(world: World) -> pl.DataFrame:
    people = world.population
    return pl.DataFrame(
        {
            "user": range(len(people)),
            "user_key": people.user_key,
            "consent": people.consent,
            "bot": people.bot,
            "activity": people.activity,
            "price_sensitivity": people.price_sensitivity,
            "youth": people.youth,
            "colour_taste": people.colour_taste,
            **{f"interest_{name}": people.interest[:, row] for row, name in enumerate(CATEGORIES)},
        }
    )
