from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast

if TYPE_CHECKING:
    from ..models.named_in import NamedIn


T = TypeVar("T", bound="ApprovalsIn")


@_attrs_define
class ApprovalsIn:
    """One reason for all of them.

    Attributes:
        items (list[NamedIn]):
        reason (str):
    """

    items: list[NamedIn]
    reason: str

    def to_dict(self) -> dict[str, Any]:
        from ..models.named_in import NamedIn  # noqa: PLC0415

        items = []
        for items_item_data in self.items:
            items_item = items_item_data.to_dict()
            items.append(items_item)

        reason = self.reason

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "items": items,
                "reason": reason,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.named_in import NamedIn  # noqa: PLC0415

        d = dict(src_dict)
        items = []
        _items = d.pop("items")
        for items_item_data in _items:
            items_item = NamedIn.from_dict(items_item_data)

            items.append(items_item)

        reason = d.pop("reason")

        approvals_in = cls(
            items=items,
            reason=reason,
        )

        return approvals_in
