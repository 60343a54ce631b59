from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.assignment_unit import AssignmentUnit
from ..models.past_in_metric import PastInMetric
from ..types import UNSET, Unset
from typing import cast


T = TypeVar("T", bound="PastIn")


@_attrs_define
class PastIn:
    """Of everything that these campaigns showed on the last days of which outcomes are known.

    Attributes:
        campaign_ids (list[str]):
        metric (PastInMetric):
        days (int | Unset):  Default: 7.
        unit (AssignmentUnit | Unset): What gets an arm. ``user``: the user key; of a user who may not be recognised,
            the request id stands in.
    """

    campaign_ids: list[str]
    metric: PastInMetric
    days: int | Unset = 7
    unit: AssignmentUnit | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        campaign_ids = self.campaign_ids

        metric = self.metric.value

        days = self.days

        unit: str | Unset = UNSET
        if not isinstance(self.unit, Unset):
            unit = self.unit.value

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "campaign_ids": campaign_ids,
                "metric": metric,
            }
        )
        if days is not UNSET:
            field_dict["days"] = days
        if unit is not UNSET:
            field_dict["unit"] = unit

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        campaign_ids = cast(list[str], d.pop("campaign_ids"))

        metric = PastInMetric(d.pop("metric"))

        days = d.pop("days", UNSET)

        _unit = d.pop("unit", UNSET)
        unit: AssignmentUnit | Unset
        if isinstance(_unit, Unset):
            unit = UNSET
        else:
            unit = AssignmentUnit(_unit)

        past_in = cls(
            campaign_ids=campaign_ids,
            metric=metric,
            days=days,
            unit=unit,
        )

        return past_in
