from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset


T = TypeVar("T", bound="AdIn")


@_attrs_define
class AdIn:
    """
    Attributes:
        campaign_id (str):
        landing_url (str):
        name (str):
    """

    campaign_id: str
    landing_url: str
    name: str

    def to_dict(self) -> dict[str, Any]:
        campaign_id = self.campaign_id

        landing_url = self.landing_url

        name = self.name

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "campaign_id": campaign_id,
                "landing_url": landing_url,
                "name": name,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        campaign_id = d.pop("campaign_id")

        landing_url = d.pop("landing_url")

        name = d.pop("name")

        ad_in = cls(
            campaign_id=campaign_id,
            landing_url=landing_url,
            name=name,
        )

        return ad_in
