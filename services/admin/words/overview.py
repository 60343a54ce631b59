"""Words of the overview and of alerts: key, English, Chinese. A sentence of an alert names its figures in braces."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "period": ("Period", "时段"),
    "period_7d": ("last 7 whole days", "最近 7 个整日"),
    "period_28d": ("last 28 whole days", "最近 28 个整日"),
    "period_month": ("this month", "本月"),
    "which_campaigns": ("Campaigns", "计划"),
    "only_live": ("live only", "仅投放中"),
    "all_that_may": ("all that run or may", "投放中与待投放"),
    "against_before": ("against the days before", "较之前同样天数"),
    "today_so_far": ("Today so far", "今日至今"),
    "days_of_utc": ("Days of UTC; today is not among them.", "以 UTC 计日，不含今日。"),
    "nothing_in_period": (
        "Nothing was counted from {since} to {last}. The last day before with anything counted is {counted}.",
        "{since} 至 {last} 没有统计到任何数据；此前最近有数据的一天是 {counted}。",
    ),
    "standings_of_days": ("Standings of {since} to {last}", "查看 {since} 至 {last} 的创意排名"),
    "report_of_days": ("Report of {since} to {last}", "查看 {since} 至 {last} 的报表"),
    "spend_by_day": ("Spend by day", "每日花费"),
    "chart_figures": ("Figures", "数据"),
    "delivery_and_pacing": ("Delivery and pacing", "投放与进度"),
    "booked": ("Booked", "预订"),
    "spent_to_date": ("Spent to date", "累计花费"),
    "complete": ("Complete", "完成"),
    "expected_now": ("± expected", "较预期"),
    "projected_end": ("Projected end", "预计终值"),
    "ends": ("Ends", "结束"),
    "alerts": ("Alerts", "提醒"),
    "no_alerts": ("Nothing needs you.", "目前没有需要处理的事项。"),
    "see_alerts": ("See what needs somebody", "查看需要处理的事项"),
    "looking": ("Looking …", "正在检查……"),
    "more_alerts": ("More of them, over the API", "其余可通过 API 查看"),
    "alert_limit_told": (
        "Not everything was looked at: there are too many live campaigns.",
        "投放中的计划过多，未能全部检查。",
    ),
    "level_bad": ("act", "需处理"),
    "level_warn": ("look", "请留意"),
    "see_win_rate": ("Look it up", "查询"),
    "and_comma": (", ", "、"),
    "metric_impressions": ("impressions", "曝光"),
    "metric_reach": ("reach", "触达"),
    "metric_clicks": ("clicks", "点击"),
    "metric_conversions": ("conversions", "转化"),
    "metric_value_micros": ("value", "价值"),
    "metric_spend_micros": ("spend", "花费"),
    "alert_behind_pace": (
        "{pace_share} behind an even spend: {spent_micros} of {expected_micros} expected by now.",
        "落后匀速花费 {pace_share}：已花费 {spent_micros}，此时应为 {expected_micros}。",
    ),
    "alert_ahead_of_pace": (
        "{pace_share} ahead of an even spend: {spent_micros}, where {expected_micros} was expected by now.",
        "超前匀速花费 {pace_share}：已花费 {spent_micros}，此时应为 {expected_micros}。",
    ),
    "alert_budget_ended": (
        "The total budget is spent ({spent_micros}), and the flight goes on.",
        "总预算已用完（{spent_micros}），投放期尚未结束。",
    ),
    "alert_no_delivery": (
        "It is live, and nothing was shown in the last {silent_h} hours.",
        "投放中，但最近 {silent_h} 小时没有任何曝光。",
    ),
    "alert_nothing_counted": (
        "No showing of any campaign was counted in the last {silent_h} hours; the latest event is of {covered_to}.",
        "最近 {silent_h} 小时未统计到任何计划的曝光；最新事件时间：{covered_to}。",
    ),
    "alert_creatives_held": ("{waiting} creatives wait for a decision.", "有 {waiting} 个创意等待审核。"),
    "alert_sample_ratio": (
        "Units do not come to the arms as planned (p = {p_value}): believe no number of it.",
        "样本未按计划进入各组（p = {p_value}）：其结果不可信。",
    ),
    "alert_experiment_invalid": ("Its latest result is invalid: {why}.", "最新结果无效：{why}。"),
    "alert_forecast_missed": (
        "What came lies outside the 95 % interval of {metrics}: {actual}, where {low} to {high} was told.",
        "实际结果落在 {metrics} 的 95% 区间之外：实际 {actual}，预测 {low} 至 {high}。",
    ),
    "alert_jobs_untaken": (
        "{waiting} jobs of this kind wait, and no living worker takes them.",
        "有 {waiting} 个此类任务在等待，没有存活的执行者可以执行。",
    ),
    "alert_pcoc_off": (
        "The model promises {pcoc} times the clicks that come ({low} to {high}, last {days} days).",
        "模型预估点击为实际的 {pcoc} 倍（{low} 至 {high}，最近 {days} 天）。",
    ),
}
