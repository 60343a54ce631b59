from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.counted_users import CountedUsers
from ..models.dimension import Dimension
from ..models.report_file import ReportFile
from ..models.report_period import ReportPeriod
from typing import cast
import datetime

if TYPE_CHECKING:
    from ..models.saved_report_out_addresses import SavedReportOutAddresses


T = TypeVar("T", bound="SavedReportOut")


@_attrs_define
class SavedReportOut:
    """``days`` are those of its period today; ``addresses`` tell its rows of those days, and its files.

    Attributes:
        addresses (SavedReportOutAddresses):
        advertiser_id (None | str):
        attribute (str):
        by (list[Dimension]):
        changed (datetime.datetime):
        counted (CountedUsers): Who must be many: those to whom it was shown, or, where only clicks and conversions are
            told, those who acted.
        created (datetime.datetime):
        days (list[datetime.date]):
        files (list[ReportFile]):
        filters (list[str]):
        is_shared (bool):
        metrics (list[str]):
        name (str):
        owner (str):
        period (ReportPeriod): Which days, seen from one of them. ``fixed``: the same ones always.
        report_id (str):
        since (datetime.date | None):
        time_zone (str):
        until (datetime.date | None):
    """

    addresses: SavedReportOutAddresses
    advertiser_id: None | str
    attribute: str
    by: list[Dimension]
    changed: datetime.datetime
    counted: CountedUsers
    created: datetime.datetime
    days: list[datetime.date]
    files: list[ReportFile]
    filters: list[str]
    is_shared: bool
    metrics: list[str]
    name: str
    owner: str
    period: ReportPeriod
    report_id: str
    since: datetime.date | None
    time_zone: str
    until: datetime.date | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.saved_report_out_addresses import SavedReportOutAddresses  # noqa: PLC0415

        addresses = self.addresses.to_dict()

        advertiser_id: None | str
        advertiser_id = self.advertiser_id

        attribute = self.attribute

        by = []
        for by_item_data in self.by:
            by_item = by_item_data.value
            by.append(by_item)

        changed = self.changed.isoformat()

        counted = self.counted.value

        created = self.created.isoformat()

        days = []
        for days_item_data in self.days:
            days_item = days_item_data.isoformat()
            days.append(days_item)

        files = []
        for files_item_data in self.files:
            files_item = files_item_data.value
            files.append(files_item)

        filters = self.filters

        is_shared = self.is_shared

        metrics = self.metrics

        name = self.name

        owner = self.owner

        period = self.period.value

        report_id = self.report_id

        since: None | str
        if isinstance(self.since, datetime.date):
            since = self.since.isoformat()
        else:
            since = self.since

        time_zone = self.time_zone

        until: None | str
        if isinstance(self.until, datetime.date):
            until = self.until.isoformat()
        else:
            until = self.until

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "addresses": addresses,
                "advertiser_id": advertiser_id,
                "attribute": attribute,
                "by": by,
                "changed": changed,
                "counted": counted,
                "created": created,
                "days": days,
                "files": files,
                "filters": filters,
                "is_shared": is_shared,
                "metrics": metrics,
                "name": name,
                "owner": owner,
                "period": period,
                "report_id": report_id,
                "since": since,
                "time_zone": time_zone,
                "until": until,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.saved_report_out_addresses import SavedReportOutAddresses  # noqa: PLC0415

        d = dict(src_dict)
        addresses = SavedReportOutAddresses.from_dict(d.pop("addresses"))

        def _parse_advertiser_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        advertiser_id = _parse_advertiser_id(d.pop("advertiser_id"))

        attribute = d.pop("attribute")

        by = []
        _by = d.pop("by")
        for by_item_data in _by:
            by_item = Dimension(by_item_data)

            by.append(by_item)

        changed = datetime.datetime.fromisoformat(d.pop("changed"))

        counted = CountedUsers(d.pop("counted"))

        created = datetime.datetime.fromisoformat(d.pop("created"))

        days = []
        _days = d.pop("days")
        for days_item_data in _days:
            days_item = datetime.date.fromisoformat(days_item_data)

            days.append(days_item)

        files = []
        _files = d.pop("files")
        for files_item_data in _files:
            files_item = ReportFile(files_item_data)

            files.append(files_item)

        filters = cast(list[str], d.pop("filters"))

        is_shared = d.pop("is_shared")

        metrics = cast(list[str], d.pop("metrics"))

        name = d.pop("name")

        owner = d.pop("owner")

        period = ReportPeriod(d.pop("period"))

        report_id = d.pop("report_id")

        def _parse_since(data: object) -> datetime.date | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                since_type_0 = datetime.date.fromisoformat(data)

                return since_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None, data)

        since = _parse_since(d.pop("since"))

        time_zone = d.pop("time_zone")

        def _parse_until(data: object) -> datetime.date | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                until_type_0 = datetime.date.fromisoformat(data)

                return until_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None, data)

        until = _parse_until(d.pop("until"))

        saved_report_out = cls(
            addresses=addresses,
            advertiser_id=advertiser_id,
            attribute=attribute,
            by=by,
            changed=changed,
            counted=counted,
            created=created,
            days=days,
            files=files,
            filters=filters,
            is_shared=is_shared,
            metrics=metrics,
            name=name,
            owner=owner,
            period=period,
            report_id=report_id,
            since=since,
            time_zone=time_zone,
            until=until,
        )

        saved_report_out.additional_properties = d
        return saved_report_out

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
