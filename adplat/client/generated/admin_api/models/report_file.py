from enum import StrEnum


class ReportFile(StrEnum):
    CSV = "csv"
    PARQUET = "parquet"
    PDF = "pdf"
    XLSX = "xlsx"

    def __str__(self) -> str:
        return str(self.value)
