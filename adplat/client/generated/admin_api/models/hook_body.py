from enum import StrEnum


class HookBody(StrEnum):
    FILE = "file"
    JSON = "json"

    def __str__(self) -> str:
        return str(self.value)
