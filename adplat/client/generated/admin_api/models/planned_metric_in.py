from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.planned_metric_in_direction import PlannedMetricInDirection
from ..models.planned_metric_in_kind import PlannedMetricInKind
from ..types import UNSET, Unset


T = TypeVar("T", bound="PlannedMetricIn")


@_attrs_define
class PlannedMetricIn:
    """
    Attributes:
        kind (PlannedMetricInKind):
        name (str):
        direction (PlannedMetricInDirection | Unset):  Default: PlannedMetricInDirection.HIGHER.
    """

    kind: PlannedMetricInKind
    name: str
    direction: PlannedMetricInDirection | Unset = PlannedMetricInDirection.HIGHER

    def to_dict(self) -> dict[str, Any]:
        kind = self.kind.value

        name = self.name

        direction: str | Unset = UNSET
        if not isinstance(self.direction, Unset):
            direction = self.direction.value

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "kind": kind,
                "name": name,
            }
        )
        if direction is not UNSET:
            field_dict["direction"] = direction

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        kind = PlannedMetricInKind(d.pop("kind"))

        name = d.pop("name")

        _direction = d.pop("direction", UNSET)
        direction: PlannedMetricInDirection | Unset
        if isinstance(_direction, Unset):
            direction = UNSET
        else:
            direction = PlannedMetricInDirection(_direction)

        planned_metric_in = cls(
            kind=kind,
            name=name,
            direction=direction,
        )

        return planned_metric_in
