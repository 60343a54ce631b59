"""The lake's impressions as units of a test: who saw which arm first, what came of it, and the sums of every arm.

SQL on DuckDB, in memory, over the Parquet files as they lie. Names of columns are looked up in the files' own schema
before they stand in a query, and every value is bound: nothing that a person writes is ever read as SQL.
"""

from adplat.data.exposures.question import ExposureQuestion, TrafficRules, Value
from adplat.data.exposures.tables import Ages, ExposureTables, open_exposures
from adplat.data.exposures.unit_sums import UnitSums
from adplat.data.exposures.units import STATUS

__all__ = [
    "STATUS",
    "Ages",
    "ExposureQuestion",
    "ExposureTables",
    "TrafficRules",
    "UnitSums",
    "Value",
    "open_exposures",
]
