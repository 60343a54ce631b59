"""Copy from facts: templates as the floor, a language model above it, and the checks between model and draft.

``templates`` writes without a model; ``model_copywriter`` asks ``language_model`` and lets through what
``sentence_checks`` and ``tracing`` let through; ``drafting`` puts the words of whole drafts together.
"""

from __future__ import annotations

from pathlib import Path

from adplat.domain import Copywriter
from adplat.generation.copy.copy_config import CopyModelConfig
from adplat.generation.copy.drafting import draft_copies
from adplat.generation.copy.templates import TemplateCopywriter

__all__ = ["CopyModelConfig", "TemplateCopywriter", "draft_copies", "open_copywriter"]


def open_copywriter(config: CopyModelConfig | None, cache_dir: Path) -> Copywriter:
    """The copywriter with this language model, or without one the templates alone. Raises MissingInput."""
    if config is None:
        return TemplateCopywriter()
    from adplat.features import text_encoder_named
    from adplat.generation.copy.language_model import LanguageModel
    from adplat.generation.copy.model_copywriter import ModelCopywriter

    return ModelCopywriter(LanguageModel(config, cache_dir), text_encoder_named("use-multilingual"), config)
