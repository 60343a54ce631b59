from enum import StrEnum


class AlertKind(StrEnum):
    AHEAD_OF_PACE = "ahead_of_pace"
    BEHIND_PACE = "behind_pace"
    BUDGET_ENDED = "budget_ended"
    CREATIVES_HELD = "creatives_held"
    EXPERIMENT_INVALID = "experiment_invalid"
    FORECAST_MISSED = "forecast_missed"
    JOBS_UNTAKEN = "jobs_untaken"
    NOTHING_COUNTED = "nothing_counted"
    NO_DELIVERY = "no_delivery"
    PCOC_OFF = "pcoc_off"
    SAMPLE_RATIO = "sample_ratio"

    def __str__(self) -> str:
        return str(self.value)
