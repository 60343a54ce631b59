from enum import StrEnum


class AlertLevel(StrEnum):
    BAD = "bad"
    WARN = "warn"

    def __str__(self) -> str:
        return str(self.value)
