"""From an encoder's name to the encoder. Each is loaded once a process, when it is first asked for."""

from __future__ import annotations

from functools import lru_cache

from adplat.domain import MissingInput
from adplat.features.encoders.choice import MINILM_STATES, TRANSFORMERS
from adplat.features.encoders.protocols import ImageEncoder, TextEncoder


@lru_cache(maxsize=4)
def image_encoder_named(name: str) -> ImageEncoder:
    """The image encoder of this name. Raises MissingInput when its package or folder is not there."""
    if name == "hashing":
        from adplat.features.encoders.colours import ColourStatistics

        return ColourStatistics()
    if name.startswith(TRANSFORMERS):
        from adplat.features.encoders.transformers_image import TransformersImage

        return TransformersImage(name.removeprefix(TRANSFORMERS))
    from adplat.features.encoders.efficientnet import EfficientNetLite0

    return EfficientNetLite0()


@lru_cache(maxsize=4)
def text_encoder_named(name: str) -> TextEncoder:
    """The text encoder of this name. Raises MissingInput when its package or folder is not there."""
    if name == "hashing":
        from adplat.features.encoders.ngrams import HashedNgrams

        return HashedNgrams()
    if name == MINILM_STATES:
        from adplat.features.encoders.minilm_states import MiniLmStates

        return MiniLmStates()
    if name.startswith(TRANSFORMERS):
        from adplat.features.encoders.transformers_text import TransformersText

        return TransformersText(name.removeprefix(TRANSFORMERS))
    from adplat.features.encoders.use_multilingual import UseMultilingual

    return UseMultilingual()


def choose_image_encoder(name: str) -> tuple[ImageEncoder, str]:
    """The encoder to train with, and a flag in words when it is a stand-in (else empty).

    Only the default may be stood in for, because its weights come in an optional package; a model that was
    named on purpose must be there. Raises MissingInput.
    """
    if name == "hashing":
        return image_encoder_named(name), "image: colour statistics, no learned encoder"
    if name.startswith(TRANSFORMERS):
        return image_encoder_named(name), ""
    try:
        return image_encoder_named(name), ""
    except MissingInput as reason:
        return image_encoder_named("hashing"), f"image: colour statistics instead of {name} ({reason.what})"


def choose_text_encoder(name: str) -> tuple[TextEncoder, str]:
    """The same for texts. Raises MissingInput."""
    if name == "hashing":
        return text_encoder_named(name), "text: hashed n-grams, no learned encoder"
    if name.startswith(TRANSFORMERS):
        return text_encoder_named(name), ""
    try:
        return text_encoder_named(name), ""
    except MissingInput as reason:
        return text_encoder_named("hashing"), f"text: hashed n-grams instead of {name} ({reason.what})"
