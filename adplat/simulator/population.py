"""Who looks: people with interests and tastes, the little that is known of them, and a few bots.

Letters used in shapes: ``U`` users, ``G`` categories.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from adplat.simulator.catalogue import Bool
from adplat.simulator.colour import Float64
from adplat.simulator.config import WorldConfig
from adplat.simulator.elements import Int32
from adplat.simulator.seeds import stream
from adplat.simulator.trade import CATEGORIES, CITY_TIERS, DEVICE_SHARES, REGION_SHARES

SEGMENTS = (*CATEGORIES, "bargain")
_PERSONAS = 6


@dataclass(frozen=True)
class Population:
    """One row a user. ``segments`` is the noisy, partial view of interests that the trade sees.

    Interests, price sensitivity, youth and colour taste have mean 0 and standard deviation 1 over users;
    a positive colour taste likes warm pictures.
    """

    user_key: tuple[str, ...]  # (U,)
    consent: Bool  # (U,)
    bot: Bool  # (U,)
    activity: Float64  # (U,) share of all requests, sums to 1
    gender: Int32  # (U,) into GENDERS
    age_band: Int32  # (U,) into AGE_BANDS
    city_tier: Int32  # (U,) into CITY_TIERS
    language: Int32  # (U,) into LANGUAGES
    region: Int32  # (U,) into REGIONS
    device: Int32  # (U,) the usual one, into DEVICES
    interest: Float64  # (U, G)
    price_sensitivity: Float64  # (U,)
    youth: Float64  # (U,)
    colour_taste: Float64  # (U,)
    segments: Bool  # (U, G + 1) into SEGMENTS

    def __len__(self) -> int:
        return len(self.activity)


def build_population(config: WorldConfig, seed: int) -> Population:
    """Draw all users."""
    rng = stream(seed, "users")
    count = config.users
    gender = rng.choice(3, size=count, p=[0.47, 0.43, 0.10]).astype(np.int32)
    age = rng.choice(5, size=count, p=[0.24, 0.32, 0.21, 0.14, 0.09]).astype(np.int32)
    tier = rng.choice(len(CITY_TIERS), size=count, p=[0.28, 0.31, 0.25, 0.16]).astype(np.int32)
    persona = _personas(gender, age, rng)
    loadings = rng.normal(0.0, 1.0, (_PERSONAS, len(CATEGORIES)))
    interest = _standard(loadings[persona] + rng.normal(0.0, 0.75, (count, len(CATEGORIES))))
    price = _standard(0.55 * tier - 0.25 * np.minimum(age, 3) + rng.normal(0.0, 0.65, count))
    bot = np.zeros(count, dtype=np.bool_)
    if config.bot_share > 0:
        bot[rng.choice(count, size=max(1, round(config.bot_share * count)), replace=False)] = True
    activity = rng.lognormal(0.0, 1.0, count)
    activity[bot] = activity.mean() * 2.5
    return Population(
        user_key=tuple(f"u{number:012x}" for number in _distinct(rng, count)),
        consent=bot | (rng.random(count) >= config.no_consent_share),
        bot=bot,
        activity=activity / activity.sum(),
        gender=gender,
        age_band=age,
        city_tier=tier,
        language=(rng.random(count) < config.english_share).astype(np.int32),
        region=rng.choice(len(REGION_SHARES), size=count, p=REGION_SHARES).astype(np.int32),
        device=rng.choice(len(DEVICE_SHARES), size=count, p=DEVICE_SHARES).astype(np.int32),
        interest=interest,
        price_sensitivity=price,
        youth=_standard(-age + rng.normal(0.0, 0.7, count)),
        colour_taste=_standard(0.8 * (gender == 0) - 0.8 * (gender == 1) + rng.normal(0.0, 0.6, count)),
        segments=_segments(interest, price, rng),
    )


def _personas(gender: Int32, age: Int32, rng: np.random.Generator) -> Int32:
    """Age and gender shift which persona a user is like, so that they tell something of interests."""
    pull = rng.normal(0.0, 0.8, (3, _PERSONAS))[gender] + rng.normal(0.0, 0.8, (5, _PERSONAS))[age]
    persona: Int32 = np.argmax(pull + rng.gumbel(size=pull.shape), axis=1).astype(np.int32)
    return persona


def _segments(interest: Float64, price: Float64, rng: np.random.Generator) -> Bool:
    """True interest plus noise, seen for about three users in four, never for the rest."""
    seen = np.column_stack([interest, price]) + rng.normal(0.0, 0.45, (len(price), len(SEGMENTS)))
    known = rng.random((len(price), 1)) < 0.78
    return (seen > 0.75) & known & (rng.random(seen.shape) < 0.9)


def _standard(values: Float64) -> Float64:
    return np.asarray((values - values.mean(axis=0)) / values.std(axis=0))


def _distinct(rng: np.random.Generator, count: int) -> list[int]:
    """``count`` different 48-bit numbers in no order."""
    numbers = np.unique(rng.integers(0, 1 << 48, count + count // 100 + 16))
    return [int(number) for number in rng.permutation(numbers)[:count]]
