from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast


T = TypeVar("T", bound="ForecastOut")


@_attrs_define
class ForecastOut:
    """As ``adplat forecast show --json`` tells it.

    Attributes:
        advertiser_id (None | str):
        campaign_id (None | str):
        forecast_id (str):
        made_at (str):
        name (str):
    """

    advertiser_id: None | str
    campaign_id: None | str
    forecast_id: str
    made_at: str
    name: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        advertiser_id: None | str
        advertiser_id = self.advertiser_id

        campaign_id: None | str
        campaign_id = self.campaign_id

        forecast_id = self.forecast_id

        made_at = self.made_at

        name = self.name

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "advertiser_id": advertiser_id,
                "campaign_id": campaign_id,
                "forecast_id": forecast_id,
                "made_at": made_at,
                "name": name,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_advertiser_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        advertiser_id = _parse_advertiser_id(d.pop("advertiser_id"))

        def _parse_campaign_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        campaign_id = _parse_campaign_id(d.pop("campaign_id"))

        forecast_id = d.pop("forecast_id")

        made_at = d.pop("made_at")

        name = d.pop("name")

        forecast_out = cls(
            advertiser_id=advertiser_id,
            campaign_id=campaign_id,
            forecast_id=forecast_id,
            made_at=made_at,
            name=name,
        )

        forecast_out.additional_properties = d
        return forecast_out

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
