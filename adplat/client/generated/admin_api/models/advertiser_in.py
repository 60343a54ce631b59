from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset


T = TypeVar("T", bound="AdvertiserIn")


@_attrs_define
class AdvertiserIn:
    """
    Attributes:
        currency (str): ISO 4217
        name (str):
        domain (str | Unset):  Default: ''.
    """

    currency: str
    name: str
    domain: str | Unset = ""

    def to_dict(self) -> dict[str, Any]:
        currency = self.currency

        name = self.name

        domain = self.domain

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "currency": currency,
                "name": name,
            }
        )
        if domain is not UNSET:
            field_dict["domain"] = domain

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        currency = d.pop("currency")

        name = d.pop("name")

        domain = d.pop("domain", UNSET)

        advertiser_in = cls(
            currency=currency,
            name=name,
            domain=domain,
        )

        return advertiser_in
