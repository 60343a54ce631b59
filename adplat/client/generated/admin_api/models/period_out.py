from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast

if TYPE_CHECKING:
    from ..models.period_out_before import PeriodOutBefore
    from ..models.period_out_days_item import PeriodOutDaysItem
    from ..models.period_out_now import PeriodOutNow
    from ..models.period_out_today import PeriodOutToday


T = TypeVar("T", bound="PeriodOut")


@_attrs_define
class PeriodOut:
    """Metrics by name, money in micros of ``currency``; null where nothing is divided by nothing. Days are over.

    Attributes:
        before (PeriodOutBefore):
        currency (str):
        days (list[PeriodOutDaysItem]):
        now (PeriodOutNow):
        today (PeriodOutToday):
    """

    before: PeriodOutBefore
    currency: str
    days: list[PeriodOutDaysItem]
    now: PeriodOutNow
    today: PeriodOutToday
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.period_out_before import PeriodOutBefore  # noqa: PLC0415
        from ..models.period_out_days_item import PeriodOutDaysItem  # noqa: PLC0415
        from ..models.period_out_now import PeriodOutNow  # noqa: PLC0415
        from ..models.period_out_today import PeriodOutToday  # noqa: PLC0415

        before = self.before.to_dict()

        currency = self.currency

        days = []
        for days_item_data in self.days:
            days_item = days_item_data.to_dict()
            days.append(days_item)

        now = self.now.to_dict()

        today = self.today.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "before": before,
                "currency": currency,
                "days": days,
                "now": now,
                "today": today,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.period_out_before import PeriodOutBefore  # noqa: PLC0415
        from ..models.period_out_days_item import PeriodOutDaysItem  # noqa: PLC0415
        from ..models.period_out_now import PeriodOutNow  # noqa: PLC0415
        from ..models.period_out_today import PeriodOutToday  # noqa: PLC0415

        d = dict(src_dict)
        before = PeriodOutBefore.from_dict(d.pop("before"))

        currency = d.pop("currency")

        days = []
        _days = d.pop("days")
        for days_item_data in _days:
            days_item = PeriodOutDaysItem.from_dict(days_item_data)

            days.append(days_item)

        now = PeriodOutNow.from_dict(d.pop("now"))

        today = PeriodOutToday.from_dict(d.pop("today"))

        period_out = cls(
            before=before,
            currency=currency,
            days=days,
            now=now,
            today=today,
        )

        period_out.additional_properties = d
        return period_out

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
