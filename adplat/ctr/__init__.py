"""Card
This room:   the multimodal CTR/CVR model: network, training, calibration, bundle, scorer.
May import:  features, data, statistics, domain; torch, onnxruntime, lightgbm inside.
Must not:    read files of data by itself, know SQL or Redis, decide what is shown or at what price.
Called by:   flows, runners, services (the scorer).
Tests:       tests/ctr/

Names are loaded when first asked for: serving needs ONNX Runtime and never imports torch.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from adplat.ctr.bundle import Manifest, read_figures, read_manifest, verify_bundle
    from adplat.ctr.comparing import compare
    from adplat.ctr.config import (
        CalibrationConfig,
        FitConfig,
        ModelConfig,
        Overrides,
        TrainConfig,
        read_train_config,
    )
    from adplat.ctr.contrast import ContrastModel, counts_of, fit_contrasts, is_contrast
    from adplat.ctr.delay_config import Method
    from adplat.ctr.delay_model import DelayModel
    from adplat.ctr.delay_trial import DelayTrial, delay_trials
    from adplat.ctr.epoch import Crew
    from adplat.ctr.evaluation import evaluate
    from adplat.ctr.evidence import with_intervals
    from adplat.ctr.explanation import Explanation, explain_row
    from adplat.ctr.fit import Fitted
    from adplat.ctr.fit_task import FitTask, NetworkFit, fit_alone
    from adplat.ctr.gates import GateLimits, GateReport, run_gates
    from adplat.ctr.judging import Judged, JudgedScores, judge
    from adplat.ctr.kept_bundle import KeptBundle, score_frame
    from adplat.ctr.quality import curve_of, measure
    from adplat.ctr.recalibration import Recalibrated, recalibrate
    from adplat.ctr.scorer import Scorer, Scores
    from adplat.ctr.training import TrainingOutcome, train_bundle
    from adplat.ctr.training_speed import TrainingSpeed
    from adplat.ctr.trial import TrialFigures, TrialRows, run_trial

_HOMES = {
    "ContrastModel": "contrast",
    "counts_of": "contrast",
    "is_contrast": "contrast",
    "fit_contrasts": "contrast",
    "DelayModel": "delay_model",
    "DelayTrial": "delay_trial",
    "Method": "delay_config",
    "delay_trials": "delay_trial",
    "CalibrationConfig": "config",
    "Crew": "epoch",
    "FitConfig": "config",
    "FitTask": "fit_task",
    "Fitted": "fit",
    "NetworkFit": "fit_task",
    "fit_alone": "fit_task",
    "GateLimits": "gates",
    "GateReport": "gates",
    "Judged": "judging",
    "JudgedScores": "judging",
    "Explanation": "explanation",
    "KeptBundle": "kept_bundle",
    "explain_row": "explanation",
    "Manifest": "bundle",
    "ModelConfig": "config",
    "Overrides": "config",
    "Recalibrated": "recalibration",
    "Scorer": "scorer",
    "Scores": "scorer",
    "TrainConfig": "config",
    "TrainingOutcome": "training",
    "TrainingSpeed": "training_speed",
    "compare": "comparing",
    "curve_of": "quality",
    "measure": "quality",
    "with_intervals": "evidence",
    "evaluate": "evaluation",
    "judge": "judging",
    "read_figures": "bundle",
    "read_manifest": "bundle",
    "recalibrate": "recalibration",
    "read_train_config": "config",
    "run_gates": "gates",
    "score_frame": "kept_bundle",
    "train_bundle": "training",
    "TrialFigures": "trial",
    "TrialRows": "trial",
    "run_trial": "trial",
    "verify_bundle": "bundle",
}

__all__ = [
    "CalibrationConfig",
    "ContrastModel",
    "Crew",
    "DelayModel",
    "DelayTrial",
    "Explanation",
    "FitConfig",
    "FitTask",
    "Fitted",
    "GateLimits",
    "GateReport",
    "Judged",
    "JudgedScores",
    "KeptBundle",
    "Manifest",
    "Method",
    "ModelConfig",
    "NetworkFit",
    "Overrides",
    "Recalibrated",
    "Scorer",
    "Scores",
    "TrainConfig",
    "TrainingOutcome",
    "TrainingSpeed",
    "TrialFigures",
    "TrialRows",
    "compare",
    "counts_of",
    "curve_of",
    "delay_trials",
    "evaluate",
    "explain_row",
    "fit_alone",
    "fit_contrasts",
    "is_contrast",
    "judge",
    "measure",
    "read_figures",
    "read_manifest",
    "read_train_config",
    "recalibrate",
    "run_gates",
    "run_trial",
    "score_frame",
    "train_bundle",
    "verify_bundle",
    "with_intervals",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{home}"), name)
