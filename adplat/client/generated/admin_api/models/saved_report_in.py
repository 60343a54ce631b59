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
from ..types import UNSET, Unset
from typing import cast
import datetime


T = TypeVar("T", bound="SavedReportIn")


@_attrs_define
class SavedReportIn:
    """``since`` and ``until`` with the period ``fixed`` alone; ``advertiser_id`` null: one's own, or the staff's.

    Attributes:
        name (str):
        period (ReportPeriod): Which days, seen from one of them. ``fixed``: the same ones always.
        advertiser_id (None | str | Unset):
        attribute (str | Unset):  Default: ''.
        by (list[Dimension] | Unset):
        counted (CountedUsers | Unset): Who must be many: those to whom it was shown, or, where only clicks and
            conversions are told, those who acted.
        files (list[ReportFile] | Unset):
        filters (list[str] | Unset):
        is_shared (bool | Unset):  Default: False.
        metrics (list[str] | Unset):
        since (datetime.date | None | Unset):
        time_zone (str | Unset):  Default: 'UTC'.
        until (datetime.date | None | Unset):
    """

    name: str
    period: ReportPeriod
    advertiser_id: None | str | Unset = UNSET
    attribute: str | Unset = ""
    by: list[Dimension] | Unset = UNSET
    counted: CountedUsers | Unset = UNSET
    files: list[ReportFile] | Unset = UNSET
    filters: list[str] | Unset = UNSET
    is_shared: bool | Unset = False
    metrics: list[str] | Unset = UNSET
    since: datetime.date | None | Unset = UNSET
    time_zone: str | Unset = "UTC"
    until: datetime.date | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        period = self.period.value

        advertiser_id: None | str | Unset
        if isinstance(self.advertiser_id, Unset):
            advertiser_id = UNSET
        else:
            advertiser_id = self.advertiser_id

        attribute = self.attribute

        by: list[str] | Unset = UNSET
        if not isinstance(self.by, Unset):
            by = []
            for by_item_data in self.by:
                by_item = by_item_data.value
                by.append(by_item)

        counted: str | Unset = UNSET
        if not isinstance(self.counted, Unset):
            counted = self.counted.value

        files: list[str] | Unset = UNSET
        if not isinstance(self.files, Unset):
            files = []
            for files_item_data in self.files:
                files_item = files_item_data.value
                files.append(files_item)

        filters: list[str] | Unset = UNSET
        if not isinstance(self.filters, Unset):
            filters = self.filters

        is_shared = self.is_shared

        metrics: list[str] | Unset = UNSET
        if not isinstance(self.metrics, Unset):
            metrics = self.metrics

        since: None | str | Unset
        if isinstance(self.since, Unset):
            since = UNSET
        elif isinstance(self.since, datetime.date):
            since = self.since.isoformat()
        else:
            since = self.since

        time_zone = self.time_zone

        until: None | str | Unset
        if isinstance(self.until, Unset):
            until = UNSET
        elif isinstance(self.until, datetime.date):
            until = self.until.isoformat()
        else:
            until = self.until

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
                "period": period,
            }
        )
        if advertiser_id is not UNSET:
            field_dict["advertiser_id"] = advertiser_id
        if attribute is not UNSET:
            field_dict["attribute"] = attribute
        if by is not UNSET:
            field_dict["by"] = by
        if counted is not UNSET:
            field_dict["counted"] = counted
        if files is not UNSET:
            field_dict["files"] = files
        if filters is not UNSET:
            field_dict["filters"] = filters
        if is_shared is not UNSET:
            field_dict["is_shared"] = is_shared
        if metrics is not UNSET:
            field_dict["metrics"] = metrics
        if since is not UNSET:
            field_dict["since"] = since
        if time_zone is not UNSET:
            field_dict["time_zone"] = time_zone
        if until is not UNSET:
            field_dict["until"] = until

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name")

        period = ReportPeriod(d.pop("period"))

        def _parse_advertiser_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        advertiser_id = _parse_advertiser_id(d.pop("advertiser_id", UNSET))

        attribute = d.pop("attribute", UNSET)

        _by = d.pop("by", UNSET)
        by: list[Dimension] | Unset = UNSET
        if _by is not UNSET:
            by = []
            for by_item_data in _by:
                by_item = Dimension(by_item_data)

                by.append(by_item)

        _counted = d.pop("counted", UNSET)
        counted: CountedUsers | Unset
        if isinstance(_counted, Unset):
            counted = UNSET
        else:
            counted = CountedUsers(_counted)

        _files = d.pop("files", UNSET)
        files: list[ReportFile] | Unset = UNSET
        if _files is not UNSET:
            files = []
            for files_item_data in _files:
                files_item = ReportFile(files_item_data)

                files.append(files_item)

        filters = cast(list[str], d.pop("filters", UNSET))

        is_shared = d.pop("is_shared", UNSET)

        metrics = cast(list[str], d.pop("metrics", UNSET))

        def _parse_since(data: object) -> datetime.date | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                since_type_0 = datetime.date.fromisoformat(data)

                return since_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None | Unset, data)

        since = _parse_since(d.pop("since", UNSET))

        time_zone = d.pop("time_zone", UNSET)

        def _parse_until(data: object) -> datetime.date | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                until_type_0 = datetime.date.fromisoformat(data)

                return until_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None | Unset, data)

        until = _parse_until(d.pop("until", UNSET))

        saved_report_in = cls(
            name=name,
            period=period,
            advertiser_id=advertiser_id,
            attribute=attribute,
            by=by,
            counted=counted,
            files=files,
            filters=filters,
            is_shared=is_shared,
            metrics=metrics,
            since=since,
            time_zone=time_zone,
            until=until,
        )

        return saved_report_in
