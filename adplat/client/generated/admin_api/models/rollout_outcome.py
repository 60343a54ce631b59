from enum import StrEnum


class RolloutOutcome(StrEnum):
    CANCELLED = "cancelled"
    DONE = "done"
    FAILED = "failed"
    REFUSED = "refused"
    RUNNING = "running"
    WAITING = "waiting"

    def __str__(self) -> str:
        return str(self.value)
