"""Advice on campaigns: as data, and as one sentence in English and in Chinese.

Every piece has a gain with its 95 % interval and what it rests on. Where the interval includes no gain it is not worth
saying: the piece is still there, with ``worth_saying`` false. Everything here reads documents and changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adplat.domain import Interval
from adplat.forecast.advice_words import OUTCOMES, Words, change, money, span
from adplat.forecast.curve_document import Objective


@dataclass(frozen=True, slots=True)
class Advice:
    """``gain`` is in outcomes of the objective, or in micros where that is value or profit."""

    kind: str
    worth_saying: bool
    gain: Interval
    sentence: Words
    evidence: Mapping[str, Any]

    def document(self) -> dict[str, Any]:
        """Plain data: ``{"kind", "worth_saying", "gain": {"value", "low", …}, "en", "zh", "evidence"}``."""
        return {
            "kind": self.kind,
            "worth_saying": self.worth_saying,
            "gain": interval_document(self.gain),
            "en": self.sentence.en,
            "zh": self.sentence.zh,
            "evidence": dict(self.evidence),
        }


def interval_document(interval: Interval) -> dict[str, float]:
    """``{"value", "low", "high", "level"}``."""
    return {"value": interval.value, "low": interval.low, "high": interval.high, "level": interval.level}


def interval_of(document: Mapping[str, Any]) -> Interval:
    """The reverse of ``interval_document``."""
    return Interval(*(float(document[name]) for name in ("value", "low", "high", "level")))


def advise_split(split: Mapping[str, Any]) -> Advice:
    """Today's money split better: of the document of ``forecast split``, whose total is that of today or another."""
    gain, objective = interval_of(split["gain"]), Objective(split["objective"])
    currency = split.get("currency", "")
    moves = [one for one in split["campaigns"] if one["advised_micros"] != one["today_micros"]]
    worth = gain.low > 0.0 and bool(moves)
    told_en = ", ".join(
        f"{one['name']} {money(one['today_micros'], currency)} → {money(one['advised_micros'], currency)}"
        for one in moves
    )
    told_zh = "，".join(
        f"{one['name']} {money(one['today_micros'], currency)} → {money(one['advised_micros'], currency)}"
        for one in moves
    )
    if worth:
        sentence = Words(
            f"Split {money(split['budget_micros'], currency)} anew: {told_en}. Expected: "
            f"{change(gain, objective, currency).en}.",
            f"将 {money(split['budget_micros'], currency)} 重新分配：{told_zh}。"
            f"预计{change(gain, objective, currency).zh}。",
        )
    else:
        sentence = Words(
            f"Leave the split as it is: another one is expected to bring {change(gain, objective, currency).en}, which "
            "may be no gain.",
            f"保持现有预算分配：重新分配预计{change(gain, objective, currency).zh}，可能没有收益。",
        )
    evidence = dict(split["evidence"]) | {"campaigns": len(split["campaigns"]), "moved": len(moves)}
    return Advice("split", worth, gain, sentence, evidence)


def advise_next_money(split: Mapping[str, Any]) -> Advice:
    """What a tenth more money brings where it is best spent, and what one more outcome costs then."""
    told, objective, currency = split["next_money"], Objective(split["objective"]), split.get("currency", "")
    gain = interval_of(told["gain"])
    more = money(told["micros"], currency)
    worth = gain.low > 0.0
    if not worth:
        sentence = Words(
            f"A further {more} is expected to bring {change(gain, objective, currency).en}, which may be nothing.",
            f"追加 {more} 预计{change(gain, objective, currency).zh}，可能没有收益。",
        )
    elif objective.metric.value in ("clicks", "conversions"):
        cost = interval_of(told["marginal_cost_micros"])
        noun = OUTCOMES[objective]
        sentence = Words(
            f"A further {more} brings {change(gain, objective, currency).en}: {money(cost.value, currency)} for one "
            f"more of the {noun.en} (95 %: {money(cost.low, currency)} to {money(cost.high, currency)}).",
            f"追加 {more} 预计{change(gain, objective, currency).zh}："
            f"每多一次{noun.zh}成本 {money(cost.value, currency)}"
            f"（95% 区间 {money(cost.low, currency)} 至 {money(cost.high, currency)}）。",
        )
    else:
        sentence = Words(
            f"A further {more} brings {change(gain, objective, currency).en}.",
            f"追加 {more} 预计{change(gain, objective, currency).zh}。",
        )
    return Advice("next_money", worth, gain, sentence, dict(split["evidence"]) | {"more_micros": told["micros"]})


