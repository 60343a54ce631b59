"""Words of forecasts, beside the form of a campaign and on pages of their own: key, English, Chinese."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "forecast": ("Forecast", "预测"),
    "forecasts": ("Forecasts", "预测"),
    "new_forecast": ("New forecast", "新建预测"),
    "keep_forecast": ("Keep this forecast", "保存此预测"),
    "keep_with_campaign": ("Keep this forecast with the campaign", "随计划一起保存此预测"),
    "what_comes": ("What comes", "结果"),
    "middle": ("Median", "中位数"),
    "in_80": ("80 % interval", "80% 区间"),
    "in_95": ("95 % interval", "95% 区间"),
    "forecast_curve": (
        "What other budgets would bring; dashed: the planned spend",
        "不同预算的预期结果；虚线为计划花费",
    ),
    "forecast_by_day": ("Clicks by day, with the 80 % interval", "每日点击及 80% 区间"),
    "forecast_knows_to": ("Known is what happened up to", "数据截至"),
    "forecast_asked": (
        "Fill in the form: what the campaign will bring is told here.",
        "填写表单后，此处显示该计划的预期结果。",
    ),
    "forecast_preparing": (
        "Forecasts are being prepared; the first time this takes up to a minute.",
        "正在准备预测，首次约需一分钟。",
    ),
    "forecast_missing": ("There is nothing yet that could be forecast from.", "目前尚无可用于预测的数据。"),
    "forecast_missing_hint": (
        "Forecasts learn from the log of auctions: let adplat serve campaigns for a while, bring a log with "
        "'adplat data import', or name a folder with one by ADPLAT_FORECAST_DATA.",
        "预测依据竞价日志：请先投放一段时间，或用 adplat data import 导入日志，"
        "或以 ADPLAT_FORECAST_DATA 指定数据目录。",
    ),
    "forecast_wrong": ("No forecast yet, as the form stands.", "按当前表单内容还无法预测。"),
    "forecast_refused": ("No number would be honest here.", "现有数据不足以给出可信的数字。"),
    "refused_too_few_requests": (
        "Too few opportunities of the log meet the targeting: widen it.",
        "日志中符合定向的机会过少，请放宽定向。",
    ),
    "refused_no_comparable_campaign": (
        "No campaign of the log can be compared with this one.",
        "日志中没有可比的投放计划。",
    ),
    "refused_audience_below_k": (
        "Too few people are behind it to tell a number: widen the targeting.",
        "涉及人数过少，不能给出数字，请放宽定向。",
    ),
    "refused_no_response_model": (
        "Nobody knows how such creatives are clicked: the log has no clicks to learn from.",
        "日志中没有可供学习的点击，无法得知此类创意的点击情况。",
    ),
    "refused_horizon_too_long": (
        "It reaches further ahead than the log lets anybody see: plan nearer days.",
        "预测日期超出日志可支持的范围，请选择更近的日期。",
    ),
    "kept_forecasts": ("Kept forecasts", "已保存的预测"),
    "made": ("Made", "预测时间"),
    "forecast_by": ("By", "预测人"),
    "scored": ("Scored", "已评分"),
    "waits_for_end": ("waits for the end of its flight", "等待投放期结束"),
    "hits": ("Held (95 %)", "命中（95%）"),
    "told_and_came": ("What was told, and what came", "预测与实际"),
    "came": ("Came", "实际"),
    "came_over_told": ("what came, over the median", "实际与中位数之比"),
    "whole_forecast": ("The whole forecast", "完整预测"),
    "so_far": ("so far", "截至目前"),
    "hit": ("inside", "命中"),
    "inside_95": ("inside 95 %", "95% 内"),
    "miss": ("outside", "未命中"),
    "calibration": ("How often intervals held", "区间命中情况"),
    "calibration_hint": (
        "Of forecasts whose flights are over: the share of 80 % intervals that held, with its own interval; the dashed "
        "line is what was told.",
        "已结束投放期的预测：80% 区间实际命中的比例及其区间；虚线为应有比例。",
    ),
    "whole_flight": ("whole flight", "整个投放期"),
    "by_the_day": ("by the day", "按日"),
    "numbers": ("Numbers", "数字"),
    "see_coverage": ("See how often intervals held", "查看区间命中情况"),
    "no_scores": (
        "No forecast was scored yet: that happens when flights are over.",
        "尚无已评分的预测：投放期结束后自动评分。",
    ),
    "forecast_against_actual": ("Forecast against actual", "预测与实际对比"),
    "done_kept": ("Kept.", "已保存。"),
    "done_created_without_forecast": ("Created; no forecast was kept.", "已创建；未保存预测。"),
    "done_saved_without_forecast": ("Saved; no forecast was kept.", "已保存；未保留预测。"),
}
