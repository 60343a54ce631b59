"""Whether uploaded creatives may run at a placement: a picture, copy alone, or a folder of them, file by file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from adplat.artwork import open_upload
from adplat.data import load_placements, read_document
from adplat.domain import (
    Brief,
    ConfigRejected,
    InputError,
    MissingInput,
    Objection,
    PlacementRules,
    Progress,
    Review,
    UnknownReference,
    Weight,
)
from adplat.flows.describe_drafts import places_of
from adplat.review import Subject, Words, review_creative, told_by

PICTURES = {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".apng", ".gif", ".webp", ".svg", ".pdf", ".html", ".bmp", ".tif"}
COPIES = {".yaml", ".yml"}
MOST_COPY_CHARACTERS = 10_000


@dataclass(frozen=True, slots=True)
class FileReview:
    """The review of one file."""

    path: Path
    review: Review

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "path": str(self.path),
            "placement": self.review.placement_id,
            "verdict": self.review.verdict.value,
            "findings": [
                {
                    "rule": objection.rule,
                    "severity": objection.weight.value,
                    "evidence": objection.evidence,
                    "fix": objection.fix,
                    **({"figures": dict(objection.figures)} if objection.figures else {}),
                    **({"places": places_of(objection)} if objection.places else {}),
                }
                for objection in self.review.objections
            ],
            "not_looked": dict(self.review.not_looked),
        }


def review_files(
    path: Path,
    placement_id: str,
    progress: Progress,
    *,
    words: Sequence[Words] | None = None,
    brief: Brief | None = None,
    read_letters: bool = True,
) -> tuple[FileReview, ...]:
    """Review a picture or a file of copy, or each of a folder; copy beside a picture is called like it, with ``.yaml``.

    In a folder, a file that cannot be opened fails its review (rule ``file.opens``) and stops no other.

    Raises:
        UnknownReference: no placement has this id.
        MissingInput: no such file, or nothing to review in the folder.
        InputError: a single file that cannot be opened.
    """
    placement = placement_named(placement_id)
    if not path.is_dir():
        return (FileReview(path, review_creative(_subject(path, placement, words, brief), read_letters=read_letters)),)
    files = _reviewable(path)
    done = []
    for number, file in enumerate(files):
        progress(number, len(files), "reviewing")
        try:
            review = review_creative(_subject(file, placement, words, brief), read_letters=read_letters)
        except InputError as refused:
            objection = Objection("file.opens", Weight.FAIL, refused.what, refused.hint)
            review = Review(placement_id, (objection,), {})
        done.append(FileReview(file, review))
    progress(len(files), len(files), "reviewing")
    return tuple(done)


def reviews_document(reviews: Sequence[FileReview]) -> dict[str, Any]:
    """Of a folder: how many have which verdict, and each review."""
    counts = Counter(review.review.verdict.value for review in reviews)
    return {"verdicts": dict(counts), "reviews": [review.as_json() for review in reviews]}


def placement_named(placement_id: str) -> PlacementRules:
    """Raises UnknownReference."""
    placements = load_placements()
    if placement_id not in placements:
        near = get_close_matches(placement_id, placements, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"such as {', '.join(sorted(placements)[:4])}"
        raise UnknownReference(f"unknown placement {placement_id[:80]!r}", where="placement", hint=hint)
    return placements[placement_id]


def read_copy(path: Path) -> tuple[Words, ...]:
    """Copy of a YAML file: a part's text or list of texts by its name. Raises MissingInput, ConfigRejected."""
    return copy_of(read_document(path), where=str(path))


def copy_of(told: Mapping[str, Any], *, where: str) -> tuple[Words, ...]:
    """The same from parts already read."""
    words = []
    for part, texts in told.items():
        for text in texts if isinstance(texts, list | tuple) else [texts]:
            if not isinstance(text, str):
                raise ConfigRejected(
                    f"the part {part!r} is no text", where=where, hint="give a text, or a list of texts, in quotes"
                )
            if len(text) > MOST_COPY_CHARACTERS:
                raise ConfigRejected(
                    f"the part {part!r} has {len(text):,} characters",
                    where=where,
                    hint=f"keep it under {MOST_COPY_CHARACTERS:,}: no place shows more",
                )
            words.append(Words(str(part), text))
    if not words:
        raise ConfigRejected("the copy is empty", where=where, hint="give a headline: or another part")
    return tuple(words)


def _subject(path: Path, placement: PlacementRules, words: Sequence[Words] | None, brief: Brief | None) -> Subject:
    told = told_by(brief) if brief is not None else {}
    given = tuple(words) if words is not None else None
    if path.suffix.lower() in COPIES:
        return Subject(placement, words=(*read_copy(path), *(given or ())), **told)
    beside = path.with_suffix(".yaml")
    if given is None and beside.is_file():
        given = read_copy(beside)
    return Subject(placement, opened=open_upload(path), words=given, **told)


def _reviewable(folder: Path) -> list[Path]:
    """Pictures, and copy that lies beside none; hidden files and folders within are left."""
    files = sorted(file for file in folder.iterdir() if file.is_file() and not file.name.startswith("."))
    pictures = [file for file in files if file.suffix.lower() in PICTURES]
    taken = {file.stem for file in pictures}
    copies = [file for file in files if file.suffix.lower() in COPIES and file.stem not in taken]
    if not pictures and not copies:
        raise MissingInput("the folder has nothing to review", where=str(folder), hint="pictures, or copy as .yaml")
    return sorted([*pictures, *copies])
