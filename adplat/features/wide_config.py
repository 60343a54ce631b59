"""How wide rows are described: part of the training config of a model of contrasts."""

from __future__ import annotations

from dataclasses import dataclass

from adplat.domain import ConfigRejected


@dataclass(frozen=True, slots=True)
class WideConfig:
    """N-grams of up to ``words`` words and ``characters`` characters, hashed into ``buckets`` each.

    The rest are scales of blocks whose rows have about unit length: ``wording`` of the n-grams, ``meaning`` of
    encoder vectors, ``identity`` of whole texts and of categories; ``style`` and ``numbers`` multiply standardised
    numbers. A block of half the scale is believed to matter a quarter as much (in variance). 0 leaves a block out.
    ``states`` scales what a second, English encoder's layers say of the texts named in ``states_of`` (none: of all);
    it is left out, with a note, where its package is not installed.
    """

    words: int = 3
    characters: int = 5
    buckets: int = 2**17
    wording: float = 1.0
    meaning: float = 1.5
    style: float = 0.1
    identity: float = 0.7
    numbers: float = 0.1
    states: float = 0.0
    states_of: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name, low, high in (
            ("words", 1, 5),
            ("characters", 2, 8),
            ("buckets", 2, 2**22),
            ("wording", 0, 100),
            ("meaning", 0, 100),
            ("style", 0, 100),
            ("identity", 0, 100),
            ("numbers", 0, 100),
            ("states", 0, 100),
        ):
            value = getattr(self, name)
            if not low <= value <= high:
                raise ConfigRejected(
                    f"{name} is {value}", where=f"wide.{name}", hint=f"give a value between {low} and {high}"
                )
