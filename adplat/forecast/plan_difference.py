"""What a changed plan differs in, told in few words of both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adplat.forecast.advice_words import Words
from adplat.forecast.curve_document import plan_of_forecast


def plan_difference(base: Mapping[str, Any], other: Mapping[str, Any], fallback: str) -> Words:
    """``Bid +20 %``, ``placements: added feed`` and the like, from the ``plan`` of both forecasts.

    ``fallback`` where a document tells no plan, or both are the same.
    """
    before, after = plan_of_forecast(base), plan_of_forecast(other)
    told = [*_money(before, after), *_targeting(before, after), *_rest(before, after)]
    if not told:
        return Words(fallback, fallback)
    return Words("; ".join(one.en for one in told), "；".join(one.zh for one in told))


def _money(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Words]:
    told = []
    for place, name, en, zh in (
        ("bid", "target_micros", "Bid", "出价"),
        ("bid", "target_ratio", "Target ratio", "目标回报率"),
        ("", "daily_budget_micros", "Daily budget", "日预算"),
        ("", "total_budget_micros", "Total budget", "总预算"),
    ):
        old, new = (_within(plan, place).get(name) for plan in (before, after))
        if old != new and old and new:
            percent = f"{100.0 * (float(new) / float(old) - 1.0):+.0f}"
            told.append(Words(f"{en} {percent} %", f"{zh} {percent}%"))
    return told


def _targeting(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Words]:
    old, new = _within(before, "targeting"), _within(after, "targeting")
    told = []
    for name in sorted(old.keys() | new.keys()):
        one, two = old.get(name), new.get(name)
        if one == two:
            continue
        if isinstance(one or [], list) and isinstance(two or [], list):
            had, has = ({str(value) for value in values or []} for values in (one, two))
            # An empty list restricts nothing: from it to a list is not more but less.
            if not has or not had:
                told.append(_restricted(name, ", ".join(sorted(had | has)), lifted=bool(had)))
                continue
            added, gone = ", ".join(sorted(has - had)), ", ".join(sorted(had - has))
            parts = [
                *([Words(f"added {added}", f"增加 {added}")] if added else []),
                *([Words(f"without {gone}", f"去掉 {gone}")] if gone else []),
            ]
            en, zh = ", ".join(part.en for part in parts), "，".join(part.zh for part in parts)
            told.append(Words(f"{name}: {en}", f"{name}：{zh}"))
        else:
            told.append(Words(f"{name} changed", f"{name} 有变化"))
    return told


def _restricted(name: str, values: str, *, lifted: bool) -> Words:
    if name.startswith("excluded"):
        en, zh = (f"no longer {values}", f"取消 {values}") if lifted else (f"now {values}", f"新增 {values}")
    elif lifted:
        en, zh = f"no longer only {values}", f"不再限定 {values}"
    else:
        en, zh = f"only {values}", f"仅限 {values}"
    return Words(f"{name}: {en}", f"{name}：{zh}")


def _rest(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Words]:
    names = {
        "start": "开始日期",
        "end": "结束日期",
        "creatives": "素材",
        "new_creatives": "新素材",
        "frequency_caps": "频次上限",
    }
    return [
        Words(f"{name.replace('_', ' ')} changed", f"{zh}有变化")
        for name, zh in names.items()
        if before.get(name) != after.get(name)
    ]


def _within(plan: Mapping[str, Any], place: str) -> Mapping[str, Any]:
    found = plan.get(place) if place else plan
    return found if isinstance(found, Mapping) else {}
