"""The planted set as a folder: ``set.json``, and files and pictures by their hash."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import msgspec
from PIL import Image

from adplat.artwork import SourceType, xmp_of
from adplat.domain import Making
from tests.review.planted.bad_pictures import SIZES, Case, bad_pictures, encoded, good_scene
from tests.review.planted.bad_words import BAD, COUNTED, COUNTED_GOOD
from tests.review.planted.briefs import BRIEFS
from tests.review.planted.fresh_words import FRESH, FRESH_GOOD
from tests.review.planted.good_words import GOOD

# Places where a creative of words alone is reviewed; personal attributes by the network whose policy it is.
_COPY_PLACE, _META = "tiktok_720x1280", "meta_feed_1080x1080"
_GOOD_BODIES = {
    name: next((body, call) for brief, language, _, body, call in GOOD if brief == name and language == "en")
    for name in BRIEFS
}
_GOOD_BODIES_ZH = {
    name: next((body, call) for brief, language, _, body, call in GOOD if brief == name and language == "zh")
    for name in BRIEFS
}
_GOOD_HEADLINES = {
    (name, wanted): next(head for brief, language, head, _, _ in GOOD if brief == name and language == wanted)
    for name in BRIEFS
    for wanted in ("en", "zh")
}


def write_set(folder: Path) -> int:
    """Write all cases; gives how many."""
    folder.mkdir(parents=True, exist_ok=True)
    cases = [*_bad_copies(), *_counted(), *_good_copies()]
    cases += [_picture_case(case, folder, number) for number, case in enumerate(bad_pictures())]
    cases += [_picture_case(case, folder, number) for number, case in enumerate(_good_pictures())]
    document = {"briefs": BRIEFS, "cases": cases}
    (folder / "set.json").write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")
    return len(cases)


def _bad_copies() -> list[dict[str, Any]]:
    cases = []
    for rule in BAD:
        for half, texts in {**BAD[rule], "fresh": FRESH.get(rule, [])}.items():
            for number, (brief, language, part, text) in enumerate(texts):
                body, call = (_GOOD_BODIES_ZH if language == "zh" else _GOOD_BODIES)[brief]
                words = {"headline": _GOOD_HEADLINES[brief, language], "body": body, "cta": call, part: text}
                words["business_name"] = BRIEFS[brief]["brand"]["name"]
                place = _META if rule == "policy.personal_attributes" else _COPY_PLACE
                cases.append(_case(f"{rule}/{half}{number}", rule, half, place, brief=brief, words=list(words.items())))
    return cases


def _counted() -> list[dict[str, Any]]:
    bad = [
        _case(f"{rule}/{half}{number}", rule, half, place, brief="bottle", words=words)
        for number, (rule, half, place, words) in enumerate(COUNTED)
    ]
    good = [
        _case(f"good/counted{number}", "", "held" if number % 2 else "open", place, brief="bottle", words=words)
        for number, (place, words) in enumerate(COUNTED_GOOD)
    ]
    return [*bad, *good]


def _good_copies() -> list[dict[str, Any]]:
    texts = [("held" if number % 2 else "open", copy) for number, copy in enumerate(GOOD)]
    texts += [("fresh", copy) for copy in FRESH_GOOD]
    cases = []
    for number, (half, (brief, _, headline, body, call)) in enumerate(texts):
        name = BRIEFS[brief]["brand"]["name"]
        words = [("headline", headline), ("body", body), ("cta", call), ("business_name", name)]
        place = (_COPY_PLACE, _META, "iab_300x250")[number % 3]
        cases.append(_case(f"good/copy{number}", "", half, place, brief=brief, words=words))
    return cases


def _good_pictures() -> list[Case]:
    """Trees at every size, and the same kind flattened, in every format; some of them made with a model and marked."""
    cases = []
    places = [place for place in SIZES if place != "meta_story_1080x1920"]
    making = Making("diffusers", 1, model="some/model@1", licence="Apache-2.0", prompt="a table by a window")
    plain = Making("procedural", 1)
    for number in range(36):
        place = places[number % len(places)]
        made = good_scene(number + 11, place)
        half = "held" if number % 2 else "open"
        if number % 3 == 0:
            cases.append(Case("", half, place, made, drawn=made.drawn(), makings=(plain,)))
        elif number % 3 == 1:
            kind = "png" if number % 2 == 0 and place != "google_rda_1200x628" else "jpeg"
            quality = {} if kind == "png" else {"quality": 85}
            cases.append(Case("", half, place, file=(f"banner.{kind}", encoded(made.drawn(), kind, **quality))))
        else:
            mark = {"quality": 90, "xmp": xmp_of(SourceType.COMPOSITE_WITH_TRAINED)}
            file = ("banner.jpg", encoded(made.drawn(), "jpeg", **mark))
            cases.append(Case("", half, place, made, file=file, makings=(making,)))
    return cases


def _picture_case(case: Case, folder: Path, number: int) -> dict[str, Any]:
    kind = case.rule or "good"
    told = _case(f"{kind}/picture{number}", case.rule, case.half, case.placement, weight=case.weight)
    told["brief"] = case.facts
    if case.scene is not None:
        told["artwork"] = msgspec.to_builtins(case.scene.artwork)
        told["assets"] = {name: _kept(folder, picture) for name, picture in case.scene.assets.items()}
        drawn = case.drawn if case.drawn is not None else (None if case.file else case.scene.drawn())
        told["drawn"] = _kept(folder, drawn) if drawn is not None else ""
    if case.file is not None:
        name, content = case.file
        told["file"] = _written(folder, content, name)
        told["file_name"] = name
    if case.makings is not None:
        told["makings"] = msgspec.to_builtins(case.makings)
    return told


def _case(
    case_id: str, rule: str, half: str, placement: str, *, brief: str = "", words: list[tuple[str, str]] | None = None,
    weight: str = "hold",
) -> dict[str, Any]:  # fmt: skip
    told: dict[str, Any] = {
        "case_id": case_id, "rule": rule, "half": half, "placement": placement, "brief": brief, "weight": weight,
    }  # fmt: skip
    if words is not None:
        told["words"] = [{"part": part, "text": text} for part, text in words]
    return told


def _kept(folder: Path, picture: Image.Image) -> str:
    return _written(folder, encoded(picture, "png"), "asset.png")


def _written(folder: Path, content: bytes, name: str) -> str:
    path = folder / f"{hashlib.sha256(content).hexdigest()[:24]}{Path(name).suffix}"
    path.write_bytes(content)
    return path.name
