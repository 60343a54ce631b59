"""Under which licence the weights of image models stand, and whether an advertiser may use what they paint.

The table is short on purpose. Of all other models the operator says it, and answers for it.
"""

from __future__ import annotations

from dataclasses import dataclass

from adplat.domain import ConfigRejected


@dataclass(frozen=True, slots=True)
class Licence:
    """``commercial``: whether commercial use of the outputs is allowed; ``read_at``: where that was read."""

    name: str
    commercial: bool
    read_at: str


_RAIL = Licence("CreativeML Open RAIL++-M", True, "its text of 26 July 2023: any use but those it lists (Attachment A)")
_APACHE_FLUX = Licence("Apache-2.0", True, "https://github.com/black-forest-labs/flux (model table)")
_APACHE_FLUX_2 = Licence("Apache-2.0", True, "https://github.com/black-forest-labs/flux2 (model table)")
_FLUX_DEV = Licence("FLUX.1 [dev] Non-Commercial", False, "https://github.com/black-forest-labs/flux (model table)")
_FLUX_2_DEV = Licence("FLUX non-commercial", False, "https://github.com/black-forest-labs/flux2 (model table)")
_TURBO = Licence("Stability AI, non-commercial", False, "https://huggingface.co/stabilityai/sdxl-turbo (card)")

KNOWN = {
    "stabilityai/stable-diffusion-xl-base-1.0": _RAIL,
    "black-forest-labs/FLUX.1-schnell": _APACHE_FLUX,
    "black-forest-labs/FLUX.2-klein-4B": _APACHE_FLUX_2,
    "black-forest-labs/FLUX.2-klein-9B": _FLUX_2_DEV,
    "black-forest-labs/FLUX.2-dev": _FLUX_2_DEV,
    "black-forest-labs/FLUX.1-dev": _FLUX_DEV,
    "black-forest-labs/FLUX.1-Fill-dev": _FLUX_DEV,
    "black-forest-labs/FLUX.1-Canny-dev": _FLUX_DEV,
    "black-forest-labs/FLUX.1-Depth-dev": _FLUX_DEV,
    "black-forest-labs/FLUX.1-Redux-dev": _FLUX_DEV,
    "black-forest-labs/FLUX.1-Kontext-dev": _FLUX_DEV,
    "stabilityai/sdxl-turbo": _TURBO,
}
"""By hub id, as the owners name them."""


def licence_of(model: str, told: str = "", told_commercial: bool | None = None) -> Licence:
    """The licence of a model, or a refusal. Raises ConfigRejected.

    Args:
        model: hub id or folder.
        told: the licence as the operator names it; needed where the model is not known here.
        told_commercial: what the operator says of commercial use. It is believed, also against the table (a licence
            may have been bought), and then stands with the operator's name for it in the draft's provenance.
    """
    known = KNOWN.get(model)
    if told and told_commercial:
        return Licence(told, True, "told by the operator")
    if known is not None and known.commercial:
        return known
    name = told or (known.name if known else "")
    if not name:
        raise ConfigRejected(
            "nothing is known of the licence of this image model",
            where=model,
            hint="read it, then give diffusers:FILE.yaml, a file of settings with model, licence and commercial_use",
        )
    raise ConfigRejected(
        f"the weights of this image model are not free for commercial use ({name})",
        where=model,
        hint="take another model, or set licence and commercial_use: true where you hold a licence for it",
    )
