"""Card
This room:   logs and catalogues in, checked columnar tables out: formats, schemas, lake, sums, splits, quality report.
May import:  statistics, privacy, market, domain.
Must not:    turn columns into model inputs; reach a database server or Redis; print.
Called by:   features, engines, storage, flows, bootstrap.
Tests:       tests/data/

Names are loaded when first asked for: reading a YAML file must not cost the import of Polars.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from adplat.data.atomic import building_folder, write_bytes
from adplat.data.configs import as_config, configs_folder, mapping_from, read_config, read_yaml
from adplat.data.data_config import DataConfig
from adplat.data.documents import read_document
from adplat.data.placement_files import load_placements
from adplat.data.schema_file import read_feature_schema, write_feature_schema

if TYPE_CHECKING:
    from adplat.data.check_report import CheckReport, Section, render_check_text
    from adplat.data.choice_join import choices_of
    from adplat.data.exposures import (
        STATUS,
        Ages,
        ExposureQuestion,
        ExposureTables,
        TrafficRules,
        UnitSums,
        open_exposures,
    )
    from adplat.data.exposures.auctions import AuctionCount, auction_counts
    from adplat.data.exposures.audience import audience_rows, user_attributes
    from adplat.data.exposures.choice_shares import ChoiceShare, choice_shares
    from adplat.data.importers import IMPORTERS, Importer, ImportSummary
    from adplat.data.importers.libfm import import_libfm
    from adplat.data.importers.open_bandit import import_open_bandit
    from adplat.data.importers.table import import_table
    from adplat.data.lake import Lake
    from adplat.data.lake_reading import reading_lake
    from adplat.data.opportunities import OpportunityRows, read_opportunities
    from adplat.data.outcome_join import join_outcomes, rows_with_outcomes, training_rows
    from adplat.data.quality import check_folder
    from adplat.data.report_parquet import parquet_bytes
    from adplat.data.row_stream import RowStream, open_row_stream
    from adplat.data.schema_fit import require_columns
    from adplat.data.splits import split_by_time, split_in_halves
    from adplat.data.table_writing import TableWriter, table_writer, write_table
    from adplat.data.tables import read_table, scan_rows
    from adplat.data.training_folder import Tables, load_side_tables, load_training_tables
    from adplat.data.usable_values import refuse_unfinite
    from adplat.data.world_rows import write_world_rows

_HOMES = {
    "STATUS": "exposures",
    "Ages": "exposures",
    "ExposureQuestion": "exposures",
    "ExposureTables": "exposures",
    "TrafficRules": "exposures",
    "UnitSums": "exposures",
    "open_exposures": "exposures",
    "IMPORTERS": "importers",
    "CheckReport": "check_report",
    "ImportSummary": "importers",
    "Importer": "importers",
    "Lake": "lake",
    "OpportunityRows": "opportunities",
    "RowStream": "row_stream",
    "Section": "check_report",
    "TableWriter": "table_writing",
    "Tables": "training_folder",
    "AuctionCount": "exposures.auctions",
    "auction_counts": "exposures.auctions",
    "audience_rows": "exposures.audience",
    "user_attributes": "exposures.audience",
    "check_folder": "quality",
    "ChoiceShare": "exposures.choice_shares",
    "choice_shares": "exposures.choice_shares",
    "choices_of": "choice_join",
    "import_libfm": "importers.libfm",
    "import_open_bandit": "importers.open_bandit",
    "import_table": "importers.table",
    "load_side_tables": "training_folder",
    "load_training_tables": "training_folder",
    "open_row_stream": "row_stream",
    "parquet_bytes": "report_parquet",
    "read_opportunities": "opportunities",
    "read_table": "tables",
    "reading_lake": "lake_reading",
    "refuse_unfinite": "usable_values",
    "render_check_text": "check_report",
    "require_columns": "schema_fit",
    "scan_rows": "tables",
    "split_by_time": "splits",
    "split_in_halves": "splits",
    "table_writer": "table_writing",
    "join_outcomes": "outcome_join",
    "rows_with_outcomes": "outcome_join",
    "training_rows": "outcome_join",
    "write_world_rows": "world_rows",
    "write_table": "table_writing",
}

__all__ = [
    "IMPORTERS",
    "STATUS",
    "Ages",
    "AuctionCount",
    "CheckReport",
    "ChoiceShare",
    "DataConfig",
    "ExposureQuestion",
    "ExposureTables",
    "ImportSummary",
    "Importer",
    "Lake",
    "OpportunityRows",
    "RowStream",
    "Section",
    "TableWriter",
    "Tables",
    "TrafficRules",
    "UnitSums",
    "as_config",
    "auction_counts",
    "audience_rows",
    "building_folder",
    "check_folder",
    "choice_shares",
    "choices_of",
    "configs_folder",
    "import_libfm",
    "import_open_bandit",
    "import_table",
    "join_outcomes",
    "load_placements",
    "load_side_tables",
    "load_training_tables",
    "mapping_from",
    "open_exposures",
    "open_row_stream",
    "parquet_bytes",
    "read_config",
    "read_document",
    "read_feature_schema",
    "read_opportunities",
    "read_table",
    "read_yaml",
    "reading_lake",
    "refuse_unfinite",
    "render_check_text",
    "require_columns",
    "rows_with_outcomes",
    "scan_rows",
    "split_by_time",
    "split_in_halves",
    "table_writer",
    "training_rows",
    "user_attributes",
    "write_bytes",
    "write_feature_schema",
    "write_table",
    "write_world_rows",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{home}"), name)
