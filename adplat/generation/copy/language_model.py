"""Any causal language model of ``transformers``, by hub id or folder: several lines for each of several prompts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adplat.features import load_pretrained, weights_fingerprint
from adplat.generation.copy.copy_config import CopyModelConfig
from adplat.generation.copy.packaged_model import PACKAGED, PACKAGED_LICENCE, packaged_model
from adplat.generation.copy.prompts import Message

_SEQUENCES_AT_ONCE = 32  # bounds the memory of their logits


@dataclass(frozen=True, slots=True)
class Written:
    """A line as the model wrote it, and how likely it held its tokens, as the mean of their log probabilities."""

    text: str
    log_probability: float


class LanguageModel:
    """Loaded once and kept. Raises MissingInput when the model cannot be found."""

    def __init__(self, config: CopyModelConfig, cache_dir: Path) -> None:
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer

        place = str(packaged_model(cache_dir)) if config.model == PACKAGED else config.model
        self._tokenizer = load_pretrained(AutoTokenizer.from_pretrained, place)
        self._tokenizer.padding_side = "left"
        if self._tokenizer.pad_token_id is None:
            self._tokenizer.pad_token = self._tokenizer.eos_token
        model = load_pretrained(AutoModelForCausalLM.from_pretrained, place, dtype=torch.bfloat16)
        self._model = model.eval().to("cuda" if torch.cuda.is_available() else "cpu")
        self.licence = PACKAGED_LICENCE if config.model == PACKAGED else config.licence
        self.name = weights_fingerprint(config.model, self._model, str(self._tokenizer.chat_template))
        self._config = config

    def write(self, prompts: Sequence[Sequence[Message]], seed: int) -> list[list[Written]]:
        """For each prompt the samples that the configuration asks for; the same seed and prompts write the same."""
        import torch

        samples = self._config.samples if self._config.temperature > 0 else 1
        at_once = max(_SEQUENCES_AT_ONCE // samples, 1)
        written: list[list[Written]] = []
        with torch.random.fork_rng(), torch.inference_mode():
            torch.manual_seed(seed)
            for start in range(0, len(prompts), at_once):
                written.extend(self._batch(prompts[start : start + at_once], samples))
        return written

    def _batch(self, prompts: Sequence[Sequence[Message]], samples: int) -> list[list[Written]]:
        texts = [self._as_text(prompt) for prompt in prompts]
        tokens = self._tokenizer(texts, return_tensors="pt", padding=True, add_special_tokens=False)
        tokens = {name: values.to(self._model.device) for name, values in tokens.items() if name != "token_type_ids"}
        drawing: dict[str, Any] = {"do_sample": False}
        if self._config.temperature > 0:
            drawing = {
                "do_sample": True,
                "temperature": self._config.temperature,
                "top_p": self._config.top_p,
                "top_k": 0,
                "num_return_sequences": samples,
            }
        answer = self._model.generate(
            **tokens,
            **drawing,
            max_new_tokens=self._config.most_tokens,
            pad_token_id=self._tokenizer.pad_token_id,
            return_dict_in_generate=True,
            output_logits=True,
        )
        scores = self._model.compute_transition_scores(answer.sequences, answer.logits, normalize_logits=True)
        begins = tokens["input_ids"].shape[1]
        lines = [
            self._line(sequence[begins:], score)
            for sequence, score in zip(answer.sequences.cpu(), scores.float().cpu(), strict=True)
        ]
        return [lines[place : place + samples] for place in range(0, len(lines), samples)]

    def _as_text(self, prompt: Sequence[Message]) -> str:
        if self._tokenizer.chat_template:
            text: str = self._tokenizer.apply_chat_template(list(prompt), tokenize=False, add_generation_prompt=True)
            return text
        return "\n\n".join(message["content"] for message in prompt) + "\n"

    def _line(self, sequence: Any, scores: Any) -> Written:
        """The first line alone; tokens behind its end do not count."""
        stops = {self._tokenizer.eos_token_id, self._tokenizer.pad_token_id}
        length = next((place for place, token in enumerate(sequence.tolist()) if token in stops), len(sequence))
        text = self._tokenizer.decode(sequence[:length], skip_special_tokens=True)
        first = next((line.strip() for line in text.splitlines() if line.strip()), "")
        own = scores[: length + 1]
        return Written(first, float(own.mean()) if len(own) else 0.0)
