from enum import StrEnum


class ExperimentState(StrEnum):
    DECIDED = "decided"
    DRAFT = "draft"
    RUNNING = "running"
    STOPPED = "stopped"

    def __str__(self) -> str:
        return str(self.value)
