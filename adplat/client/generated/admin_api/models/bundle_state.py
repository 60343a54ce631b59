from enum import StrEnum


class BundleState(StrEnum):
    LIVE = "live"
    REGISTERED = "registered"
    RETIRED = "retired"

    def __str__(self) -> str:
        return str(self.value)
