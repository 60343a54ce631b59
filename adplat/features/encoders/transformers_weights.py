"""What the two transformers adapters share: finding a model by hub id or folder, and naming its weights."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from adplat.domain import MissingInput

# The loaders say in many ways that an id names nothing they can load.
_NOT_THERE = (OSError, ValueError, KeyError, ImportError)


def load_pretrained(load: Callable[..., Any], model_id: str, **options: Any) -> Any:
    """Call a ``from_pretrained``; a local folder is never looked up on the network. Raises MissingInput."""
    local = Path(model_id).is_dir()
    try:
        return load(model_id, local_files_only=local, **options)
    except _NOT_THERE as reason:
        first = str(reason).strip().splitlines()[0] if str(reason).strip() else type(reason).__name__
        raise MissingInput(
            f"no usable model {model_id!r}: {first[:160]}",
            hint="give a hub id that can be reached, or a folder that save_pretrained wrote",
        ) from None


def weights_fingerprint(name: str, model: Any, preparation: str) -> str:
    """Name, adapter version and a hash over all weights and the preprocessing they were used with.

    The model's id is left out: the same weights from another folder are the same encoder.
    """
    digest = hashlib.sha256(preparation.encode())
    for key, tensor in sorted(model.state_dict().items()):
        digest.update(f"{key}{tuple(tensor.shape)}".encode())
        digest.update(tensor.detach().cpu().float().contiguous().numpy().tobytes())
    return f"{name}-1-{digest.hexdigest()[:32]}"
