"""The truth about creatives: how much of a click lies in the picture and how much in the words.

All numbers are additions to the click logit. Nothing outside this room may read them.
Letters used in shapes: ``C`` creatives, ``G`` categories.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from adplat.simulator.catalogue import Bool, Catalogue
from adplat.simulator.colour import Float64
from adplat.simulator.copywriting import APPEALS, EXAGGERATING
from adplat.simulator.elements import BADGES
from adplat.simulator.seeds import stream
from adplat.simulator.trade import CATEGORIES

BADGE_EFFECTS = dict(zip(BADGES, (-0.24, -0.06, 0.30, 0.05, 0.16, 0.08), strict=True))
APPEAL_EFFECTS = dict(zip(APPEALS, (-0.30, 0.26, 0.16, 0.24, 0.06, -0.04, 0.10, -0.46), strict=True))
BODY_EFFECTS = np.array([-0.10, 0.12, -0.02])
CALL_EFFECTS = np.array([-0.08, 0.09, -0.03, 0.02])
LAYOUT_EFFECTS = np.array([0.05, 0.02, -0.02, -0.05])
HARMONY_STEPS = np.array([-0.30, -0.18, -0.06, 0.06, 0.18, 0.30])
CONTRAST_EFFECT = 0.68
CLUTTER_EFFECT = -0.06
SCALE_EFFECT = 0.5
BRAND_SPREAD = 0.13
UNEXPLAINED = 0.12


@dataclass(frozen=True)
class Appeal:
    """What each creative adds to everybody's click logit, and the handles for personal tastes."""

    visual: Float64  # (C,) harmony + contrast + clutter + badge + size + layout
    words: Float64  # (C,) headline + body + call
    brand: Float64  # (C,) how well the advertiser is known
    unexplained: Float64  # (C,) what no feature shows
    harmony: Float64  # (C,) part of visual
    badge: Float64  # (C,) part of visual
    contrast: Float64  # (C,) part of visual
    clutter: Float64  # (C,) part of visual
    thrift_badge: Bool  # (C,) painted discount or free shipping: for the price sensitive
    thrift_words: Bool  # (C,)
    new_badge: Bool  # (C,) painted novelty: for the young
    new_words: Bool  # (C,)
    warmth: Float64  # (C,)
    dishonest: Float64  # (C,) 1 where the words promise too much

    @property
    def total(self) -> Float64:
        """(C,) the whole of it."""
        return self.visual + self.words + self.brand + self.unexplained


def harmony_table(seed: int) -> Float64:
    """(G, BACKGROUNDS) which background suits which category: the same six steps, shuffled per category."""
    rng = stream(seed, "harmony")
    return np.stack([rng.permutation(HARMONY_STEPS) for _ in CATEGORIES])


def judge(catalogue: Catalogue, seed: int) -> Appeal:
    """The appeal of every creative."""
    creatives = catalogue.creatives
    elements = creatives.elements
    appeal = np.array([words.appeal for words in creatives.words])
    harmony = harmony_table(seed)[creatives.category, elements.background]
    badge = np.array([BADGE_EFFECTS[name] for name in BADGES])[elements.badge]
    contrast = CONTRAST_EFFECT * (np.minimum(elements.contrast, 0.9) - 0.5)
    # Two or three bits of confetti are festive; more of them hide the product.
    clutter = CLUTTER_EFFECT * (np.maximum(elements.decorations - 2, 0) - 2.0)
    size = SCALE_EFFECT * (elements.scale - 0.92)
    headline = np.array([APPEAL_EFFECTS[name] for name in APPEALS])[appeal]
    body = BODY_EFFECTS[[words.body_kind for words in creatives.words]]
    call = CALL_EFFECTS[[words.call for words in creatives.words]]
    fame = stream(seed, "fame").normal(0.0, BRAND_SPREAD, len(catalogue.advertisers.category))
    return Appeal(
        visual=harmony + badge + contrast + clutter + size + LAYOUT_EFFECTS[elements.layout],
        words=headline + body + call,
        brand=fame[catalogue.campaigns.advertiser[creatives.campaign]],
        unexplained=stream(seed, "unexplained").normal(0.0, UNEXPLAINED, len(creatives)),
        harmony=harmony,
        badge=badge,
        contrast=contrast,
        clutter=clutter,
        thrift_badge=np.isin(elements.badge, [BADGES.index("discount"), BADGES.index("shipping")]),
        thrift_words=appeal == APPEALS.index("thrift"),
        new_badge=elements.badge == BADGES.index("new"),
        new_words=appeal == APPEALS.index("novelty"),
        warmth=elements.warmth,
        dishonest=(appeal == EXAGGERATING).astype(np.float64),
    )
