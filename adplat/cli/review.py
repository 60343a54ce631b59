"""``adplat review``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adplat.cli.output import JsonOption, print_json, print_table, progress_bar, say

if TYPE_CHECKING:
    from adplat.flows.review_files import FileReview


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(review)


def review(
    path: Annotated[Path, typer.Argument(help="A picture, copy as .yaml, or a folder of them.")],
    placement: Annotated[str, typer.Option(help="Where it is to run: an id of configs/placements.")],
    copy: Annotated[Path | None, typer.Option("--copy", help="YAML of its copy: a text, or several, by part.")] = None,
    headline: Annotated[list[str] | None, typer.Option(help="Copy by hand; may be given several times.")] = None,
    body: Annotated[list[str] | None, typer.Option(help="Copy by hand.")] = None,
    cta: Annotated[list[str] | None, typer.Option(help="Copy by hand.")] = None,
    brief: Annotated[Path | None, typer.Option(help="The brief: its facts are what claims are held against.")] = None,
    no_ocr: Annotated[
        bool, typer.Option("--no-ocr", help="Do not read letters in pictures: much faster, and said as not looked at.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Whether a creative may run at a placement: pass, hold (a person decides) or fail, with evidence and fixes.

    Exit code 0 once it was reviewed, whatever the verdict; 2 when the input is wrong.
    """
    from adplat.flows.read_brief import read_brief
    from adplat.flows.review_files import copy_of, read_copy, review_files, reviews_document

    words = list(read_copy(copy)) if copy is not None else None
    by_hand = {part: texts for part, texts in (("headline", headline), ("body", body), ("cta", cta)) if texts}
    if by_hand:
        words = [*(words or ()), *copy_of(by_hand, where="command line")]
    with progress_bar() as progress:
        reviews = review_files(
            path,
            placement,
            progress,
            words=words,
            brief=read_brief(brief) if brief is not None else None,
            read_letters=not no_ocr,
        )
    if as_json:
        print_json(reviews_document(reviews) if path.is_dir() else reviews[0].as_json())
        return
    for one in reviews:
        _print(one)


def _print(one: FileReview) -> None:
    told = one.review
    print_table(
        f"{one.path.name} at {told.placement_id}: {told.verdict.value}",
        ("rule", "severity", "evidence", "fix"),
        [(found.rule, found.weight.value, found.evidence, found.fix) for found in told.objections],
    )
    if told.not_looked:
        say("not looked at: " + "; ".join(f"{rule} ({reason})" for rule, reason in told.not_looked.items()))
