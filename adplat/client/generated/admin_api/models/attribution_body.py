from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset


T = TypeVar("T", bound="AttributionBody")


@_attrs_define
class AttributionBody:
    """
    Attributes:
        click_s (int | Unset):  Default: 604800.
        view_s (int | Unset):  Default: 0.
    """

    click_s: int | Unset = 604800
    view_s: int | Unset = 0

    def to_dict(self) -> dict[str, Any]:
        click_s = self.click_s

        view_s = self.view_s

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if click_s is not UNSET:
            field_dict["click_s"] = click_s
        if view_s is not UNSET:
            field_dict["view_s"] = view_s

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        click_s = d.pop("click_s", UNSET)

        view_s = d.pop("view_s", UNSET)

        attribution_body = cls(
            click_s=click_s,
            view_s=view_s,
        )

        return attribution_body
