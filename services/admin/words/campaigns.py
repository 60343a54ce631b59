"""Words of the pages of campaigns: key, English, Chinese."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "monday": ("Monday", "周一"),
    "tuesday": ("Tuesday", "周二"),
    "wednesday": ("Wednesday", "周三"),
    "thursday": ("Thursday", "周四"),
    "friday": ("Friday", "周五"),
    "saturday": ("Saturday", "周六"),
    "sunday": ("Sunday", "周日"),
    "hours_hint": (
        "In the campaign's time zone, such as 8-12, 14-20, or all. A day left empty is off; all empty: always.",
        "以计划时区计，如 8-12, 14-20，或 all（全天）。留空的日子不投放；全部留空表示不限。",
    ),
    "frequency_caps": ("Frequency caps", "频次上限"),
    "caps_hint": (
        "Showings to one person within a time such as 7d, 12h or 30min.",
        "同一用户在如 7d、12h、30min 内的曝光次数。",
    ),
    "cap_limit": ("At most", "最多"),
    "cap_within": ("within", "时间内"),
    "cap_each": ("of each creative", "按单个创意"),
    "no_caps": ("No cap.", "不限。"),
    "attribution": ("Attribution", "归因"),
    "attribution_hint": (
        "How long after a click or a showing a conversion counts, such as 7d or 12h; 0d: none does.",
        "点击或曝光后多久内的转化计入，如 7d、12h；0d 表示不计。",
    ),
    "click_within": ("After a click", "点击后"),
    "view_within": ("After a showing", "曝光后"),
    "kind_max_cpc": ("highest price per click", "最高点击出价"),
    "kind_target_cpa": ("target cost per action", "目标转化成本"),
    "kind_target_roas": ("target return on spend", "目标回报率"),
    "kind_cpm": ("price per thousand showings", "千次曝光出价"),
    "per_max_cpc": ("per click", "每次点击"),
    "per_target_cpa": ("per action", "每次转化"),
    "per_cpm": ("per thousand showings", "每千次曝光"),
    "bid_unit": ("required; in {currency}, {per}", "必填，以 {currency} 计，{per}"),
    "bid_unit_ratio": ("required; a ratio, such as 4", "必填，比值，如 4"),
    "advertisers_currency": ("the advertiser's currency", "广告主的货币"),
    "form_no_target": (
        "{kind} needs an amount above 0, in {currency}, {per}. Write it as 2.50.",
        "{kind}须大于 0，以 {currency} 计，{per}。例如 2.50。",
    ),
    "form_no_ratio": (
        "target return on spend is a ratio above 0, {most} at most. Write it as 4 or 2.5.",
        "目标回报率为大于 0 的比值，最大 {most}。例如 4 或 2.5。",
    ),
    "form_no_amount": ("'{amount}' is no amount. Write it as 12.50.", "‘{amount}’不是金额。例如 12.50。"),
    "form_amount_below_zero": (
        "'{amount}' is no amount: it is below zero. Leave the minus out.",
        "'{amount}'不是金额：不能小于零。请去掉负号。",
    ),
    "form_amount_too_large": (
        "'{amount}' is no amount to book: it is too large. Give {most} at most.",
        "'{amount}'金额过大，最多 {most}。",
    ),
    "form_year_too_far": (
        "no campaign is planned for that year. Give one from {first} to {last}.",
        "年份超出可计划的范围，请填写 {first} 至 {last} 年。",
    ),
    "form_amount_too_fine": (
        "'{amount}' is no amount: it has too many digits. Give up to six after the point.",
        "'{amount}'不是金额：位数过多，小数点后最多六位。",
    ),
    "form_no_budget": (
        "A forecast needs a daily budget or a total budget. Fill in one of them.",
        "预估需要日预算或总预算，请至少填写一项。",
    ),
    "form_budget_zero": (
        "a budget is above 0. Leave the field empty for no limit.",
        "预算须大于 0；留空表示不限。",
    ),
    "form_daily_above_total": (
        "{daily} a day is more than the whole flight may spend, {total}. Lower it, or raise the total budget.",
        "每日 {daily} 超过整个投放期的 {total}。请调低，或提高总预算。",
    ),
    "form_target_above_budget": (
        "{kind} {target} is above the whole {budget}, {amount}. Amounts are in units such as 2.50, not in millionths.",
        "{kind} {target} 高于{budget} {amount}。金额以货币单位填写，如 2.50，而非百万分之一。",
    ),
    "copy_campaign": ("Copy", "复制"),
    "copy_of": ("Copy of {name}", "{name} 副本"),
    "chosen": ("Choose", "选择"),
    "for_chosen": ("With those chosen", "对所选计划"),
    "do_it": ("Do it", "执行"),
    "bulk_done": ("Changed: {done}.", "已更改：{done}。"),
    "bulk_partly_done": ("Changed: {done}. Not changed: {left}.", "已更改：{done}。未更改：{left}。"),
    "not_changed": ("not changed", "未更改"),
    "bulk_no_such_step": ("it is {was} and cannot become {wanted}", "{was}，不能变为{wanted}"),
    "end_campaign": ("End", "结束投放"),
    "end_means": (
        "It is shown no more, for good. What it brought stays in reports, and a copy can go on.",
        "此计划将永久停止投放。其数据保留在报表中，可复制后继续投放。",
    ),
    "end_sure": ("This cannot be undone", "此操作无法撤销"),
    "form_not_sure": (
        "Nothing was changed: “{status}” is for good. Tick “This cannot be undone” and send it again.",
        "未作更改：“{status}”不可恢复。请勾选“此操作无法撤销”后重新提交。",
    ),
    "pacing_chart": (
        "Spend since the start: planned evenly, delivered, and projected",
        "累计花费：匀速计划、实际与预计",
    ),
    "planned": ("planned", "计划"),
    "delivered": ("delivered", "实际"),
    "projected": ("projected", "预计"),
    "last_four_weeks": ("last 28 days", "近 28 天"),
    "breakdown": ("Breakdown", "细分"),
    "open_report": ("Open as a report", "在报表中打开"),
    "more_lines": ("Further rows in the report", "其余行见报表"),
}
