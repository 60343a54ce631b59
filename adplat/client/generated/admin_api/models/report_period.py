from enum import StrEnum


class ReportPeriod(StrEnum):
    FIXED = "fixed"
    LAST_30_DAYS = "last_30_days"
    LAST_7_DAYS = "last_7_days"
    LAST_MONTH = "last_month"
    MONTH_TO_DATE = "month_to_date"
    YESTERDAY = "yesterday"

    def __str__(self) -> str:
        return str(self.value)
