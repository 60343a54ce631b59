from enum import StrEnum


class CountedUsers(StrEnum):
    ACTED = "acted"
    SHOWN = "shown"

    def __str__(self) -> str:
        return str(self.value)
