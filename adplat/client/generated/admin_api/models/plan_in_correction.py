from enum import StrEnum


class PlanInCorrection(StrEnum):
    BH = "bh"
    HOLM = "holm"
    NONE = "none"

    def __str__(self) -> str:
        return str(self.value)
