"""What a form of a page sent: fields of text, and files."""

from __future__ import annotations

import email.policy
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from email.parser import BytesParser
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, Request

from adplat.domain import MICROS_PER_UNIT, ConfigRejected
from adplat.domain.reports import FIRST_YEAR, LAST_YEAR
from adplat.flows.edit_campaigns import LARGEST_MICROS
from services.admin.refusals import refusal

_MOST_FIELDS = 200
_MICRO = Decimal(1) / MICROS_PER_UNIT
TOKEN = "form_token"  # noqa: S105 - the name of a field


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file that was chosen in a field; ``file_name`` is only what it claims to be."""

    field: str
    content: bytes
    file_name: str


@dataclass(frozen=True, slots=True)
class Form:
    """Fields by name, the last of a name; ``pairs`` has all of them, for boxes to tick. The last file stands alone."""

    fields: dict[str, str]
    content: bytes = b""
    file_name: str = ""
    pairs: Sequence[tuple[str, str]] = ()
    files: Sequence[SentFile] = ()

    def every(self, name: str) -> tuple[str, ...]:
        """All values of fields of this name, in order, without those that are empty."""
        return tuple(told.strip() for one, told in self.pairs if one == name and told.strip())

    def of(self, names: Iterable[str]) -> list[tuple[str, str]]:
        """The fields of these names, of a filter that a form carries along."""
        return [(name, value) for name, value in self.pairs if name in names]

    def file(self, field: str) -> bytes:
        """What was chosen in a field; empty where nothing was. Raises ConfigRejected for a file of no bytes."""
        chosen = next((one for one in self.files if one.field == field), None)
        if chosen is not None and not chosen.content:
            raise ConfigRejected(
                f"{chosen.file_name!r} is an empty file", where=field, hint="choose the picture itself, or no file"
            )
        return b"" if chosen is None else chosen.content

    def text(self, name: str) -> str:
        """Without white space round it; empty where it is not there."""
        return self.fields.get(name, "").strip()

    def listed(self, name: str) -> tuple[str, ...]:
        """Words between commas."""
        return tuple(word for one in self.text(name).replace("，", ",").split(",") if (word := one.strip()))

    def many(self, name: str) -> tuple[str, ...]:
        """All that were chosen under one name; none that is empty."""
        return tuple(told for one, value in self.pairs if one == name and (told := value.strip()))

    def number(self, name: str) -> float | None:
        """A finite number such as ``0.05``; ``None`` where none is told. Raises ConfigRejected."""
        told = self.text(name).replace(",", "")
        if not told:
            return None
        try:
            value = float(told)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise ConfigRejected(f"{told[:40]!r} is no number", where=name, hint="write it as 0.05")
        return value

    def micros(self, name: str) -> int | None:
        """An amount such as ``12.50``, in millionths; ``None`` where none is told. Raises ConfigRejected."""
        told = self.text(name).replace(",", "")
        if not told:
            return None
        try:
            amount = Decimal(told)
        except InvalidOperation:
            amount = Decimal("NaN")
        if not amount.is_finite():
            raise refusal("form_no_amount", name, amount=told[:40])
        if amount < 0:
            raise refusal("form_amount_below_zero", name, amount=told[:40])
        if amount > LARGEST_MICROS // MICROS_PER_UNIT:
            raise refusal(
                "form_amount_too_large", name, amount=told[:40], most=f"{LARGEST_MICROS // MICROS_PER_UNIT:,}"
            )
        if amount != amount.quantize(_MICRO):
            raise refusal("form_amount_too_fine", name, amount=told[:40])
        return int(amount * MICROS_PER_UNIT)

    def require_sure(self, status: str) -> None:
        """Of a step to a status that nothing follows: its box is ticked. Raises ConfigRejected."""
        if not self.text("sure"):
            raise refusal("form_not_sure", "", status=f":{status}")

    def moment(self, name: str) -> datetime | None:
        """Of a field for date and time, as UTC; ``None`` where none is told. Raises ConfigRejected."""
        told = self.text(name)
        if not told:
            return None
        try:
            found = datetime.fromisoformat(told).replace(tzinfo=UTC)
        except ValueError:
            raise ConfigRejected(
                f"{told[:40]!r} is no moment", where=name, hint="write it as 2027-06-01T00:00"
            ) from None
        if not FIRST_YEAR <= found.year <= LAST_YEAR:
            raise refusal("form_year_too_far", name, first=str(FIRST_YEAR), last=str(LAST_YEAR))
        return found


async def form_of(request: Request) -> Form:
    """Raises ConfigRejected for what is no form."""
    kind, body = request.headers.get("content-type", ""), await request.body()
    if kind.partition(";")[0].strip().lower() == "multipart/form-data":
        return _of_parts(kind, body)
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict")
    except ValueError:
        raise ConfigRejected("this is no form", where="body", hint="send it from the page") from None
    return Form(dict(pairs), pairs=tuple(pairs))


def _of_parts(kind: str, body: bytes) -> Form:
    # The parser of e-mails knows multipart bodies (RFC 7578 is RFC 2046 with names); it changes no byte of a part.
    head = b"content-type: " + kind.encode("latin-1", "replace") + b"\r\n\r\n"
    message = BytesParser(policy=email.policy.HTTP).parsebytes(head + body)
    pairs: list[tuple[str, str]] = []
    files: list[SentFile] = []
    parts = list(message.iter_parts()) if message.is_multipart() else []
    if len(parts) > _MOST_FIELDS:
        raise ConfigRejected("too many fields", where="body", hint="send it from the page")
    for part in parts:
        told = part.get_payload(decode=True)
        name = part.get_param("name", header="content-disposition")
        if not isinstance(told, bytes) or not isinstance(name, str):
            continue
        file = part.get_filename()
        if file is None:
            pairs.append((name, told.decode("utf-8", "replace")))
        elif told or file:  # a field in which nothing was chosen is sent as a file of no bytes and no name
            files.append(SentFile(name, told, file[:256]))
    last = files[-1] if files else SentFile("", b"", "")
    return Form(dict(pairs), last.content, last.file_name, pairs, files)


Sent = Annotated[Form, Depends(form_of)]
"""Of a handler of a page: the form."""
