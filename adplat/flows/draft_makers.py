"""Copywriters and painters by the names that people give them; what is heavy is loaded when it is first asked."""

from __future__ import annotations

from pathlib import Path

from adplat.data import read_config
from adplat.domain import BackgroundPainter, ConfigRejected, Copywriter
from adplat.generation import (
    CopyModelConfig,
    DiffusersPainter,
    DiffusionSettings,
    ProceduralPainter,
    open_copywriter,
)

PROCEDURAL, TEMPLATE, PACKAGED = "procedural", "template", "lm"
PAINTERS = (PROCEDURAL, "diffusers:ID", "diffusers:FILE.yaml")
COPYWRITERS = (TEMPLATE, PACKAGED, "lm:ID", "lm:FILE.yaml")


def painter_named(name: str) -> BackgroundPainter:
    """``procedural``, or ``diffusers:`` with the id or folder of a pipeline, or with a file of ``DiffusionSettings``.

    Raises ConfigRejected for another name, and for weights whose licence forbids it or is not known.
    """
    kind, _, model = name.partition(":")
    if name == PROCEDURAL:
        return ProceduralPainter()
    if kind == "diffusers" and model:
        return DiffusersPainter(
            read_config(Path(model), DiffusionSettings) if _is_file(model) else DiffusionSettings(model)
        )
    raise ConfigRejected(f"no painter {name[:60]!r}", where="painter", hint=f"give one of {', '.join(PAINTERS)}")


def copywriter_named(name: str, cache_dir: Path) -> Copywriter:
    """``template``, ``lm`` (the packaged model), or ``lm:`` with an id or folder, or a file of ``CopyModelConfig``.

    Raises ConfigRejected for another name, MissingInput for weights that are not there.
    """
    kind, separator, model = name.partition(":")
    if name == TEMPLATE:
        return open_copywriter(None, cache_dir)
    if kind == PACKAGED and (model or not separator):
        if _is_file(model):
            return open_copywriter(read_config(Path(model), CopyModelConfig), cache_dir)
        return open_copywriter(CopyModelConfig(model=model) if model else CopyModelConfig(), cache_dir)
    raise ConfigRejected(
        f"no copywriter {name[:60]!r}", where="copywriter", hint=f"give one of {', '.join(COPYWRITERS)}"
    )


def reads_letters_of(painter: str) -> bool:
    """Whether its grounds may have letters: those of a model may, those of a formula have none."""
    return painter != PROCEDURAL


def _is_file(name: str) -> bool:
    return name.lower().endswith((".yaml", ".yml"))
