from enum import StrEnum


class ExperimentPlanInAlternative(StrEnum):
    GREATER = "greater"
    LESS = "less"
    TWO_SIDED = "two-sided"

    def __str__(self) -> str:
        return str(self.value)
