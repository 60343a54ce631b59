from enum import StrEnum


class Dimension(StrEnum):
    ADVERTISER = "advertiser"
    CAMPAIGN = "campaign"
    CREATIVE = "creative"
    DAY = "day"
    HOUR = "hour"
    PLACEMENT = "placement"

    def __str__(self) -> str:
        return str(self.value)
