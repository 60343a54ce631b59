from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.hook_body import HookBody
from ..models.report_file import ReportFile
from ..types import UNSET, Unset
from typing import cast

if TYPE_CHECKING:
    from ..models.times_body import TimesBody


T = TypeVar("T", bound="ScheduleIn")


@_attrs_define
class ScheduleIn:
    """``recipients`` of e-mail, a ``webhook``, or both.

    Attributes:
        report_id (str):
        times (TimesBody): At an hour of a day, a weekday (0: Monday), or a day of the month (of shorter ones the last).
        body (HookBody | Unset): What a webhook is sent: the report's document as JSON, or the file.
        file (ReportFile | Unset): What a report can be taken away as.
        language (str | Unset):  Default: 'en'.
        recipients (list[str] | Unset):
        webhook (str | Unset):  Default: ''.
    """

    report_id: str
    times: TimesBody
    body: HookBody | Unset = UNSET
    file: ReportFile | Unset = UNSET
    language: str | Unset = "en"
    recipients: list[str] | Unset = UNSET
    webhook: str | Unset = ""

    def to_dict(self) -> dict[str, Any]:
        from ..models.times_body import TimesBody  # noqa: PLC0415

        report_id = self.report_id

        times = self.times.to_dict()

        body: str | Unset = UNSET
        if not isinstance(self.body, Unset):
            body = self.body.value

        file: str | Unset = UNSET
        if not isinstance(self.file, Unset):
            file = self.file.value

        language = self.language

        recipients: list[str] | Unset = UNSET
        if not isinstance(self.recipients, Unset):
            recipients = self.recipients

        webhook = self.webhook

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "report_id": report_id,
                "times": times,
            }
        )
        if body is not UNSET:
            field_dict["body"] = body
        if file is not UNSET:
            field_dict["file"] = file
        if language is not UNSET:
            field_dict["language"] = language
        if recipients is not UNSET:
            field_dict["recipients"] = recipients
        if webhook is not UNSET:
            field_dict["webhook"] = webhook

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.times_body import TimesBody  # noqa: PLC0415

        d = dict(src_dict)
        report_id = d.pop("report_id")

        times = TimesBody.from_dict(d.pop("times"))

        _body = d.pop("body", UNSET)
        body: HookBody | Unset
        if isinstance(_body, Unset):
            body = UNSET
        else:
            body = HookBody(_body)

        _file = d.pop("file", UNSET)
        file: ReportFile | Unset
        if isinstance(_file, Unset):
            file = UNSET
        else:
            file = ReportFile(_file)

        language = d.pop("language", UNSET)

        recipients = cast(list[str], d.pop("recipients", UNSET))

        webhook = d.pop("webhook", UNSET)

        schedule_in = cls(
            report_id=report_id,
            times=times,
            body=body,
            file=file,
            language=language,
            recipients=recipients,
            webhook=webhook,
        )

        return schedule_in
