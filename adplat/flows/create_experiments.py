"""A person creates an experiment: a draft under a name of its own, once for each idempotency key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adplat.domain import ConfigRejected, KeptExperiment
from adplat.flows.admin_parts import SeenParts
from adplat.flows.made_once import REQUEST, digest_of, id_of, made_before
from adplat.flows.manage_experiments import create_experiment_of

_WHERE = "experiment"


def create_experiment_once(parts: SeenParts, content: Mapping[str, Any], key: str = "") -> KeptExperiment:
    """A draft of ``content``, a document as ``adplat schema experiment-setup`` tells it.

    Its ``experiment_id`` may be missing: then it gets one that nobody else has. With a key the same request made it
    before. Raises NotPermitted, and ConfigRejected as ``create_experiment`` does, and for a key of another request.
    """
    told = dict(content["experiment"])
    drawn = id_of(parts, "e", key)
    # What was drawn follows from who asks and from the key: under a name that was told, another key is another request.
    digest = digest_of([drawn, content])
    named = told.get("experiment_id") or drawn
    document = dict(content) | {"experiment": told | {"experiment_id": named}}
    if key and (there := _made_before(parts, named, digest, is_drawn=named == drawn)) is not None:
        return there
    changing = parts.experiment_parts()
    try:
        return create_experiment_of(changing, document, where=_WHERE, detail={REQUEST: digest})
    except ConfigRejected:
        # The same request, sent twice at once, may have been first.
        if key and (there := _made_before(parts, named, digest, is_drawn=named == drawn)) is not None:
            return there
        raise


def _made_before(parts: SeenParts, named: str, digest: str, *, is_drawn: bool) -> KeptExperiment | None:
    """A name that was told may be another's, whatever the key; then it is created, and refused as taken."""
    if not is_drawn and not any(entry.detail.get(REQUEST) == digest for entry in parts.audit.about(named)):
        return None
    return made_before(parts, named, digest, parts.experiments.find)
