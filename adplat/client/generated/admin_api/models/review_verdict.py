from enum import StrEnum


class ReviewVerdict(StrEnum):
    FAIL = "fail"
    HOLD = "hold"
    PASS = "pass"

    def __str__(self) -> str:
        return str(self.value)
