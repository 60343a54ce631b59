from enum import StrEnum


class SendState(StrEnum):
    FAILED = "failed"
    NONE = "none"
    NOT_ALLOWED = "not_allowed"
    PARTLY = "partly"
    RETRYING = "retrying"
    SENT = "sent"

    def __str__(self) -> str:
        return str(self.value)
