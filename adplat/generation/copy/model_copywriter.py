"""Copy by a language model, on the floor of the templates: whatever the model writes, a draft gets sound sentences.

A model is asked for one line a fact, several times, and each line passes the checks and the tracing or is dropped, with
the reason counted. What says the same as an earlier line is dropped too. Templates fill up what is missing: a model
that refuses, invents or writes rubbish costs time and changes nothing.
"""

from __future__ import annotations

import re
from collections import Counter, OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Protocol

import msgspec

from adplat.domain import Brief, Making, Sentence, TextLimit
from adplat.features import TextEncoder
from adplat.generation.copy.copy_config import CopyModelConfig
from adplat.generation.copy.language_model import Written
from adplat.generation.copy.language_words import NEUTRAL_ENGLISH
from adplat.generation.copy.phrasebook import tidy
from adplat.generation.copy.prompts import SHAPES, Message, prompt_for
from adplat.generation.copy.sentence_checks import objection_to
from adplat.generation.copy.templates import WITH_BRAND, TemplateCopywriter, arranged
from adplat.generation.copy.tracing import says_just, tokens_of

_PARTS = frozenset({"headline", "long_headline", "body", "description"})
_KEPT_ANSWERS = 32
MOST_FACTS_ASKED = 8


@dataclass(frozen=True, slots=True)
class CopyReport:
    """What became of the model's lines for one part: ``dropped`` by reason; ``filled`` came from templates."""

    part: str
    language: str
    written: int
    accepted: int
    filled: int
    dropped: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Answer:
    fact_id: str
    prompt: str
    lines: tuple[Written, ...]


class LineWriter(Protocol):
    """What writes lines: a ``LanguageModel``."""

    @property
    def name(self) -> str:
        """Its id and the hash of its weights."""
        ...

    @property
    def licence(self) -> str:
        """Of its weights."""
        ...

    def write(self, prompts: Sequence[Sequence[Message]], seed: int) -> list[list[Written]]:
        """Some lines for each prompt."""
        ...


