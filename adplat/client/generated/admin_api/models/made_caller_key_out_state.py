from enum import StrEnum


class MadeCallerKeyOutState(StrEnum):
    EXPIRED = "expired"
    HOLDS = "holds"
    REVOKED = "revoked"

    def __str__(self) -> str:
        return str(self.value)
