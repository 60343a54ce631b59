"""What goes over the wire of orders of drafts, and of their release; and the form of a brief as a brief."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from adplat.data import mapping_from
from adplat.domain import ConfigRejected
from adplat.flows.draft_round import MOST_VARIANTS, DraftPlan
from services.admin.creative_schemas import DraftOut
from services.admin.forms import Form
from services.admin.refusals import refusal
from services.admin.wording import LANGUAGES
from services.admin.work_schemas import JobOut

FACTS = range(6)
"""Rows of facts that the form has."""
PLAIN = (
    "campaign_id", "brief_id", "product_en", "product_zh", "category", "brand", "palette", "banned_words",
    "landing_url", "special_category", "segment", "variants", "seed", "copywriter", "document",
)  # fmt: skip
OF_A_FACT = ("kind", "en", "zh", "proof", "price")


class OrderIn(BaseModel):
    """``brief`` as in ``adplat schema brief``; its pictures come beside it as base64 (PNG, JPEG, GIF or WebP)."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)
    brief: dict[str, Any]
    product_image: Annotated[str, Field(min_length=1, max_length=14 * 2**20)]
    logo_image: Annotated[str, Field(max_length=14 * 2**20)] = ""
    variants: Annotated[int, Field(ge=1, le=MOST_VARIANTS)] = 3
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0
    painter: Annotated[str, Field(max_length=256)] = "procedural"
    copywriter: Annotated[str, Field(max_length=256)] = "template"
    tries: Annotated[int, Field(ge=1, le=10)] = 3

    def plan(self) -> DraftPlan:
        """Raises ConfigRejected."""
        return DraftPlan(self.variants, self.seed, self.painter, self.copywriter, self.tries)


class ReleaseIn(BaseModel):
    """Approved ones; ``original_share`` null: as the settings say."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)
    drafts: Annotated[list[Annotated[str, Field(min_length=1, max_length=256)]], Field(min_length=1, max_length=100)]
    original_share: Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False)] | None = None


class OrderOut(JobOut):
    """``drafts``: what came of it, as it is now. ``nobody_takes``: it waits, and no living worker takes such orders."""

    drafts: list[DraftOut]
    nobody_takes: bool


def brief_of(form: Form, advertiser_id: str, currency: str, brief_id: str) -> dict[str, Any]:
    """The brief that a form tells, by its fields or as a whole document. Raises ConfigRejected."""
    if form.text("document"):
        return mapping_from(form.fields["document"], where="document")
    names = {code: form.text(f"product_{code}") for code in ("en", "zh") if form.text(f"product_{code}")}
    told: dict[str, Any] = {
        "brief_id": form.text("brief_id") or brief_id,
        "advertiser_id": advertiser_id,
        "campaign_id": form.text("campaign_id"),
        "product": {"names": names, "category": form.text("category")},
        "facts": [fact for number in FACTS if (fact := _fact(form, number, currency))],
        "brand": {
            "name": form.text("brand"),
            "palette": list(form.listed("palette")),
            "banned_words": list(form.listed("banned_words")),
        },
        "placements": list(form.every("placement")),
        "languages": list(form.every("language")),
        "landing_url": form.text("landing_url"),
        "segment": _segment(form),
    }
    return told | ({"special_category": form.text("special_category")} if form.text("special_category") else {})


def require_filled(form: Form) -> None:
    """What no brief can do without, all of it in one sentence. Raises ConfigRejected.

    A whole document is checked as such, and needs but its picture here.
    """
    filled: dict[str, object] = {"product_image": form.file("product_image")}
    if not form.text("document"):
        languages = [one for one in form.every("language") if one in LANGUAGES]
        filled = {
            "campaign": form.text("campaign_id"),
            **{f"product_{code}": form.text(f"product_{code}") for code in languages},
            **filled,
            **{f"facts_{code}": any(form.text(f"fact_{code}_{row}") for row in FACTS) for code in languages},
            "brand_name": form.text("brand"),
            "palette": form.listed("palette"),
            "languages": languages,
            "placements": form.every("placement"),
        }
    missing = [f":{word}" for word, told in filled.items() if not told]
    if missing:
        raise refusal("form_fields_missing", "", fields=",".join(missing))


def plan_of(form: Form) -> DraftPlan:
    """Raises ConfigRejected."""
    return DraftPlan(
        _whole(form, "variants", 3), _whole(form, "seed", 0), copywriter=form.text("copywriter") or "template"
    )


def _fact(form: Form, number: int, currency: str) -> dict[str, Any] | None:
    texts = {code: form.text(f"fact_{code}_{number}") for code in ("en", "zh") if form.text(f"fact_{code}_{number}")}
    if not texts:
        return None
    told: dict[str, Any] = {
        "fact_id": f"fact-{number + 1}",
        "texts": texts,
        "proof": form.text(f"fact_proof_{number}"),
        "kind": form.text(f"fact_kind_{number}") or "feature",
    }
    price_micros = form.micros(f"fact_price_{number}")
    return told if price_micros is None else told | {"price": {"amount_micros": price_micros, "currency": currency}}


def _segment(form: Form) -> Mapping[str, str]:
    found = {}
    for told in form.listed("segment"):
        name, equal, value = told.partition("=")
        if not equal or not name.strip() or not value.strip():
            raise ConfigRejected(
                f"{told[:40]!r} is no part of a segment", where="segment", hint="write gender=f, age=3"
            )
        found[name.strip()] = value.strip()
    return found


def _whole(form: Form, name: str, usual: int) -> int:
    told = form.text(name)
    if not told:
        return usual
    if not (told.isascii() and told.isdigit() and len(told) <= 10):
        raise ConfigRejected(f"{told[:20]!r} is no number", where=name, hint="write it in digits")
    return int(told)
