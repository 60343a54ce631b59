from enum import StrEnum


class Waits(StrEnum):
    CREATIVE = "creative"
    DRAFT = "draft"

    def __str__(self) -> str:
        return str(self.value)
