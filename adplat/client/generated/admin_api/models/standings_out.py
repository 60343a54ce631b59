from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast

if TYPE_CHECKING:
    from ..models.standing_out import StandingOut


T = TypeVar("T", bound="StandingsOut")


@_attrs_define
class StandingsOut:
    """``too_little`` says why nothing can be said of which is best; null where something can.

    Attributes:
        campaign (str):
        creatives (list[StandingOut]):
        too_little (None | str):
    """

    campaign: str
    creatives: list[StandingOut]
    too_little: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.standing_out import StandingOut  # noqa: PLC0415

        campaign = self.campaign

        creatives = []
        for creatives_item_data in self.creatives:
            creatives_item = creatives_item_data.to_dict()
            creatives.append(creatives_item)

        too_little: None | str
        too_little = self.too_little

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "campaign": campaign,
                "creatives": creatives,
                "too_little": too_little,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.standing_out import StandingOut  # noqa: PLC0415

        d = dict(src_dict)
        campaign = d.pop("campaign")

        creatives = []
        _creatives = d.pop("creatives")
        for creatives_item_data in _creatives:
            creatives_item = StandingOut.from_dict(creatives_item_data)

            creatives.append(creatives_item)

        def _parse_too_little(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        too_little = _parse_too_little(d.pop("too_little"))

        standings_out = cls(
            campaign=campaign,
            creatives=creatives,
            too_little=too_little,
        )

        standings_out.additional_properties = d
        return standings_out

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
