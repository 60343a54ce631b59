from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast

if TYPE_CHECKING:
    from ..models.interval_out import IntervalOut


T = TypeVar("T", bound="OnlineRowOut")


@_attrs_define
class OnlineRowOut:
    """``surely_off``: the whole 99 % interval of PCOC, or of one over it, is above 1 by more than ``margin``.

    Attributes:
        clicks (int):
        expected_clicks (float):
        impressions (int):
        name (str):
        pcoc (IntervalOut): 95 %; ``low`` and ``high`` null where too little is there to tell.
        surely_off (bool):
    """

    clicks: int
    expected_clicks: float
    impressions: int
    name: str
    pcoc: IntervalOut
    surely_off: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.interval_out import IntervalOut  # noqa: PLC0415

        clicks = self.clicks

        expected_clicks = self.expected_clicks

        impressions = self.impressions

        name = self.name

        pcoc = self.pcoc.to_dict()

        surely_off = self.surely_off

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "clicks": clicks,
                "expected_clicks": expected_clicks,
                "impressions": impressions,
                "name": name,
                "pcoc": pcoc,
                "surely_off": surely_off,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.interval_out import IntervalOut  # noqa: PLC0415

        d = dict(src_dict)
        clicks = d.pop("clicks")

        expected_clicks = d.pop("expected_clicks")

        impressions = d.pop("impressions")

        name = d.pop("name")

        pcoc = IntervalOut.from_dict(d.pop("pcoc"))

        surely_off = d.pop("surely_off")

        online_row_out = cls(
            clicks=clicks,
            expected_clicks=expected_clicks,
            impressions=impressions,
            name=name,
            pcoc=pcoc,
            surely_off=surely_off,
        )

        online_row_out.additional_properties = d
        return online_row_out

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
