from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.assignment_unit import AssignmentUnit
from ..types import UNSET, Unset
from typing import cast

if TYPE_CHECKING:
    from ..models.arm_in import ArmIn
    from ..models.bucket_range_in import BucketRangeIn


T = TypeVar("T", bound="AssignmentIn")


@_attrs_define
class AssignmentIn:
    """Who gets what; the first arm is the control. ``experiment_id`` null: one is drawn.

    Attributes:
        arms (list[ArmIn]):
        campaign_ids (list[str] | Unset):
        experiment_id (None | str | Unset):
        layer (str | Unset):  Default: 'default'.
        layer_ranges (list[BucketRangeIn] | Unset):
        salt (str | Unset):  Default: ''.
        traffic (float | Unset):  Default: 1.0.
        unit (AssignmentUnit | Unset): What gets an arm. ``user``: the user key; of a user who may not be recognised,
            the request id stands in.
    """

    arms: list[ArmIn]
    campaign_ids: list[str] | Unset = UNSET
    experiment_id: None | str | Unset = UNSET
    layer: str | Unset = "default"
    layer_ranges: list[BucketRangeIn] | Unset = UNSET
    salt: str | Unset = ""
    traffic: float | Unset = 1.0
    unit: AssignmentUnit | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.arm_in import ArmIn  # noqa: PLC0415
        from ..models.bucket_range_in import BucketRangeIn  # noqa: PLC0415

        arms = []
        for arms_item_data in self.arms:
            arms_item = arms_item_data.to_dict()
            arms.append(arms_item)

        campaign_ids: list[str] | Unset = UNSET
        if not isinstance(self.campaign_ids, Unset):
            campaign_ids = self.campaign_ids

        experiment_id: None | str | Unset
        if isinstance(self.experiment_id, Unset):
            experiment_id = UNSET
        else:
            experiment_id = self.experiment_id

        layer = self.layer

        layer_ranges: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.layer_ranges, Unset):
            layer_ranges = []
            for layer_ranges_item_data in self.layer_ranges:
                layer_ranges_item = layer_ranges_item_data.to_dict()
                layer_ranges.append(layer_ranges_item)

        salt = self.salt

        traffic = self.traffic

        unit: str | Unset = UNSET
        if not isinstance(self.unit, Unset):
            unit = self.unit.value

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "arms": arms,
            }
        )
        if campaign_ids is not UNSET:
            field_dict["campaign_ids"] = campaign_ids
        if experiment_id is not UNSET:
            field_dict["experiment_id"] = experiment_id
        if layer is not UNSET:
            field_dict["layer"] = layer
        if layer_ranges is not UNSET:
            field_dict["layer_ranges"] = layer_ranges
        if salt is not UNSET:
            field_dict["salt"] = salt
        if traffic is not UNSET:
            field_dict["traffic"] = traffic
        if unit is not UNSET:
            field_dict["unit"] = unit

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.arm_in import ArmIn  # noqa: PLC0415
        from ..models.bucket_range_in import BucketRangeIn  # noqa: PLC0415

        d = dict(src_dict)
        arms = []
        _arms = d.pop("arms")
        for arms_item_data in _arms:
            arms_item = ArmIn.from_dict(arms_item_data)

            arms.append(arms_item)

        campaign_ids = cast(list[str], d.pop("campaign_ids", UNSET))

        def _parse_experiment_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        experiment_id = _parse_experiment_id(d.pop("experiment_id", UNSET))

        layer = d.pop("layer", UNSET)

        _layer_ranges = d.pop("layer_ranges", UNSET)
        layer_ranges: list[BucketRangeIn] | Unset = UNSET
        if _layer_ranges is not UNSET:
            layer_ranges = []
            for layer_ranges_item_data in _layer_ranges:
                layer_ranges_item = BucketRangeIn.from_dict(layer_ranges_item_data)

                layer_ranges.append(layer_ranges_item)

        salt = d.pop("salt", UNSET)

        traffic = d.pop("traffic", UNSET)

        _unit = d.pop("unit", UNSET)
        unit: AssignmentUnit | Unset
        if isinstance(_unit, Unset):
            unit = UNSET
        else:
            unit = AssignmentUnit(_unit)

        assignment_in = cls(
            arms=arms,
            campaign_ids=campaign_ids,
            experiment_id=experiment_id,
            layer=layer,
            layer_ranges=layer_ranges,
            salt=salt,
            traffic=traffic,
            unit=unit,
        )

        return assignment_in
