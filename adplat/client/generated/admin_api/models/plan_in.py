from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.plan_in_alternative import PlanInAlternative
from ..models.plan_in_correction import PlanInCorrection
from ..models.plan_in_difference import PlanInDifference
from ..models.plan_in_method import PlanInMethod
from ..types import UNSET, Unset
from typing import cast

if TYPE_CHECKING:
    from ..models.baseline_in import BaselineIn
    from ..models.planned_metric_in import PlannedMetricIn


T = TypeVar("T", bound="PlanIn")


@_attrs_define
class PlanIn:
    """As ``adplat schema experiment-plan`` tells it; give ``effect``, or ``units`` to learn which effect they show.

    Attributes:
        baseline (BaselineIn): The metric without a treatment; ``std`` of one unit, null for a proportion.
        metric (PlannedMetricIn):
        allocation (list[float] | Unset):
        alpha (float | Unset):  Default: 0.05.
        alternative (PlanInAlternative | Unset):  Default: PlanInAlternative.TWO_SIDED.
        correction (PlanInCorrection | Unset):  Default: PlanInCorrection.NONE.
        daily_units (float | None | Unset):
        difference (PlanInDifference | Unset):  Default: PlanInDifference.RELATIVE.
        effect (float | None | Unset):
        looks (int | Unset):  Default: 14.
        method (PlanInMethod | Unset):  Default: PlanInMethod.FIXED.
        power (float | Unset):  Default: 0.8.
        units (float | None | Unset):
    """

    baseline: BaselineIn
    metric: PlannedMetricIn
    allocation: list[float] | Unset = UNSET
    alpha: float | Unset = 0.05
    alternative: PlanInAlternative | Unset = PlanInAlternative.TWO_SIDED
    correction: PlanInCorrection | Unset = PlanInCorrection.NONE
    daily_units: float | None | Unset = UNSET
    difference: PlanInDifference | Unset = PlanInDifference.RELATIVE
    effect: float | None | Unset = UNSET
    looks: int | Unset = 14
    method: PlanInMethod | Unset = PlanInMethod.FIXED
    power: float | Unset = 0.8
    units: float | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.baseline_in import BaselineIn  # noqa: PLC0415
        from ..models.planned_metric_in import PlannedMetricIn  # noqa: PLC0415

        baseline = self.baseline.to_dict()

        metric = self.metric.to_dict()

        allocation: list[float] | Unset = UNSET
        if not isinstance(self.allocation, Unset):
            allocation = self.allocation

        alpha = self.alpha

        alternative: str | Unset = UNSET
        if not isinstance(self.alternative, Unset):
            alternative = self.alternative.value

        correction: str | Unset = UNSET
        if not isinstance(self.correction, Unset):
            correction = self.correction.value

        daily_units: float | None | Unset
        if isinstance(self.daily_units, Unset):
            daily_units = UNSET
        else:
            daily_units = self.daily_units

        difference: str | Unset = UNSET
        if not isinstance(self.difference, Unset):
            difference = self.difference.value

        effect: float | None | Unset
        if isinstance(self.effect, Unset):
            effect = UNSET
        else:
            effect = self.effect

        looks = self.looks

        method: str | Unset = UNSET
        if not isinstance(self.method, Unset):
            method = self.method.value

        power = self.power

        units: float | None | Unset
        if isinstance(self.units, Unset):
            units = UNSET
        else:
            units = self.units

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "baseline": baseline,
                "metric": metric,
            }
        )
        if allocation is not UNSET:
            field_dict["allocation"] = allocation
        if alpha is not UNSET:
            field_dict["alpha"] = alpha
        if alternative is not UNSET:
            field_dict["alternative"] = alternative
        if correction is not UNSET:
            field_dict["correction"] = correction
        if daily_units is not UNSET:
            field_dict["daily_units"] = daily_units
        if difference is not UNSET:
            field_dict["difference"] = difference
        if effect is not UNSET:
            field_dict["effect"] = effect
        if looks is not UNSET:
            field_dict["looks"] = looks
        if method is not UNSET:
            field_dict["method"] = method
        if power is not UNSET:
            field_dict["power"] = power
        if units is not UNSET:
            field_dict["units"] = units

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.baseline_in import BaselineIn  # noqa: PLC0415
        from ..models.planned_metric_in import PlannedMetricIn  # noqa: PLC0415

        d = dict(src_dict)
        baseline = BaselineIn.from_dict(d.pop("baseline"))

        metric = PlannedMetricIn.from_dict(d.pop("metric"))

        allocation = cast(list[float], d.pop("allocation", UNSET))

        alpha = d.pop("alpha", UNSET)

        _alternative = d.pop("alternative", UNSET)
        alternative: PlanInAlternative | Unset
        if isinstance(_alternative, Unset):
            alternative = UNSET
        else:
            alternative = PlanInAlternative(_alternative)

        _correction = d.pop("correction", UNSET)
        correction: PlanInCorrection | Unset
        if isinstance(_correction, Unset):
            correction = UNSET
        else:
            correction = PlanInCorrection(_correction)

        def _parse_daily_units(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        daily_units = _parse_daily_units(d.pop("daily_units", UNSET))

        _difference = d.pop("difference", UNSET)
        difference: PlanInDifference | Unset
        if isinstance(_difference, Unset):
            difference = UNSET
        else:
            difference = PlanInDifference(_difference)

        def _parse_effect(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        effect = _parse_effect(d.pop("effect", UNSET))

        looks = d.pop("looks", UNSET)

        _method = d.pop("method", UNSET)
        method: PlanInMethod | Unset
        if isinstance(_method, Unset):
            method = UNSET
        else:
            method = PlanInMethod(_method)

        power = d.pop("power", UNSET)

        def _parse_units(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        units = _parse_units(d.pop("units", UNSET))

        plan_in = cls(
            baseline=baseline,
            metric=metric,
            allocation=allocation,
            alpha=alpha,
            alternative=alternative,
            correction=correction,
            daily_units=daily_units,
            difference=difference,
            effect=effect,
            looks=looks,
            method=method,
            power=power,
            units=units,
        )

        return plan_in
