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


T = TypeVar("T", bound="ScheduleChanges")


@_attrs_define
class ScheduleChanges:
    """What is left out stays.

    Attributes:
        body (HookBody | None | Unset):
        file (None | ReportFile | Unset):
        is_on (bool | None | Unset):
        language (None | str | Unset):
        recipients (list[str] | None | Unset):
        times (None | TimesBody | Unset):
        webhook (None | str | Unset):
    """

    body: HookBody | None | Unset = UNSET
    file: None | ReportFile | Unset = UNSET
    is_on: bool | None | Unset = UNSET
    language: None | str | Unset = UNSET
    recipients: list[str] | None | Unset = UNSET
    times: None | TimesBody | Unset = UNSET
    webhook: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.times_body import TimesBody  # noqa: PLC0415

        body: None | str | Unset
        if isinstance(self.body, Unset):
            body = UNSET
        elif isinstance(self.body, HookBody):
            body = self.body.value
        else:
            body = self.body

        file: None | str | Unset
        if isinstance(self.file, Unset):
            file = UNSET
        elif isinstance(self.file, ReportFile):
            file = self.file.value
        else:
            file = self.file

        is_on: bool | None | Unset
        if isinstance(self.is_on, Unset):
            is_on = UNSET
        else:
            is_on = self.is_on

        language: None | str | Unset
        if isinstance(self.language, Unset):
            language = UNSET
        else:
            language = self.language

        recipients: list[str] | None | Unset
        if isinstance(self.recipients, Unset):
            recipients = UNSET
        elif isinstance(self.recipients, list):
            recipients = self.recipients

        else:
            recipients = self.recipients

        times: dict[str, Any] | None | Unset
        if isinstance(self.times, Unset):
            times = UNSET
        elif isinstance(self.times, TimesBody):
            times = self.times.to_dict()
        else:
            times = self.times

        webhook: None | str | Unset
        if isinstance(self.webhook, Unset):
            webhook = UNSET
        else:
            webhook = self.webhook

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if body is not UNSET:
            field_dict["body"] = body
        if file is not UNSET:
            field_dict["file"] = file
        if is_on is not UNSET:
            field_dict["is_on"] = is_on
        if language is not UNSET:
            field_dict["language"] = language
        if recipients is not UNSET:
            field_dict["recipients"] = recipients
        if times is not UNSET:
            field_dict["times"] = times
        if webhook is not UNSET:
            field_dict["webhook"] = webhook

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.times_body import TimesBody  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_body(data: object) -> HookBody | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                body_type_0 = HookBody(data)

                return body_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(HookBody | None | Unset, data)

        body = _parse_body(d.pop("body", UNSET))

        def _parse_file(data: object) -> None | ReportFile | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                file_type_0 = ReportFile(data)

                return file_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ReportFile | Unset, data)

        file = _parse_file(d.pop("file", UNSET))

        def _parse_is_on(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        is_on = _parse_is_on(d.pop("is_on", UNSET))

        def _parse_language(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        language = _parse_language(d.pop("language", UNSET))

        def _parse_recipients(data: object) -> list[str] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                recipients_type_0 = cast(list[str], data)

                return recipients_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None | Unset, data)

        recipients = _parse_recipients(d.pop("recipients", UNSET))

        def _parse_times(data: object) -> None | TimesBody | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                times_type_0 = TimesBody.from_dict(data)

                return times_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | TimesBody | Unset, data)

        times = _parse_times(d.pop("times", UNSET))

        def _parse_webhook(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        webhook = _parse_webhook(d.pop("webhook", UNSET))

        schedule_changes = cls(
            body=body,
            file=file,
            is_on=is_on,
            language=language,
            recipients=recipients,
            times=times,
            webhook=webhook,
        )

        return schedule_changes
