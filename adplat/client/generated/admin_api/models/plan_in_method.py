from enum import StrEnum


class PlanInMethod(StrEnum):
    FIXED = "fixed"
    GROUP_SEQUENTIAL = "group-sequential"
    SEQUENTIAL = "sequential"

    def __str__(self) -> str:
        return str(self.value)
