from enum import StrEnum


class CampaignStatus(StrEnum):
    DRAFT = "draft"
    ENDED = "ended"
    LIVE = "live"
    PAUSED = "paused"
    SCHEDULED = "scheduled"

    def __str__(self) -> str:
        return str(self.value)
