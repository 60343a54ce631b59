from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast

if TYPE_CHECKING:
    from ..models.alert_out import AlertOut


T = TypeVar("T", bound="AlertsOut")


@_attrs_define
class AlertsOut:
    """All that stand now, the worst first; ``next`` is always null. ``complete``: all that runs was looked at.

    Attributes:
        complete (bool):
        items (list[AlertOut]):
        next_ (None):
    """

    complete: bool
    items: list[AlertOut]
    next_: None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.alert_out import AlertOut  # noqa: PLC0415

        complete = self.complete

        items = []
        for items_item_data in self.items:
            items_item = items_item_data.to_dict()
            items.append(items_item)

        next_ = self.next_

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "complete": complete,
                "items": items,
                "next": next_,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.alert_out import AlertOut  # noqa: PLC0415

        d = dict(src_dict)
        complete = d.pop("complete")

        items = []
        _items = d.pop("items")
        for items_item_data in _items:
            items_item = AlertOut.from_dict(items_item_data)

            items.append(items_item)

        next_ = d.pop("next")

        alerts_out = cls(
            complete=complete,
            items=items,
            next_=next_,
        )

        alerts_out.additional_properties = d
        return alerts_out

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
