from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset


T = TypeVar("T", bound="AdOut")


@_attrs_define
class AdOut:
    """
    Attributes:
        ad_id (str):
        campaign_id (str):
        landing_url (str):
        name (str):
    """

    ad_id: str
    campaign_id: str
    landing_url: str
    name: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        ad_id = self.ad_id

        campaign_id = self.campaign_id

        landing_url = self.landing_url

        name = self.name

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "ad_id": ad_id,
                "campaign_id": campaign_id,
                "landing_url": landing_url,
                "name": name,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        ad_id = d.pop("ad_id")

        campaign_id = d.pop("campaign_id")

        landing_url = d.pop("landing_url")

        name = d.pop("name")

        ad_out = cls(
            ad_id=ad_id,
            campaign_id=campaign_id,
            landing_url=landing_url,
            name=name,
        )

        ad_out.additional_properties = d
        return ad_out

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
