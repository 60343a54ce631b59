"""What is said of a filter that was not understood: key, English, Chinese. ``{known}`` is what may be asked."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "filter_not_understood": ("“{told}” is not understood; {may_be}.", "无法识别“{told}”；{may_be}。"),
    "filter_left_out": ("What follows is shown without it.", "以下内容未按该条件显示。"),
    "filter_withheld": ("Nothing is told until it is mended.", "更正之前不显示任何数据。"),
    "filter_may_known": ("it may be {known}", "可填：{known}"),
    "filter_may_text": ("it is text of at most 256 characters", "应为不超过 256 个字符的文字"),
    "filter_may_day": ("it is a day such as 2027-06-01", "应为日期，如 2027-06-01"),
    "filter_may_after": (
        "no day lies between the two: it is a day after the one that the list begins with",
        "两者之间没有任何一天，应为开始日之后的日期",
    ),
    "filter_may_advertiser": ("it is the id of an advertiser whose things you see", "应为您可查看的广告主的编号"),
    "filter_may_size": ("it is a width and a height such as 300x250", "应为宽×高，如 300x250"),
    "filter_may_zone": ("it is a time zone such as Asia/Shanghai", "应为时区名称，如 Asia/Shanghai"),
    "filter_may_condition": (
        "it is written as campaign=tea|ink or placement!=story, of {known}",
        "写法如 campaign=tea|ink 或 placement!=story，可用字段：{known}",
    ),
    "filter_may_column": (
        "it is a column of the table, with - before it for the largest first",
        "应为表中的一列，前加 - 表示从大到小",
    ),
    "filter_may_once": ("it is given once", "只能填写一个值"),
    "filter_may_not": ("this page has no such field; it has {known}", "本页没有此项；可用：{known}"),
    "filter_may_nothing": ("this page has no fields", "本页没有可填的项"),
    "filter_place": ("Place in the list", "列表位置"),
    "filter_may_place": (
        "the link to the next page leads there, for the same filters alone",
        "须由“下一页”链接进入，且筛选条件不变",
    ),
}
