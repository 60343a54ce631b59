from enum import StrEnum


class PeriodName(StrEnum):
    MONTH = "month"
    VALUE_0 = "7d"
    VALUE_1 = "28d"

    def __str__(self) -> str:
        return str(self.value)
