"""``adplat report …``: what campaigns brought, by any dimension or by attributes of users, on screen or as files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from adplat.cli.output import JsonOption, print_json, progress_bar, say
from adplat.cli.report_screen import say_why_nothing, show_report
from adplat.cli.report_standings import show_delivery, show_standings
from adplat.cli.service import WorkspaceOption
from adplat.domain import (
    BreakdownQuestion,
    ConfigRejected,
    CountedUsers,
    MissingInput,
    ReportFile,
    ReportQuestion,
    UnknownReference,
    dimensions_named,
    report_conditions,
)

ALL_METRICS = "all"


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("report")(report)
    app.command("report-zones")(report_zones)
    app.command("report-delivery")(report_delivery)
    app.command("report-creatives")(report_creatives)


def report(
    since: Annotated[str, typer.Option(help="First day, such as 2026-03-01.")],
    until: Annotated[str, typer.Option(help="The day before which it ends.")],
    by: Annotated[str, typer.Option(help="Of day or hour, advertiser, campaign, creative, placement, by commas.")] = "",
    attribute: Annotated[str, typer.Option(help="An attribute of users, such as device.")] = "",
    counted: Annotated[
        CountedUsers,
        typer.Option(
            help="With --attribute: many users who were shown it, or who acted (clicks and conversions alone)."
        ),
    ] = CountedUsers.SHOWN,
    time_zone: Annotated[str, typer.Option(help="Whose days they are, such as Asia/Shanghai.")] = "UTC",
    where: Annotated[list[str] | None, typer.Option("--where", help="Such as campaign=k1|k2; all must hold.")] = None,
    metrics: Annotated[
        str, typer.Option(help="Such as impressions,ctr,spend; all: each but win_rate. Default: all, on screen a few.")
    ] = "",
    csv: Annotated[Path | None, typer.Option(help="Write this file.")] = None,
    xlsx: Annotated[Path | None, typer.Option(help="Write this file.")] = None,
    parquet: Annotated[Path | None, typer.Option(help="Write this file.")] = None,
    pdf: Annotated[Path | None, typer.Option(help="Write this file.")] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """What was counted, added up. By attribute no row, and no difference of rows, stands for a few users."""
    from adplat.bootstrap import existing_workspace, opened_reports, write_bytes
    from adplat.flows.ask_report import found_breakdown, found_report, table_of
    from adplat.flows.describe_report import breakdown_document, report_document, report_file
    from adplat.flows.why_nothing import why_nothing

    dimensions, names = dimensions_named(_names(by)), [] if metrics == ALL_METRICS else _names(metrics)
    conditions = report_conditions(where or [])
    first, end = _day(since, "--since"), _day(until, "--until")
    files = dict(zip(ReportFile, (csv, xlsx, parquet, pdf), strict=True))
    _require_folders(files)
    with opened_reports(existing_workspace(workspace)) as parts:
        if attribute:
            asked = BreakdownQuestion(attribute, first, end, dimensions, conditions, counted)
            cut = found_breakdown(parts, asked, names, time_zone)
            document, table, why = breakdown_document(*cut), table_of(parts, cut), why_nothing(parts, cut[0])
        else:
            found = found_report(parts, ReportQuestion(first, end, dimensions, time_zone, conditions), names)
            document, table, why = report_document(*found), table_of(parts, found), why_nothing(parts, found[0])
    if not table.rows:
        say_why_nothing(why, conditions)
    for kind, file in files.items():
        if file is not None:
            write_bytes(file, report_file(table, kind))
            say(f"{len(table.rows):,} rows in {file}")
    if as_json:
        print_json(document | why.document())
    elif not any(files.values()):
        show_report(table, all_metrics=bool(metrics))


def report_zones(
    add: Annotated[str, typer.Option(help="Keep the days of this zone too, such as Asia/Shanghai.")] = "",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """The time zones whose days are kept, so that reports in them are quick over any range."""
    from adplat.bootstrap import existing_workspace, kept_report_zones, read_settings

    settings = read_settings(workspace=workspace) if add else existing_workspace(workspace)
    with progress_bar() as progress:
        zones = kept_report_zones(settings, add, progress, made=say)
    if as_json:
        print_json({"zones": zones})
        return
    for zone in zones:
        say(zone)


def report_delivery(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Booked, spent, expected by now and projected, of every campaign."""
    from adplat.bootstrap import existing_workspace, opened_reports
    from adplat.flows.describe_delivery import delivery_document
    from adplat.flows.report_delivery import report_delivery as deliveries

    with opened_reports(existing_workspace(workspace)) as parts:
        told, now = parts.breakdown, parts.breakdown.clock.now()
        found = deliveries(told.report, parts.campaign_totals, parts.campaigns(), now)
    if as_json:
        print_json({"campaigns": [delivery_document(one) for one in found]})
        return
    show_delivery(found)


def report_creatives(
    campaign: Annotated[str, typer.Argument(help="The campaign's id.")],
    since: Annotated[str, typer.Option(help="First day, in UTC.")],
    until: Annotated[str, typer.Option(help="The day before which it ends.")],
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Its creatives with intervals, how likely each is the best, and whether it tires."""
    from adplat.bootstrap import existing_workspace, opened_reports
    from adplat.flows.describe_delivery import standing_document
    from adplat.flows.report_delivery import creative_leaderboard, too_little

    first, end = _day(since, "--since"), _day(until, "--until")
    with opened_reports(existing_workspace(workspace)) as parts:
        if campaign not in {one.campaign_id for one in parts.campaigns()}:
            raise UnknownReference("no campaign has this id", where=campaign[:64], hint="see 'adplat report-delivery'")
        found = creative_leaderboard(parts.breakdown.report, campaign, first, end)
    if as_json:
        told = [standing_document(one) for one in found]
        print_json({"campaign": campaign, "too_little": too_little(found) or None, "creatives": told})
        return
    show_standings(campaign, found)
    if too_little(found):
        say(f"Who leads is not told: {too_little(found)}.")


def _require_folders(files: Mapping[ReportFile, Path | None]) -> None:
    """Before anything is added up: a folder that was mistyped is not made."""
    for kind, file in files.items():
        if file is not None and not file.parent.is_dir():
            raise MissingInput(
                "there is no such folder", where=f"--{kind.value} {file}", hint="make it, or name one that is there"
            )


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _day(text: str, where: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ConfigRejected(f"{text[:32]!r} is no day", where=where, hint="write it as 2026-03-01") from None
