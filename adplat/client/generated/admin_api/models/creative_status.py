from enum import StrEnum


class CreativeStatus(StrEnum):
    APPROVED = "approved"
    DRAFTED = "drafted"
    HELD = "held"
    LIVE = "live"
    PAUSED = "paused"
    REJECTED = "rejected"
    RETIRED = "retired"

    def __str__(self) -> str:
        return str(self.value)
