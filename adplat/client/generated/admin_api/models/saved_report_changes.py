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


T = TypeVar("T", bound="SavedReportChanges")


@_attrs_define
class SavedReportChanges:
    """What is left out stays.

    Attributes:
        attribute (None | str | Unset):
        by (list[Dimension] | None | Unset):
        counted (CountedUsers | None | Unset):
        files (list[ReportFile] | None | Unset):
        filters (list[str] | None | Unset):
        is_shared (bool | None | Unset):
        metrics (list[str] | None | Unset):
        name (None | str | Unset):
        period (None | ReportPeriod | Unset):
        since (datetime.date | None | Unset):
        time_zone (None | str | Unset):
        until (datetime.date | None | Unset):
    """

    attribute: None | str | Unset = UNSET
    by: list[Dimension] | None | Unset = UNSET
    counted: CountedUsers | None | Unset = UNSET
    files: list[ReportFile] | None | Unset = UNSET
    filters: list[str] | None | Unset = UNSET
    is_shared: bool | None | Unset = UNSET
    metrics: list[str] | None | Unset = UNSET
    name: None | str | Unset = UNSET
    period: None | ReportPeriod | Unset = UNSET
    since: datetime.date | None | Unset = UNSET
    time_zone: None | str | Unset = UNSET
    until: datetime.date | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        attribute: None | str | Unset
        if isinstance(self.attribute, Unset):
            attribute = UNSET
        else:
            attribute = self.attribute

        by: list[str] | None | Unset
        if isinstance(self.by, Unset):
            by = UNSET
        elif isinstance(self.by, list):
            by = []
            for by_type_0_item_data in self.by:
                by_type_0_item = by_type_0_item_data.value
                by.append(by_type_0_item)

        else:
            by = self.by

        counted: None | str | Unset
        if isinstance(self.counted, Unset):
            counted = UNSET
        elif isinstance(self.counted, CountedUsers):
            counted = self.counted.value
        else:
            counted = self.counted

        files: list[str] | None | Unset
        if isinstance(self.files, Unset):
            files = UNSET
        elif isinstance(self.files, list):
            files = []
            for files_type_0_item_data in self.files:
                files_type_0_item = files_type_0_item_data.value
                files.append(files_type_0_item)

        else:
            files = self.files

        filters: list[str] | None | Unset
        if isinstance(self.filters, Unset):
            filters = UNSET
        elif isinstance(self.filters, list):
            filters = self.filters

        else:
            filters = self.filters

        is_shared: bool | None | Unset
        if isinstance(self.is_shared, Unset):
            is_shared = UNSET
        else:
            is_shared = self.is_shared

        metrics: list[str] | None | Unset
        if isinstance(self.metrics, Unset):
            metrics = UNSET
        elif isinstance(self.metrics, list):
            metrics = self.metrics

        else:
            metrics = self.metrics

        name: None | str | Unset
        if isinstance(self.name, Unset):
            name = UNSET
        else:
            name = self.name

        period: None | str | Unset
        if isinstance(self.period, Unset):
            period = UNSET
        elif isinstance(self.period, ReportPeriod):
            period = self.period.value
        else:
            period = self.period

        since: None | str | Unset
        if isinstance(self.since, Unset):
            since = UNSET
        elif isinstance(self.since, datetime.date):
            since = self.since.isoformat()
        else:
            since = self.since

        time_zone: None | str | Unset
        if isinstance(self.time_zone, Unset):
            time_zone = UNSET
        else:
            time_zone = self.time_zone

        until: None | str | Unset
        if isinstance(self.until, Unset):
            until = UNSET
        elif isinstance(self.until, datetime.date):
            until = self.until.isoformat()
        else:
            until = self.until

        field_dict: dict[str, Any] = {}

        field_dict.update({})
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
        if name is not UNSET:
            field_dict["name"] = name
        if period is not UNSET:
            field_dict["period"] = period
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

        def _parse_attribute(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        attribute = _parse_attribute(d.pop("attribute", UNSET))

        def _parse_by(data: object) -> list[Dimension] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                by_type_0 = []
                _by_type_0 = data
                for by_type_0_item_data in _by_type_0:
                    by_type_0_item = Dimension(by_type_0_item_data)

                    by_type_0.append(by_type_0_item)

                return by_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[Dimension] | None | Unset, data)

        by = _parse_by(d.pop("by", UNSET))

        def _parse_counted(data: object) -> CountedUsers | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                counted_type_0 = CountedUsers(data)

                return counted_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(CountedUsers | None | Unset, data)

        counted = _parse_counted(d.pop("counted", UNSET))

        def _parse_files(data: object) -> list[ReportFile] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                files_type_0 = []
                _files_type_0 = data
                for files_type_0_item_data in _files_type_0:
                    files_type_0_item = ReportFile(files_type_0_item_data)

                    files_type_0.append(files_type_0_item)

                return files_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[ReportFile] | None | Unset, data)

        files = _parse_files(d.pop("files", UNSET))

        def _parse_filters(data: object) -> list[str] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                filters_type_0 = cast(list[str], data)

                return filters_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None | Unset, data)

        filters = _parse_filters(d.pop("filters", UNSET))

        def _parse_is_shared(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        is_shared = _parse_is_shared(d.pop("is_shared", UNSET))

        def _parse_metrics(data: object) -> list[str] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                metrics_type_0 = cast(list[str], data)

                return metrics_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None | Unset, data)

        metrics = _parse_metrics(d.pop("metrics", UNSET))

        def _parse_name(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        name = _parse_name(d.pop("name", UNSET))

        def _parse_period(data: object) -> None | ReportPeriod | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                period_type_0 = ReportPeriod(data)

                return period_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ReportPeriod | Unset, data)

        period = _parse_period(d.pop("period", UNSET))

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

        def _parse_time_zone(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        time_zone = _parse_time_zone(d.pop("time_zone", UNSET))

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

        saved_report_changes = cls(
            attribute=attribute,
            by=by,
            counted=counted,
            files=files,
            filters=filters,
            is_shared=is_shared,
            metrics=metrics,
            name=name,
            period=period,
            since=since,
            time_zone=time_zone,
            until=until,
        )

        return saved_report_changes
