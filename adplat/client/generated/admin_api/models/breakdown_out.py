from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.counted_users import CountedUsers
from ..models.dimension import Dimension
from typing import cast
import datetime

if TYPE_CHECKING:
    from ..models.breakdown_out_labels import BreakdownOutLabels
    from ..models.breakdown_out_metrics import BreakdownOutMetrics
    from ..models.breakdown_out_rows_item import BreakdownOutRowsItem
    from ..models.breakdown_out_totals_item import BreakdownOutTotalsItem
    from ..models.breakdown_out_unknown_ids import BreakdownOutUnknownIds


T = TypeVar("T", bound="BreakdownOut")


@_attrs_define
class BreakdownOut:
    """The row whose value is null is all that is not told by itself.

    Attributes:
        attribute (str):
        by (list[Dimension]):
        counted (CountedUsers): Who must be many: those to whom it was shown, or, where only clicks and conversions are
            told, those who acted.
        covered_to (datetime.datetime | None):
        days_to_come (int):
        filters (list[str]):
        labels (BreakdownOutLabels):
        last_counted_day (datetime.date | None):
        least_users (int):
        metrics (BreakdownOutMetrics):
        next_ (None | str):
        rows (list[BreakdownOutRowsItem]):
        since (datetime.date):
        time_zone (str):
        totals (list[BreakdownOutTotalsItem]):
        unknown_ids (BreakdownOutUnknownIds):
        until (datetime.date):
    """

    attribute: str
    by: list[Dimension]
    counted: CountedUsers
    covered_to: datetime.datetime | None
    days_to_come: int
    filters: list[str]
    labels: BreakdownOutLabels
    last_counted_day: datetime.date | None
    least_users: int
    metrics: BreakdownOutMetrics
    next_: None | str
    rows: list[BreakdownOutRowsItem]
    since: datetime.date
    time_zone: str
    totals: list[BreakdownOutTotalsItem]
    unknown_ids: BreakdownOutUnknownIds
    until: datetime.date
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.breakdown_out_labels import BreakdownOutLabels  # noqa: PLC0415
        from ..models.breakdown_out_metrics import BreakdownOutMetrics  # noqa: PLC0415
        from ..models.breakdown_out_rows_item import BreakdownOutRowsItem  # noqa: PLC0415
        from ..models.breakdown_out_totals_item import BreakdownOutTotalsItem  # noqa: PLC0415
        from ..models.breakdown_out_unknown_ids import BreakdownOutUnknownIds  # noqa: PLC0415

        attribute = self.attribute

        by = []
        for by_item_data in self.by:
            by_item = by_item_data.value
            by.append(by_item)

        counted = self.counted.value

        covered_to: None | str
        if isinstance(self.covered_to, datetime.datetime):
            covered_to = self.covered_to.isoformat()
        else:
            covered_to = self.covered_to

        days_to_come = self.days_to_come

        filters = self.filters

        labels = self.labels.to_dict()

        last_counted_day: None | str
        if isinstance(self.last_counted_day, datetime.date):
            last_counted_day = self.last_counted_day.isoformat()
        else:
            last_counted_day = self.last_counted_day

        least_users = self.least_users

        metrics = self.metrics.to_dict()

        next_: None | str
        next_ = self.next_

        rows = []
        for rows_item_data in self.rows:
            rows_item = rows_item_data.to_dict()
            rows.append(rows_item)

        since = self.since.isoformat()

        time_zone = self.time_zone

        totals = []
        for totals_item_data in self.totals:
            totals_item = totals_item_data.to_dict()
            totals.append(totals_item)

        unknown_ids = self.unknown_ids.to_dict()

        until = self.until.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "attribute": attribute,
                "by": by,
                "counted": counted,
                "covered_to": covered_to,
                "days_to_come": days_to_come,
                "filters": filters,
                "labels": labels,
                "last_counted_day": last_counted_day,
                "least_users": least_users,
                "metrics": metrics,
                "next": next_,
                "rows": rows,
                "since": since,
                "time_zone": time_zone,
                "totals": totals,
                "unknown_ids": unknown_ids,
                "until": until,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.breakdown_out_labels import BreakdownOutLabels  # noqa: PLC0415
        from ..models.breakdown_out_metrics import BreakdownOutMetrics  # noqa: PLC0415
        from ..models.breakdown_out_rows_item import BreakdownOutRowsItem  # noqa: PLC0415
        from ..models.breakdown_out_totals_item import BreakdownOutTotalsItem  # noqa: PLC0415
        from ..models.breakdown_out_unknown_ids import BreakdownOutUnknownIds  # noqa: PLC0415

        d = dict(src_dict)
        attribute = d.pop("attribute")

        by = []
        _by = d.pop("by")
        for by_item_data in _by:
            by_item = Dimension(by_item_data)

            by.append(by_item)

        counted = CountedUsers(d.pop("counted"))

        def _parse_covered_to(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                covered_to_type_0 = datetime.datetime.fromisoformat(data)

                return covered_to_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        covered_to = _parse_covered_to(d.pop("covered_to"))

        days_to_come = d.pop("days_to_come")

        filters = cast(list[str], d.pop("filters"))

        labels = BreakdownOutLabels.from_dict(d.pop("labels"))

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

        least_users = d.pop("least_users")

        metrics = BreakdownOutMetrics.from_dict(d.pop("metrics"))

        def _parse_next_(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        next_ = _parse_next_(d.pop("next"))

        rows = []
        _rows = d.pop("rows")
        for rows_item_data in _rows:
            rows_item = BreakdownOutRowsItem.from_dict(rows_item_data)

            rows.append(rows_item)

        since = datetime.date.fromisoformat(d.pop("since"))

        time_zone = d.pop("time_zone")

        totals = []
        _totals = d.pop("totals")
        for totals_item_data in _totals:
            totals_item = BreakdownOutTotalsItem.from_dict(totals_item_data)

            totals.append(totals_item)

        unknown_ids = BreakdownOutUnknownIds.from_dict(d.pop("unknown_ids"))

        until = datetime.date.fromisoformat(d.pop("until"))

        breakdown_out = cls(
            attribute=attribute,
            by=by,
            counted=counted,
            covered_to=covered_to,
            days_to_come=days_to_come,
            filters=filters,
            labels=labels,
            last_counted_day=last_counted_day,
            least_users=least_users,
            metrics=metrics,
            next_=next_,
            rows=rows,
            since=since,
            time_zone=time_zone,
            totals=totals,
            unknown_ids=unknown_ids,
            until=until,
        )

        breakdown_out.additional_properties = d
        return breakdown_out

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
