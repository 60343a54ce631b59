from enum import StrEnum


class AlertSubject(StrEnum):
    ADVERTISER = "advertiser"
    CAMPAIGN = "campaign"
    EXPERIMENT = "experiment"
    FORECAST = "forecast"
    JOBS = "jobs"
    MODEL = "model"
    WORKSPACE = "workspace"

    def __str__(self) -> str:
        return str(self.value)
