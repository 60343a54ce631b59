from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast

if TYPE_CHECKING:
    from ..models.assignment_in import AssignmentIn
    from ..models.experiment_in_analysis import ExperimentInAnalysis
    from ..models.experiment_in_guardrails_item import ExperimentInGuardrailsItem
    from ..models.experiment_in_plan import ExperimentInPlan


T = TypeVar("T", bound="ExperimentIn")


@_attrs_define
class ExperimentIn:
    """A set-up as ``adplat schema experiment-setup`` tells it; it becomes a draft.

    Attributes:
        analysis (ExperimentInAnalysis):
        experiment (AssignmentIn): Who gets what; the first arm is the control. ``experiment_id`` null: one is drawn.
        plan (ExperimentInPlan):
        guardrails (list[ExperimentInGuardrailsItem] | Unset):
        pause_losers (bool | Unset):  Default: False.
    """

    analysis: ExperimentInAnalysis
    experiment: AssignmentIn
    plan: ExperimentInPlan
    guardrails: list[ExperimentInGuardrailsItem] | Unset = UNSET
    pause_losers: bool | Unset = False

    def to_dict(self) -> dict[str, Any]:
        from ..models.assignment_in import AssignmentIn  # noqa: PLC0415
        from ..models.experiment_in_analysis import ExperimentInAnalysis  # noqa: PLC0415
        from ..models.experiment_in_guardrails_item import ExperimentInGuardrailsItem  # noqa: PLC0415
        from ..models.experiment_in_plan import ExperimentInPlan  # noqa: PLC0415

        analysis = self.analysis.to_dict()

        experiment = self.experiment.to_dict()

        plan = self.plan.to_dict()

        guardrails: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.guardrails, Unset):
            guardrails = []
            for guardrails_item_data in self.guardrails:
                guardrails_item = guardrails_item_data.to_dict()
                guardrails.append(guardrails_item)

        pause_losers = self.pause_losers

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "analysis": analysis,
                "experiment": experiment,
                "plan": plan,
            }
        )
        if guardrails is not UNSET:
            field_dict["guardrails"] = guardrails
        if pause_losers is not UNSET:
            field_dict["pause_losers"] = pause_losers

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.assignment_in import AssignmentIn  # noqa: PLC0415
        from ..models.experiment_in_analysis import ExperimentInAnalysis  # noqa: PLC0415
        from ..models.experiment_in_guardrails_item import ExperimentInGuardrailsItem  # noqa: PLC0415
        from ..models.experiment_in_plan import ExperimentInPlan  # noqa: PLC0415

        d = dict(src_dict)
        analysis = ExperimentInAnalysis.from_dict(d.pop("analysis"))

        experiment = AssignmentIn.from_dict(d.pop("experiment"))

        plan = ExperimentInPlan.from_dict(d.pop("plan"))

        _guardrails = d.pop("guardrails", UNSET)
        guardrails: list[ExperimentInGuardrailsItem] | Unset = UNSET
        if _guardrails is not UNSET:
            guardrails = []
            for guardrails_item_data in _guardrails:
                guardrails_item = ExperimentInGuardrailsItem.from_dict(guardrails_item_data)

                guardrails.append(guardrails_item)

        pause_losers = d.pop("pause_losers", UNSET)

        experiment_in = cls(
            analysis=analysis,
            experiment=experiment,
            plan=plan,
            guardrails=guardrails,
            pause_losers=pause_losers,
        )

        return experiment_in
