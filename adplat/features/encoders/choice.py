"""Which encoders a model uses, by name; part of the training config."""

from __future__ import annotations

from dataclasses import dataclass

from adplat.domain import ConfigRejected

IMAGE_ENCODERS = ("efficientnet-lite0", "hashing", "none")
TEXT_ENCODERS = ("use-multilingual", "hashing", "none")
# Followed by a hub id or a local folder.
TRANSFORMERS = "transformers:"
# Not a choice for meaning: the states of an English model on the way there, read by models of contrasts beside it.
MINILM_STATES = "minilm-states"


@dataclass(frozen=True, slots=True)
class EncoderConfig:
    """Encoder names, and how many dimensions of each are kept after whitening.

    ``transformers:ID`` takes any vision or text model by hub id or local folder; ``none`` leaves a modality
    out. Raises ConfigRejected.
    """

    image: str = "efficientnet-lite0"
    text: str = "use-multilingual"
    image_dimension: int = 64
    text_dimension: int = 64

    def __post_init__(self) -> None:
        for what, name, known in (("image", self.image, IMAGE_ENCODERS), ("text", self.text, TEXT_ENCODERS)):
            if name not in known and not (name.startswith(TRANSFORMERS) and len(name) > len(TRANSFORMERS)):
                raise ConfigRejected(
                    f"unknown {what} encoder {name!r}",
                    where=f"encoders.{what}",
                    hint=f"use {', '.join(known)} or {TRANSFORMERS}<hub id or folder>",
                )
        for what, dimension in (("image", self.image_dimension), ("text", self.text_dimension)):
            if dimension < 1:
                raise ConfigRejected(
                    f"{what}_dimension is {dimension}", where="encoders", hint="give 1 or more, or use 'none'"
                )