def advise_what_if(
    label: Words,
    gain: Interval,
    spend: Interval,
    cost: Interval | None,
    base: Mapping[str, Any],
    evidence: Mapping[str, Any],
) -> Advice:
    """A plan that differs in one thing, beside the plan as it is.

    Args:
        label: what differs.
        gain: outcomes more than before.
        spend: micros more than before.
        cost: micros less for each outcome than before; none where either brings nothing, or outcomes are money.
        base: ``{"objective", "currency", "outcome", "cost_micros"}`` of the plan as it is.
        evidence: what both forecasts rest on.
    """
    objective, currency = Objective(base["objective"]), str(base.get("currency", ""))
    cheaper = cost is not None and cost.low > 0.0
    worth = gain.low > 0.0 or cheaper
    told = change(gain, objective, currency)
    paid_en = f"spend {'+' if spend.value >= 0 else '−'}{money(abs(spend.value), currency)}"
    paid_zh = f"花费{'增加' if spend.value >= 0 else '减少'} {money(abs(spend.value), currency)}"
    if cost is not None:
        noun = OUTCOMES[objective]
        paid_en += (
            f", each of the {noun.en} {money(abs(cost.value), currency)} {'cheaper' if cost.value >= 0 else 'dearer'} "
            f"{span(Interval(abs(cost.value), *_turned(cost)), currency).en}"
        )
        paid_zh += (
            f"，每次{noun.zh}成本{'降低' if cost.value >= 0 else '上升'} {money(abs(cost.value), currency)}"
            f"{span(Interval(abs(cost.value), *_turned(cost)), currency).zh}"
        )
    doubt = Words("", "") if worth else Words(" Neither is sure to be a gain.", "均不能确定有收益。")
    sentence = Words(
        f"{label.en}: {told.en}; {paid_en}.{doubt.en}",
        f"{label.zh}：预计{told.zh}；{paid_zh}。{doubt.zh}",
    )
    found = dict(evidence) | {
        "spend_micros": interval_document(spend),
        "saved_micros_each": None if cost is None else interval_document(cost),
    }
    return Advice("what_if", worth, gain, sentence, found)


def advise_pause(creative_id: str, gain: Interval, better: float, base: Mapping[str, Any]) -> Advice:
    """A creative left out, its showings going to the others.

    Args:
        gain: outcomes more of the whole campaign.
        better: chance that the others respond better.
        base: ``{"objective", "currency", "showings", "others"}``: showings that would move, and to how many.
    """
    objective, currency = Objective(base["objective"]), str(base.get("currency", ""))
    worth = gain.low > 0.0
    told = change(gain, objective, currency)
    if worth:
        sentence = Words(
            f"Pause {creative_id}: the others respond better with {100 * better:.0f} % chance; {told.en}.",
            f"暂停素材 {creative_id}：其余素材更好的概率为 {100 * better:.0f}%；预计{told.zh}。",
        )
    else:
        sentence = Words(
            f"Keep {creative_id} for now: pausing it is expected to bring {told.en}, which may be no gain.",
            f"暂不停用素材 {creative_id}：停用预计{told.zh}，可能没有收益。",
        )
    evidence = {"chance_others_better": better, "showings": base["showings"], "others": base["others"]}
    return Advice("pause_creative", worth, gain, sentence, evidence)


def _turned(interval: Interval) -> tuple[float, float]:
    """The ends of what is told as cheaper or dearer: a rise is told by its size."""
    return (interval.low, interval.high) if interval.value >= 0 else (-interval.high, -interval.low)
