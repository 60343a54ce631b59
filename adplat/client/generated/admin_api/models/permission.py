from enum import StrEnum


class Permission(StrEnum):
    APPROVE = "approve"
    BID = "bid"
    DRAFT = "draft"
    FORECAST = "forecast"
    RANK = "rank"
    RECORD = "record"
    SCORE = "score"
    WATCH = "watch"

    def __str__(self) -> str:
        return str(self.value)
