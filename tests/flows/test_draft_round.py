"""A brief becomes drafts that pass their review; what does not pass is none, and is told."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from adplat import bootstrap
from adplat.artwork import SealState, read_seal, source_code_in
from adplat.domain import ConfigRejected, CreativeStatus, ElementKind, InputError, ReviewVerdict
from adplat.flows import write_drafts as writing
from adplat.flows.draft_attempt import GROUND_SHOWS
from adplat.flows.draft_makers import painter_named, reads_letters_of
from adplat.flows.draft_round import BriefPictures, DraftPlan, draft_round
from adplat.flows.keep_drafts import keep_drafts
from adplat.flows.read_brief import with_directions
from adplat.flows.tiny_pipeline import write_tiny_pipeline
from adplat.flows.write_drafts import write_drafts
from tests.flows.draft_rig import BRIEF, PICTURES, PLACEMENTS, ShoutingCopywriter, a_chain, a_round, of, tools
from tests.flows.model_market import quiet


def test_every_draft_is_reviewed_under_its_weight_marked_and_sealed() -> None:
    done = a_round(variants=3)
    assert len(done.made) == 6 and not done.unmade
    for one in done.made:
        image = PLACEMENTS[one.draft.placement_id].image
        assert image is not None and image.most_bytes is not None
        assert one.review.verdict is not ReviewVerdict.FAIL
        assert len(one.content) <= image.most_bytes
        with Image.open(io.BytesIO(one.content)) as picture:
            assert picture.size == (image.width_px, image.height_px)
        assert source_code_in(one.content) == "composite"
        found = read_seal(one.content, a_chain().root)
        assert found.state is SealState.VALID and found.claims["draft_id"] == one.draft.draft_id
        assert found.claims["makings"][0]["by"] == "procedural"


def test_variants_are_one_element_apart_and_name_their_base() -> None:
    done = a_round(of(placements=("iab_300x250",)), variants=6)
    [base, *others] = [one.draft for one in done.made]
    assert base.artwork is not None and base.parents == ()
    for other in others:
        assert other.artwork is not None and other.parents == (base.draft_id,)
        differs = [kind for kind, value in other.artwork.made_of.items() if base.artwork.made_of[kind] != value]
        assert len(differs) == 1, differs
    assert len({one.draft_id for one in (base, *others)}) == 6


def test_the_same_brief_and_seed_make_the_same_bytes_before_signing_and_another_seed_others() -> None:
    first, again, other = a_round(seed=5), a_round(seed=5), a_round(seed=6)
    assert [one.draft for one in first.made] != [] and [one.draft.pixels_sha256 for one in first.made] == [
        one.draft.pixels_sha256 for one in again.made
    ]
    assert [one.draft.draft_id for one in first.made] == [one.draft.draft_id for one in again.made]
    assert first.made[0].draft.pixels_sha256 != other.made[0].draft.pixels_sha256


def test_what_fails_is_tried_with_the_next_seed_and_counted() -> None:
    place = of(placements=("iab_300x250",))
    done = a_round(place, ShoutingCopywriter(quiet_from=2), variants=1, tries=3)
    assert [one.tries for one in done.made] == [3] and not done.unmade
    assert done.document()["available"] == {"side": {"ordered": 1, "first_try": 0.0, "within_tries": 1.0}}


def test_what_fails_to_the_end_is_no_draft_and_says_why() -> None:
    done = a_round(of(placements=("iab_300x250",)), ShoutingCopywriter(quiet_from=99), variants=1, tries=2)
    assert not done.made
    [lacking] = done.document()["not_available"]
    assert lacking["tries"] == 2 and any("capital" in one["rule"] for one in lacking["findings"])
    assert done.document()["available"]["side"]["within_tries"] == 0.0


def test_a_place_of_words_alone_gets_words_alone() -> None:
    done = a_round(of(placements=("google_rsa",)), variants=3)
    [one] = done.made
    assert one.content == b"" and one.draft.artwork is None and one.draft.media_type == ""
    parts = [sentence.part for sentence in one.draft.copy.sentences]
    assert parts.count("headline") >= 3 and one.review.verdict is not ReviewVerdict.FAIL


def test_every_sentence_that_claims_rests_on_a_fact_of_the_brief() -> None:
    known = {fact.fact_id for fact in BRIEF.facts}
    for one in a_round(of(languages=("en", "zh")), variants=2).made:
        assert one.draft.copy.part("headline") and one.draft.copy.part("cta")
        assert all(set(sentence.fact_ids) <= known for sentence in one.draft.copy.sentences)


def test_directions_say_what_comes_first(tmp_path: Path) -> None:
    told = tmp_path / "directions.yaml"
    told.write_text("campaign_id: k1\ndirections:\n  - 'prefer background: bokeh:7'\n  - 'avoid template: side'\n")
    brief = with_directions(of(placements=("iab_300x250",), directions=("prefer background: studio",)), told)
    [base] = [one.draft for one in a_round(brief, variants=1).made]
    assert base.artwork is not None
    assert base.artwork.made_of["background"].startswith("bokeh") and base.artwork.made_of["template"] != "side"
    told.write_text("directions: prefer")
    with pytest.raises(ConfigRejected, match="no list of directions"):
        with_directions(brief, told)


def test_a_picture_that_is_none_is_refused_in_one_line() -> None:
    for content in (b"<svg xmlns='http://www.w3.org/2000/svg'/>", PICTURES.product[:300], b""):
        with pytest.raises(InputError) as caught:
            draft_round(BRIEF, BriefPictures(content), PLACEMENTS, DraftPlan(), tools(), quiet)
        assert "\n" not in str(caught.value)
        assert f"product.image_path: {BRIEF.product.image_path}" in str(caught.value)


@pytest.mark.parametrize("plan", [{"variants": 0}, {"tries": 11}, {"seed": -1}, {"variants": 25}])
def test_a_plan_out_of_range_is_refused(plan: dict[str, int]) -> None:
    with pytest.raises(ConfigRejected, match="give"):
        DraftPlan(**plan)


def test_a_folder_holds_files_sidecars_the_document_and_what_to_look_at(tmp_path: Path) -> None:
    done = a_round(of(placements=("iab_300x250", "google_rsa")), variants=2)
    document = write_drafts(done, tmp_path / "out")
    assert json.loads((tmp_path / "out" / "drafts.json").read_text()) == document
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert {"iab_300x250-en-1.jpg", "iab_300x250-en-1.json", "drafts.html", "drafts.png"} <= names
    assert (tmp_path / "out" / "iab_300x250-en-1.jpg").read_bytes() == done.made[0].content
    sidecar = json.loads((tmp_path / "out" / "iab_300x250-en-1.json").read_text())
    assert sidecar["provenance"]["claims"]["draft_id"] == done.made[0].draft.draft_id
    assert sidecar["brief"]["facts"][0]["fact_id"] == "steel" and sidecar["artwork"]["width_px"] == 300
    page = (tmp_path / "out" / "drafts.html").read_text()
    assert 'src="iab_300x250-en-1.jpg"' in page and "held until a person approves" in page
    with pytest.raises(ConfigRejected, match="it is there already"):
        write_drafts(done, tmp_path / "out")


def test_what_breaks_off_leaves_nothing_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = a_round(of(placements=("iab_300x250",)), variants=2)

    def broken(_: object) -> bytes:
        raise KeyboardInterrupt

    monkeypatch.setattr(writing, "contact_picture", broken)
    with pytest.raises(KeyboardInterrupt):
        write_drafts(done, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_words_of_a_brief_are_shown_as_words(tmp_path: Path) -> None:
    done = a_round(of(brief_id="cup", placements=("iab_300x250",)), variants=1)
    [one] = done.made
    first = replace(one.draft.copy.sentences[0], text="<script>alert(1)</script>")
    loud = replace(one, draft=replace(one.draft, copy=replace(one.draft.copy, sentences=(first,))))
    write_drafts(replace(done, made=(loud,)), tmp_path / "out")
    assert "<script>" not in (tmp_path / "out" / "drafts.html").read_text()


def test_kept_drafts_are_held_with_their_files_and_sidecars(tmp_path: Path) -> None:
    settings = bootstrap.read_settings(workspace=tmp_path / "ws", actor="mei")
    done = a_round(of(placements=("iab_300x250",)), variants=2)
    with bootstrap.opened_drafts(settings) as parts:
        kept = keep_drafts(parts, done)
        assert {one.status for one in kept} == {CreativeStatus.HELD} and kept[0].made_by == "mei"
        assert parts.objects.get(kept[0].draft.file_sha256) == done.made[0].content
        assert json.loads(parts.objects.get(kept[0].sidecar_sha256))["draft"]["draft_id"] == kept[0].draft_id
        assert parts.drafts.find(kept[0].draft_id) == kept[0]
        assert keep_drafts(parts, done) == kept


@pytest.mark.filterwarnings("ignore::FutureWarning:diffusers")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_ground_by_a_model_is_marked_so_and_its_weights_are_told(tmp_path: Path) -> None:
    write_tiny_pipeline(tmp_path / "model")
    told = {"model": str(tmp_path / "model"), "licence": "own weights", "commercial_use": True, "steps": 2}
    (tmp_path / "painter.yaml").write_text(json.dumps(told | {"work_px": 64, "local_only": True, "device": "cpu"}))
    painter = painter_named(f"diffusers:{tmp_path / 'painter.yaml'}")
    made = replace(tools(), painter=painter, reads_letters=reads_letters_of("diffusers:x"))
    brief = of(placements=("iab_300x250",))
    done = draft_round(brief, PICTURES, PLACEMENTS, DraftPlan(variants=1, tries=1), made, quiet)
    # Grounds of random weights are rubbish, and whether they may run is the review's word; all are told alike.
    if done.made:
        [one] = done.made
        assert source_code_in(one.content) == "compositeWithTrainedAlgorithmicMedia"
        assert one.draft.makings[0].model.startswith("model@sha256:") and one.draft.makings[0].licence == "own weights"
        assert read_seal(one.content).claims["makings"][0]["licence"] == "own weights"
    else:
        assert all(found.rule != "draft.layout" for found in done.unmade[0].objections)


def test_a_product_hard_to_tell_from_its_ground_goes_on_light_grounds_first_and_dark_ones_say_so() -> None:
    photo = Image.new("RGB", (500, 500), "white")
    ImageDraw.Draw(photo).rounded_rectangle((120, 80, 380, 420), 40, fill=(242, 242, 243))
    ImageDraw.Draw(photo).rectangle((180, 200, 320, 260), fill=(90, 40, 30))
    file = io.BytesIO()
    photo.save(file, "PNG")
    brief = of(placements=("iab_300x250",))
    made = draft_round(brief, BriefPictures(file.getvalue()), PLACEMENTS, DraftPlan(variants=12), tools(), quiet).made
    dark = {"deep", "vivid"}
    by_palette = {one.draft.artwork.made_of["palette"]: one.draft for one in made if one.draft.artwork is not None}
    assert made[0].draft.artwork is not None and made[0].draft.artwork.made_of["palette"] in {"light", "paper"}
    assert dark & set(by_palette)
    for palette, draft in by_palette.items():
        assert draft.lowered_by == ((GROUND_SHOWS,) if palette in dark else ())


def test_a_picture_names_the_brand_and_names_it_once() -> None:
    for one in a_round(of(placements=("iab_300x250", "iab_320x50", "iab_160x600")), variants=4).made:
        assert one.draft.artwork is not None
        drawn = [element.text.replace("\n", " ") for element in one.draft.artwork.elements if element.text]
        lines = [text for text in drawn if "Hearth" in text]
        assert lines, drawn
        if any(element.kind is ElementKind.LOGO for element in one.draft.artwork.elements):
            assert "Hearth" not in one.draft.copy.part("headline").split(":")[0], drawn
