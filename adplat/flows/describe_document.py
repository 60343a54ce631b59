"""The JSON Schema of a document that a person writes."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

import msgspec

from adplat.domain import Brief, ConfigRejected, Experiment, FeatureSchema


def describe_document(name: str) -> dict[str, Any]:
    """JSON Schema (2020-12) of a document by name. Raises ConfigRejected."""
    from adplat.ctr import TrainConfig
    from adplat.experiments import AdaptiveSpec, ExperimentSetup, ExperimentSpec, PlanSpec
    from adplat.forecast import CampaignPlan, OutcomesConfig
    from adplat.simulator import WorldConfig

    documents = {
        "world": WorldConfig,
        "train": TrainConfig,
        "experiment": ExperimentSpec,
        "experiment-adaptive": AdaptiveSpec,
        "experiment-plan": PlanSpec,
        "experiment-setup": ExperimentSetup,
        "experiment-assignment": Experiment,
        "outcomes": OutcomesConfig,
        "plan": CampaignPlan,
        "brief": Brief,
        "feature-schema": FeatureSchema,
    }
    kind = documents.get(name)
    if kind is None:
        near = get_close_matches(name, documents, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known documents: {', '.join(documents)}"
        raise ConfigRejected(f"unknown document {name!r}", hint=hint)
    return msgspec.json.schema(kind)
