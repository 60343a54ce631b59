from enum import StrEnum


class BidStrategyKind(StrEnum):
    CPM = "cpm"
    MAX_CPC = "max_cpc"
    TARGET_CPA = "target_cpa"
    TARGET_ROAS = "target_roas"

    def __str__(self) -> str:
        return str(self.value)