class ModelCopywriter:
    """The ``Copywriter`` with a language model.

    Args:
        model: a ``LanguageModel``.
        encoder: of sentences, to tell which say the same.
    """

    def __init__(self, model: LineWriter, encoder: TextEncoder, config: CopyModelConfig) -> None:
        self._model, self._encoder, self._config = model, encoder, config
        self._templates = TemplateCopywriter()
        self._answers: OrderedDict[tuple[bytes, str, int], list[_Answer]] = OrderedDict()

    def write(self, brief: Brief, limit: TextLimit, language: str, wanted: int, seed: int) -> tuple[Sentence, ...]:
        """Up to ``wanted`` sentences, the best first, one at least. Raises ConfigRejected as the templates do."""
        return self.write_and_report(brief, limit, language, wanted, seed)[0]

    def write_and_report(
        self, brief: Brief, limit: TextLimit, language: str, wanted: int, seed: int
    ) -> tuple[tuple[Sentence, ...], CopyReport]:
        """The same with what was dropped, and why."""
        plain = self._templates.fitting(brief, limit, language, seed)
        if limit.part not in _PARTS or language not in self._config.languages:
            chosen = arranged(plain, brief, limit, wanted)
            return chosen, CopyReport(limit.part, language, 0, 0, len(chosen))
        answers = self._asked(brief, language, seed)
        dropped: Counter[str] = Counter()
        sound = self._sound(answers, brief, limit, language, seed, dropped)
        distinct = self._distinct(sound, dropped)
        taken = {_bare(sentence) for sentence in distinct}
        rest = [sentence for sentence in plain if _bare(sentence) not in taken]
        chosen = arranged([*distinct, *rest], brief, limit, wanted)
        filled = sum(1 for sentence in chosen if sentence.making.by == "template")
        written = sum(len(answer.lines) for answer in answers)
        return chosen, CopyReport(limit.part, language, written, len(distinct), filled, dict(dropped.most_common()))

    def _asked(self, brief: Brief, language: str, seed: int) -> list[_Answer]:
        """The model's lines for this brief; asked once for all parts and placements, which differ in width alone."""
        key = (msgspec.json.encode(brief, order="sorted"), language, seed)
        if key not in self._answers:
            told = [fact for fact in brief.facts if fact.texts.get(language, "").strip()][:MOST_FACTS_ASKED]
            asked = [(fact, prompt_for(brief, fact, language, shape)) for fact in told for shape in range(SHAPES)]
            lines = self._model.write([prompt for _, prompt in asked], seed)
            self._answers[key] = [
                _Answer(fact.fact_id, prompt[-1]["content"], tuple(found))
                for (fact, prompt), found in zip(asked, lines, strict=True)
            ]
            while len(self._answers) > _KEPT_ANSWERS:
                self._answers.popitem(last=False)
        return self._answers[key]

    def _sound(
        self,
        answers: Sequence[_Answer],
        brief: Brief,
        limit: TextLimit,
        language: str,
        seed: int,
        dropped: Counter[str],
    ) -> list[Sentence]:
        """What passes, the likeliest of each fact first, fact by fact in turn."""
        facts = {fact.fact_id: fact for fact in brief.facts}
        by_fact: dict[str, list[tuple[float, Sentence]]] = {}
        for answer in answers:
            for line in answer.lines:
                text = _as_part(line.text, limit.part, language)
                reason = objection_to(text, brief, limit, language, answer.prompt)
                if not reason and line.log_probability < self._config.least_log_probability:
                    reason = "rubbish to the model's own ears"
                if not reason and limit.part in WITH_BRAND and brief.brand.name not in text:
                    reason = "without the brand"
                reason = reason or says_just(text, facts[answer.fact_id], brief, language)
                if reason:
                    dropped[reason] += 1
                    continue
                making = Making("language_model", seed, self._model.name, self._model.licence, answer.prompt, True)
                sentence = Sentence(limit.part, text, language, (answer.fact_id,), making)
                by_fact.setdefault(answer.fact_id, []).append((line.log_probability, sentence))
        ranked = [
            [sentence for _, sentence in sorted(found, key=lambda one: (-one[0], one[1].text))]
            for found in by_fact.values()
        ]
        return [sentence for rank in zip_longest(*ranked) for sentence in rank if sentence is not None]

    def _distinct(self, sentences: Sequence[Sentence], dropped: Counter[str]) -> list[Sentence]:
        """The earlier of any two that say the same."""
        if not sentences:
            return []
        vectors = self._encoder.encode([_bare(sentence) for sentence in sentences])
        likeness = vectors @ vectors.T
        kept: list[int] = []
        for place in range(len(sentences)):
            if any(likeness[place, earlier] > self._config.most_likeness for earlier in kept):
                dropped["says the same as another"] += 1
            else:
                kept.append(place)
        return [sentences[place] for place in kept]


def _bare(sentence: Sentence) -> str:
    """Its words alone: a colon for a comma is no other sentence."""
    return " ".join(tokens_of(sentence.text))


def _small_if_plain(word: str) -> str:
    """``Comes`` behind a comma; what may be a name keeps its capital."""
    return word.lower() if word.lower() in NEUTRAL_ENGLISH else word


def _as_part(text: str, part: str, language: str) -> str:
    """A headline has no full stop at its end, a body has one; quotation marks round the whole are none of it."""
    bare = tidy(text.strip().strip("\"“”'‘’*").strip()).rstrip(".。")
    bare = bare[:1].upper() + bare[1:] if bare[:1].islower() and bare[1:2].islower() else bare
    bare = re.sub(r"(?<=, )[A-Z][a-z]+", lambda word: _small_if_plain(word[0]), bare)
    return bare + ("。" if language == "zh" else ".") if part == "body" and bare and bare[-1] not in "!?！？" else bare
