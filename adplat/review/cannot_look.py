"""Why a rule could not look."""

from __future__ import annotations


class CannotLook(Exception):
    """Raised by a rule where it lacks what it needs; ``reason`` is for a person, without a full stop."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)
