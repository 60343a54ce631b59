from enum import StrEnum


class PlannedMetricInKind(StrEnum):
    MEAN = "mean"
    PROPORTION = "proportion"
    RATIO = "ratio"

    def __str__(self) -> str:
        return str(self.value)
