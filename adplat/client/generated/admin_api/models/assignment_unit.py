from enum import StrEnum


class AssignmentUnit(StrEnum):
    REQUEST = "request"
    USER = "user"

    def __str__(self) -> str:
        return str(self.value)
