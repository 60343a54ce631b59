from enum import StrEnum


class RolloutDeed(StrEnum):
    CHECK = "check"
    PROMOTE = "promote"
    ROLLBACK = "rollback"
    SHADOW = "shadow"
    SHADOW_OFF = "shadow off"
    SHADOW_REPORT = "shadow report"

    def __str__(self) -> str:
        return str(self.value)
