from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
import datetime

if TYPE_CHECKING:
    from ..models.deployment_out import DeploymentOut
    from ..models.online_day_out import OnlineDayOut
    from ..models.online_row_out import OnlineRowOut


T = TypeVar("T", bound="OnlineOut")


@_attrs_define
class OnlineOut:
    """Expected over observed clicks, days of UTC; above 1 the model promised too much.

    ``judged`` is of the whole days since the live bundle went live, at most those of ``ADPLAT_ALERT_LATELY_DAYS``;
    null while there is none.

        Attributes:
            by (str):
            changes (list[DeploymentOut]):
            days (list[OnlineDayOut]):
            judged (None | OnlineRowOut):
            judged_since (datetime.date | None):
            live (None | str):
            margin (float):
            rows (list[OnlineRowOut]):
            since (datetime.date):
            until (datetime.date):
    """

    by: str
    changes: list[DeploymentOut]
    days: list[OnlineDayOut]
    judged: None | OnlineRowOut
    judged_since: datetime.date | None
    live: None | str
    margin: float
    rows: list[OnlineRowOut]
    since: datetime.date
    until: datetime.date
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.deployment_out import DeploymentOut  # noqa: PLC0415
        from ..models.online_day_out import OnlineDayOut  # noqa: PLC0415
        from ..models.online_row_out import OnlineRowOut  # noqa: PLC0415

        by = self.by

        changes = []
        for changes_item_data in self.changes:
            changes_item = changes_item_data.to_dict()
            changes.append(changes_item)

        days = []
        for days_item_data in self.days:
            days_item = days_item_data.to_dict()
            days.append(days_item)

        judged: dict[str, Any] | None
        if isinstance(self.judged, OnlineRowOut):
            judged = self.judged.to_dict()
        else:
            judged = self.judged

        judged_since: None | str
        if isinstance(self.judged_since, datetime.date):
            judged_since = self.judged_since.isoformat()
        else:
            judged_since = self.judged_since

        live: None | str
        live = self.live

        margin = self.margin

        rows = []
        for rows_item_data in self.rows:
            rows_item = rows_item_data.to_dict()
            rows.append(rows_item)

        since = self.since.isoformat()

        until = self.until.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "by": by,
                "changes": changes,
                "days": days,
                "judged": judged,
                "judged_since": judged_since,
                "live": live,
                "margin": margin,
                "rows": rows,
                "since": since,
                "until": until,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.deployment_out import DeploymentOut  # noqa: PLC0415
        from ..models.online_day_out import OnlineDayOut  # noqa: PLC0415
        from ..models.online_row_out import OnlineRowOut  # noqa: PLC0415

        d = dict(src_dict)
        by = d.pop("by")

        changes = []
        _changes = d.pop("changes")
        for changes_item_data in _changes:
            changes_item = DeploymentOut.from_dict(changes_item_data)

            changes.append(changes_item)

        days = []
        _days = d.pop("days")
        for days_item_data in _days:
            days_item = OnlineDayOut.from_dict(days_item_data)

            days.append(days_item)

        def _parse_judged(data: object) -> None | OnlineRowOut:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                judged_type_0 = OnlineRowOut.from_dict(data)

                return judged_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | OnlineRowOut, data)

        judged = _parse_judged(d.pop("judged"))

        def _parse_judged_since(data: object) -> datetime.date | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                judged_since_type_0 = datetime.date.fromisoformat(data)

                return judged_since_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None, data)

        judged_since = _parse_judged_since(d.pop("judged_since"))

        def _parse_live(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        live = _parse_live(d.pop("live"))

        margin = d.pop("margin")

        rows = []
        _rows = d.pop("rows")
        for rows_item_data in _rows:
            rows_item = OnlineRowOut.from_dict(rows_item_data)

            rows.append(rows_item)

        since = datetime.date.fromisoformat(d.pop("since"))

        until = datetime.date.fromisoformat(d.pop("until"))

        online_out = cls(
            by=by,
            changes=changes,
            days=days,
            judged=judged,
            judged_since=judged_since,
            live=live,
            margin=margin,
            rows=rows,
            since=since,
            until=until,
        )

        online_out.additional_properties = d
        return online_out

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
