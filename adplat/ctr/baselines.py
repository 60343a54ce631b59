"""What the multimodal network has to beat, under the same rows, split and measures.

* ``id_only``: the very same model and training without image and text;
* ``lightgbm``: gradient-boosted trees over every input flattened (``trees``).
"""

from __future__ import annotations

from dataclasses import replace

from adplat.ctr.examples import Examples, without_content


def without_content_examples(examples: Examples) -> Examples:
    """The rows as ``id_only`` sees them."""
    record = examples.record if examples.plain_record is None else examples.plain_record
    return replace(examples, items=without_content(examples.items), record=record)
