"""What goes over the wire, strict on the way in; what the domain refuses, it says itself. This is what all share."""

from __future__ import annotations

from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

Item = TypeVar("Item")
Name = Annotated[str, Field(min_length=1, max_length=256)]


class Body(BaseModel):
    """What is sent in: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", strict=False, hide_input_in_errors=True)


class PageOut(BaseModel, Generic[Item]):
    """``next`` is the cursor of the page after, null at the end."""

    items: list[Item]
    next: str | None


class HealthOut(BaseModel):
    status: str
    version: str
