"""Copywriters and painters by the names that people give them; what is heavy is loaded when it is first named."""

from __future__ import annotations

from pathlib import Path

from adplat.domain import BackgroundPainter, ConfigRejected, Copywriter

PAINTERS = ("procedural", "diffusers:ID")
COPYWRITERS = ("template", "lm", "lm:ID")
_DEFAULT_TEXT_ENCODER = "use-multilingual"


def painter_named(name: str) -> BackgroundPainter:
    """``procedural``, or ``diffusers:`` with the id or folder of a pipeline. Raises ConfigRejected, MissingInput."""
    kind, _, model = name.partition(":")
    if name == "procedural":
        from adplat.generation import ProceduralPainter

        return ProceduralPainter()
    if kind == "diffusers" and model:
        from adplat.generation.grounds.diffusers_painter import diffusers_painter

        return diffusers_painter(model)
    raise ConfigRejected(f"no painter {name!r}", where="painter", hint=f"give one of {', '.join(PAINTERS)}")


def copywriter_named(name: str, cache_dir: Path) -> Copywriter:
    """``template``, ``lm`` (packaged), or ``lm:`` with an id or folder. Raises ConfigRejected, MissingInput."""
    kind, separator, model = name.partition(":")
    if name == "template":
        from adplat.generation.copy.templates import TemplateCopywriter

        return TemplateCopywriter()
    if kind == "lm" and (model or not separator):
        from adplat.features import text_encoder_named
        from adplat.generation.copy.copy_config import CopyModelConfig
        from adplat.generation.copy.language_model import LanguageModel
        from adplat.generation.copy.model_copywriter import ModelCopywriter

        config = CopyModelConfig(model=model) if model else CopyModelConfig()
        encoder = text_encoder_named(_DEFAULT_TEXT_ENCODER)
        return ModelCopywriter(LanguageModel(config, cache_dir), encoder, config)
    raise ConfigRejected(f"no copywriter {name!r}", where="copywriter", hint=f"give one of {', '.join(COPYWRITERS)}")


def is_a_model(name: str) -> bool:
    """Whether a name stands for weights that are loaded."""
    return name not in ("procedural", "template")
