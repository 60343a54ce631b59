from enum import StrEnum


class Role(StrEnum):
    ADMIN = "admin"
    ADVERTISER = "advertiser"
    ANALYST = "analyst"
    OPERATOR = "operator"
    READ_ONLY = "read-only"

    def __str__(self) -> str:
        return str(self.value)
