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
        tokens = [self._tokenizer(self._as_text(prompt), add_special_tokens=False)["input_ids"] for prompt in prompts]
        alike: dict[str, list[int]] = {}  # prompts that differ in their last message alone
        for place, prompt in enumerate(prompts):
            alike.setdefault(str(list(prompt[:-1])), []).append(place)
        written: dict[int, list[Written]] = {}
        with torch.random.fork_rng(), torch.inference_mode():
            torch.manual_seed(seed)
            for places in alike.values():
                shared = _common_beginning([tokens[place] for place in places])
                for start in range(0, len(places), at_once):
                    batch = places[start : start + at_once]
                    lines = self._batch([tokens[place] for place in batch], shared, samples)
                    written.update(zip(batch, lines, strict=True))
        return [written[place] for place in range(len(prompts))]

    def _batch(self, prompts: Sequence[list[int]], shared: int, samples: int) -> list[list[Written]]:
        """All samples of some prompts; their first ``shared`` tokens are read once, not once a sample."""
        import torch

        tokens, mask = self._laid_out(prompts, shared)
        drawing: dict[str, Any] = {"do_sample": False}
        if self._config.temperature > 0:
            drawing = {
                "do_sample": True,
                "temperature": self._config.temperature,
                "top_p": self._config.top_p,
                "top_k": 0,
                "num_return_sequences": samples,
            }
        if shared:
            from transformers import DynamicCache

            known = DynamicCache(config=self._model.config)
            self._model(input_ids=tokens[:1, :shared], past_key_values=known, use_cache=True, logits_to_keep=1)
            known.batch_repeat_interleave(len(prompts) * samples)
            drawing["past_key_values"] = known
        answer = self._model.generate(
            input_ids=tokens,
            attention_mask=mask,
            **drawing,
            max_new_tokens=self._config.most_tokens,
            pad_token_id=self._tokenizer.pad_token_id,
            return_dict_in_generate=True,
            output_logits=True,
        )
        begins = tokens.shape[1]
        new = answer.sequences[:, begins:]
        logits = torch.stack(answer.logits, dim=1).float()
        scores = torch.log_softmax(logits, dim=-1).gather(-1, new[:, :, None])[:, :, 0]
        lines = [self._line(sequence, score) for sequence, score in zip(new.cpu(), scores.cpu(), strict=True)]
        return [lines[place : place + samples] for place in range(0, len(lines), samples)]

    def _laid_out(self, prompts: Sequence[list[int]], shared: int) -> tuple[Any, Any]:
        """Token ids and mask: what is shared, then padding, then what is each prompt's own."""
        import torch

        width = max(len(prompt) for prompt in prompts)
        pad = self._tokenizer.pad_token_id
        rows = [[*one[:shared], *[pad] * (width - len(one)), *one[shared:]] for one in prompts]
        masks = [[*[1] * shared, *[0] * (width - len(one)), *[1] * (len(one) - shared)] for one in prompts]
        device = self._model.device
        return torch.tensor(rows, device=device), torch.tensor(masks, device=device)

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


def _common_beginning(prompts: Sequence[list[int]]) -> int:
    """How many tokens all of them begin with; each keeps one at least of its own."""
    shortest = min(len(prompt) for prompt in prompts)
    alike = (len({prompt[place] for prompt in prompts}) == 1 for place in range(shortest))
    return min(next((place for place, same in enumerate(alike) if not same), shortest), shortest - 1)
