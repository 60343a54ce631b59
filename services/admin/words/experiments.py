"""Words of the pages of experiments and bandits: key, English, Chinese."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    # What an analysis says (adplat/experiments/verdict.py).
    "verdict_invalid": ("not to be trusted", "不可信"),
    "verdict_wait": ("wait", "继续等待"),
    "verdict_winner": ("a winner", "有优胜者"),
    "verdict_keep_control": ("keep the control", "保留对照"),
    "verdict_non_inferior": ("not worse", "不劣于对照"),
    "verdict_undecided": ("undecided", "未有定论"),
}
