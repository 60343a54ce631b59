from enum import StrEnum


class PlanInAlternative(StrEnum):
    GREATER = "greater"
    LESS = "less"
    TWO_SIDED = "two-sided"

    def __str__(self) -> str:
        return str(self.value)
