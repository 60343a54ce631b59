from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.hook_body import HookBody
from ..models.report_file import ReportFile
from ..models.send_state import SendState
from typing import cast
import datetime

if TYPE_CHECKING:
    from ..models.times_body import TimesBody


T = TypeVar("T", bound="ScheduleOut")


@_attrs_define
class ScheduleOut:
    """``next_at`` null: switched off. ``state``, ``told`` and ``last_at`` are of the latest sending.

    Attributes:
        advertiser_id (None | str):
        body (HookBody): What a webhook is sent: the report's document as JSON, or the file.
        created (datetime.datetime):
        file (ReportFile): What a report can be taken away as.
        is_on (bool):
        language (str):
        last_at (datetime.datetime | None):
        next_at (datetime.datetime | None):
        owner (str):
        recipients (list[str]):
        report_id (str):
        schedule_id (str):
        secret_number (int):
        state (SendState): How the latest sending stands: none yet, all was sent, some of it, nothing, or it is tried
            again.
        times (TimesBody): At an hour of a day, a weekday (0: Monday), or a day of the month (of shorter ones the last).
        told (str):
        webhook (str):
    """

    advertiser_id: None | str
    body: HookBody
    created: datetime.datetime
    file: ReportFile
    is_on: bool
    language: str
    last_at: datetime.datetime | None
    next_at: datetime.datetime | None
    owner: str
    recipients: list[str]
    report_id: str
    schedule_id: str
    secret_number: int
    state: SendState
    times: TimesBody
    told: str
    webhook: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.times_body import TimesBody  # noqa: PLC0415

        advertiser_id: None | str
        advertiser_id = self.advertiser_id

        body = self.body.value

        created = self.created.isoformat()

        file = self.file.value

        is_on = self.is_on

        language = self.language

        last_at: None | str
        if isinstance(self.last_at, datetime.datetime):
            last_at = self.last_at.isoformat()
        else:
            last_at = self.last_at

        next_at: None | str
        if isinstance(self.next_at, datetime.datetime):
            next_at = self.next_at.isoformat()
        else:
            next_at = self.next_at

        owner = self.owner

        recipients = self.recipients

        report_id = self.report_id

        schedule_id = self.schedule_id

        secret_number = self.secret_number

        state = self.state.value

        times = self.times.to_dict()

        told = self.told

        webhook = self.webhook

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "advertiser_id": advertiser_id,
                "body": body,
                "created": created,
                "file": file,
                "is_on": is_on,
                "language": language,
                "last_at": last_at,
                "next_at": next_at,
                "owner": owner,
                "recipients": recipients,
                "report_id": report_id,
                "schedule_id": schedule_id,
                "secret_number": secret_number,
                "state": state,
                "times": times,
                "told": told,
                "webhook": webhook,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.times_body import TimesBody  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_advertiser_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        advertiser_id = _parse_advertiser_id(d.pop("advertiser_id"))

        body = HookBody(d.pop("body"))

        created = datetime.datetime.fromisoformat(d.pop("created"))

        file = ReportFile(d.pop("file"))

        is_on = d.pop("is_on")

        language = d.pop("language")

        def _parse_last_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                last_at_type_0 = datetime.datetime.fromisoformat(data)

                return last_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        last_at = _parse_last_at(d.pop("last_at"))

        def _parse_next_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                next_at_type_0 = datetime.datetime.fromisoformat(data)

                return next_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        next_at = _parse_next_at(d.pop("next_at"))

        owner = d.pop("owner")

        recipients = cast(list[str], d.pop("recipients"))

        report_id = d.pop("report_id")

        schedule_id = d.pop("schedule_id")

        secret_number = d.pop("secret_number")

        state = SendState(d.pop("state"))

        times = TimesBody.from_dict(d.pop("times"))

        told = d.pop("told")

        webhook = d.pop("webhook")

        schedule_out = cls(
            advertiser_id=advertiser_id,
            body=body,
            created=created,
            file=file,
            is_on=is_on,
            language=language,
            last_at=last_at,
            next_at=next_at,
            owner=owner,
            recipients=recipients,
            report_id=report_id,
            schedule_id=schedule_id,
            secret_number=secret_number,
            state=state,
            times=times,
            told=told,
            webhook=webhook,
        )

        schedule_out.additional_properties = d
        return schedule_out

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
