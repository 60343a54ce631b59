"""What goes over the wire, strict on the way in; what the domain refuses, it says itself. This is what all share."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Generic, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from adplat.domain.reports import FIRST_YEAR, LAST_YEAR


def _planned_for(moment: datetime) -> datetime:
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        years = {"first": FIRST_YEAR, "last": LAST_YEAR}
        raise PydanticCustomError("moment_too_far", "give a moment in the years {first} to {last}", years)
    return moment


Moment = Annotated[AwareDatetime, AfterValidator(_planned_for)]
"""Of a body: with its time zone, in a year that somebody may plan for."""
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
