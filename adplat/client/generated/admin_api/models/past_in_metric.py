from enum import StrEnum


class PastInMetric(StrEnum):
    BUYERS = "buyers"
    CPA = "cpa"
    CPC = "cpc"
    CTR = "ctr"
    CVR = "cvr"
    ROAS = "roas"
    VALUE_PER_UNIT = "value_per_unit"

    def __str__(self) -> str:
        return str(self.value)
