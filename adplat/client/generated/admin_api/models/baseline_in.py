from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast


T = TypeVar("T", bound="BaselineIn")


@_attrs_define
class BaselineIn:
    """The metric without a treatment; ``std`` of one unit, null for a proportion.

    Attributes:
        mean (float):
        explained (float | Unset):  Default: 0.0.
        std (float | None | Unset):
    """

    mean: float
    explained: float | Unset = 0.0
    std: float | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        mean = self.mean

        explained = self.explained

        std: float | None | Unset
        if isinstance(self.std, Unset):
            std = UNSET
        else:
            std = self.std

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "mean": mean,
            }
        )
        if explained is not UNSET:
            field_dict["explained"] = explained
        if std is not UNSET:
            field_dict["std"] = std

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        mean = d.pop("mean")

        explained = d.pop("explained", UNSET)

        def _parse_std(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        std = _parse_std(d.pop("std", UNSET))

        baseline_in = cls(
            mean=mean,
            explained=explained,
            std=std,
        )

        return baseline_in
