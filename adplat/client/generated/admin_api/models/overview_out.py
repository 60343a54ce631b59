from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.period_name import PeriodName
from typing import cast
import datetime

if TYPE_CHECKING:
    from ..models.period_out import PeriodOut


T = TypeVar("T", bound="OverviewOut")


@_attrs_define
class OverviewOut:
    """From ``since`` to before ``until``, in days of UTC; ``before`` are as many days before them.

    ``last_counted_day``: where nothing was counted in them, the last day before them in which something was.

        Attributes:
            items (list[PeriodOut]):
            last_counted_day (datetime.date | None):
            period (PeriodName): Stretches that people choose from.
            since (datetime.date):
            until (datetime.date):
    """

    items: list[PeriodOut]
    last_counted_day: datetime.date | None
    period: PeriodName
    since: datetime.date
    until: datetime.date
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.period_out import PeriodOut  # noqa: PLC0415

        items = []
        for items_item_data in self.items:
            items_item = items_item_data.to_dict()
            items.append(items_item)

        last_counted_day: None | str
        if isinstance(self.last_counted_day, datetime.date):
            last_counted_day = self.last_counted_day.isoformat()
        else:
            last_counted_day = self.last_counted_day

        period = self.period.value

        since = self.since.isoformat()

        until = self.until.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "items": items,
                "last_counted_day": last_counted_day,
                "period": period,
                "since": since,
                "until": until,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.period_out import PeriodOut  # noqa: PLC0415

        d = dict(src_dict)
        items = []
        _items = d.pop("items")
        for items_item_data in _items:
            items_item = PeriodOut.from_dict(items_item_data)

            items.append(items_item)

        def _parse_last_counted_day(data: object) -> datetime.date | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                last_counted_day_type_0 = datetime.date.fromisoformat(data)

                return last_counted_day_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None, data)

        last_counted_day = _parse_last_counted_day(d.pop("last_counted_day"))

        period = PeriodName(d.pop("period"))

        since = datetime.date.fromisoformat(d.pop("since"))

        until = datetime.date.fromisoformat(d.pop("until"))

        overview_out = cls(
            items=items,
            last_counted_day=last_counted_day,
            period=period,
            since=since,
            until=until,
        )

        overview_out.additional_properties = d
        return overview_out

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
