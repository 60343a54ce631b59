from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast

if TYPE_CHECKING:
    from ..models.interval_out import IntervalOut


T = TypeVar("T", bound="SliceOut")


@_attrs_define
class SliceOut:
    """
    Attributes:
        auc (float | None):
        name (str):
        pcoc (IntervalOut): 95 %; ``low`` and ``high`` null where too little is there to tell.
        positives (int):
        rows (int):
    """

    auc: float | None
    name: str
    pcoc: IntervalOut
    positives: int
    rows: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.interval_out import IntervalOut  # noqa: PLC0415

        auc: float | None
        auc = self.auc

        name = self.name

        pcoc = self.pcoc.to_dict()

        positives = self.positives

        rows = self.rows

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "auc": auc,
                "name": name,
                "pcoc": pcoc,
                "positives": positives,
                "rows": rows,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.interval_out import IntervalOut  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_auc(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        auc = _parse_auc(d.pop("auc"))

        name = d.pop("name")

        pcoc = IntervalOut.from_dict(d.pop("pcoc"))

        positives = d.pop("positives")

        rows = d.pop("rows")

        slice_out = cls(
            auc=auc,
            name=name,
            pcoc=pcoc,
            positives=positives,
            rows=rows,
        )

        slice_out.additional_properties = d
        return slice_out

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
