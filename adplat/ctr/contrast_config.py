"""How a model of contrasts is fitted (``model: {kind: contrast}``)."""

from __future__ import annotations

from dataclasses import dataclass, field

from adplat.domain import ConfigRejected
from adplat.features import WideConfig


@dataclass(frozen=True, slots=True)
class ContrastConfig:
    """``penalty`` of the ridge, in rows of mean weight; at most ``iterations`` steps; ``wide`` says what is read."""

    penalty: float = 3.0
    iterations: int = 300
    wide: WideConfig = field(default_factory=WideConfig)

    def __post_init__(self) -> None:
        if not 1e-6 <= self.penalty <= 1e9:
            raise ConfigRejected(
                f"penalty is {self.penalty}", where="contrast.penalty", hint="give a value between 1e-6 and 1e9"
            )
        if not 1 <= self.iterations <= 100_000:
            raise ConfigRejected(
                f"iterations is {self.iterations}", where="contrast.iterations", hint="give 1 to 100000"
            )
