"""The US privacy string of four characters, such as ``1YNN``.

Source: IAB Tech Lab, "U.S. Privacy String", version 1 (github.com/InteractiveAdvertisingBureau/USPrivacy).
"""

from __future__ import annotations

from dataclasses import dataclass

_ANSWERS = {"Y": True, "N": False, "-": None}


@dataclass(frozen=True, slots=True)
class UsPrivacy:
    """``None`` where the string has a hyphen: does not apply, or not known.

    Args:
        notice_given: the user was told and could opt out.
        opted_out_of_sale: the user did.
        service_provider_terms: the seller declares the limited service provider agreement.
    """

    notice_given: bool | None
    opted_out_of_sale: bool | None
    service_provider_terms: bool | None


def read_us_privacy(text: str) -> UsPrivacy | None:
    """``None`` when it is not readable."""
    version, answers = text[:1], text[1:].upper()
    if version != "1" or len(answers) != 3 or any(answer not in _ANSWERS for answer in answers):
        return None
    return UsPrivacy(*(_ANSWERS[answer] for answer in answers))
