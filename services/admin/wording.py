"""What pages say, in English and Chinese. A word that the table lacks stops the page, in tests before anywhere else."""

from __future__ import annotations

from collections.abc import Callable

from adplat.domain import REPORT_METRICS, InternalFault
from services.admin.words import PAGES

LANGUAGES = ("en", "zh")
Say = Callable[..., str]

_WORDS: dict[str, tuple[str, str]] = {
    "title": ("adplat", "adplat"),
    "skip": ("Skip to content", "跳到正文"),
    "menu": ("Main", "主导航"),
    "overview": ("Overview", "总览"),
    "campaigns": ("Campaigns", "投放计划"),
    "campaign": ("Campaign", "投放计划"),
    "creatives": ("Creatives", "创意"),
    "experiments": ("Experiments", "实验"),
    "experiment": ("Experiment", "实验"),
    "audit": ("Audit", "审计"),
    "language": ("中文", "English"),
    "sign_in": ("Sign in", "登录"),
    "sign_out": ("Sign out", "退出"),
    "user": ("Name", "用户名"),
    "password": ("Password", "密码"),
    "sign_in_hint": ("Accounts are made by an admin.", "账号由管理员创建。"),
    "name": ("Name", "名称"),
    "id": ("Id", "编号"),
    "advertiser": ("Advertiser", "广告主"),
    "status": ("Status", "状态"),
    "state": ("State", "状态"),
    "all_advertisers": ("all", "全部"),
    "any": ("any", "全部"),
    "search": ("Search", "搜索"),
    "filter": ("Filter", "筛选"),
    "clear": ("Clear", "清除"),
    "next_page": ("Next page", "下一页"),
    "first_page": ("First page", "第一页"),
    "nothing": ("Nothing here.", "暂无内容。"),
    "new_campaign": ("New campaign", "新建计划"),
    "edit": ("Edit", "编辑"),
    "save": ("Save", "保存"),
    "create": ("Create", "创建"),
    "cancel": ("Cancel", "取消"),
    "last_days": ("last 7 days", "近 7 天"),
    "last_month": ("last 30 days", "近 30 天"),
    "highest_day": ("highest day", "最高日"),
    "on_page": ("of the campaigns on this page", "本页投放计划"),
    "day": ("Day", "日期"),
    "daily_delivery": ("Delivery by day (UTC)", "按日投放（UTC）"),
    "daily_budget": ("Daily budget", "日预算"),
    "total_budget": ("Total budget", "总预算"),
    "no_limit": ("no limit", "不限"),
    "flight": ("Flight", "投放期"),
    "flight_start": ("Starts (UTC)", "开始（UTC）"),
    "flight_end": ("Ends (UTC)", "结束（UTC）"),
    "open_end": ("open", "不限"),
    "time_zone": ("Time zone", "时区"),
    "bid": ("Bid", "出价"),
    "bid_kind": ("Bid strategy", "出价方式"),
    "bid_target": ("Target", "目标"),
    "targeting": ("Targeting", "定向"),
    "targeting_hint": ("Separated by commas; empty: no restriction.", "以逗号分隔；留空表示不限。"),
    "countries": ("Countries", "国家"),
    "regions": ("Regions", "地区"),
    "devices": ("Devices", "设备"),
    "operating_systems": ("Operating systems", "操作系统"),
    "languages": ("Languages", "语言"),
    "segments": ("Segments", "人群"),
    "placements": ("Placements", "广告位"),
    "sites": ("Sites", "媒体"),
    "excluded_sites": ("Excluded sites", "排除媒体"),
    "excluded_content": ("Excluded content", "排除内容"),
    "hours_of_week": ("Hours of the week", "每周时段"),
    "everywhere": ("No restriction.", "不限。"),
    "ads": ("Ads", "广告"),
    "landing": ("Leads to", "落地页"),
    "add_ad": ("Add an ad", "添加广告"),
    "change_status": ("Change status", "更改状态"),
    "waiting": ("Waiting for a decision", "待审核"),
    "drafted": ("drafted", "生成"),
    "uploaded": ("handed in", "上传"),
    "approve": ("Approve", "通过"),
    "reject": ("Reject", "拒绝"),
    "reason": ("Reason", "理由"),
    "verdict": ("Review", "机审"),
    "findings": ("Findings", "问题"),
    "no_findings": ("Nothing found.", "未发现问题。"),
    "fix": ("Fix", "建议"),
    "not_reviewed": ("not reviewed here", "未在此审核"),
    "pass": ("passes", "通过"),
    "hold": ("asks a person", "需人工"),
    "fail": ("fails", "不通过"),
    "warn": ("note", "提示"),
    "upload": ("Hand in a creative", "上传创意"),
    "ad": ("Ad", "广告"),
    "placement": ("Placement", "广告位"),
    "picture": ("Picture", "图片"),
    "picture_hint": ("PNG, JPEG, GIF or WebP, at most 10 MiB.", "PNG、JPEG、GIF 或 WebP，最大 10 MiB。"),
    "headline": ("Headline", "标题"),
    "body": ("Body", "正文"),
    "cta": ("Call to action", "行动号召"),
    "words_alone": ("words alone", "纯文字"),
    "gallery": ("Gallery", "全部创意"),
    "arms": ("Arms", "分组"),
    "weight": ("Weight", "权重"),
    "paused": ("paused", "暂停"),
    "created": ("Created", "创建"),
    "started": ("Started", "开始"),
    "stopped": ("Stopped", "停止"),
    "decided": ("Decided", "决定"),
    "winner": ("Winner", "胜者"),
    "none": ("none", "无"),
    "latest_result": ("Latest result", "最新结果"),
    "no_result": ("No analysis yet.", "尚无分析。"),
    "treatment": ("Arm", "分组"),
    "estimate": ("Difference to the control", "与对照之差"),
    "interval": ("Interval", "区间"),
    "p_value": ("p-value", "p 值"),
    "units": ("Units", "样本"),
    "when": ("When", "时间"),
    "who": ("Who", "操作者"),
    "what": ("Action", "操作"),
    "subject": ("Subject", "对象"),
    "why": ("Detail", "详情"),
    "number": ("No.", "序号"),
    "actor": ("Who", "操作者"),
    "action": ("Action", "操作"),
    "history": ("What was done with it", "变更记录"),
    "wrong": ("Not done", "未完成"),
    "back": ("Back", "返回"),
    "too_large": (
        "What was sent is too large: at most %s at once, and 10 MiB a picture.",
        "提交的内容过大：每次最多 %s，每张图片最多 10 MiB。",
    ),
    "done_saved": ("Saved.", "已保存。"),
    "done_created": ("Created.", "已创建。"),
    "done_approved": (
        "Approved. It is not shown yet: it is set live on its page.",
        "已通过。尚未投放：可在创意页面改为「投放中」。",
    ),
    "done_rejected": ("Rejected.", "已拒绝。"),
    "done_uploaded": ("Handed in and reviewed.", "已上传并完成机审。"),
    "changed_meanwhile": (
        "Somebody changed it since you opened this form. Look at what is there now and save again.",
        "在您打开表单之后已有人修改。请查看当前内容后再保存。",
    ),
    "reports": ("Reports", "报表"),
    "report_since": ("From", "开始日"),
    "report_until": ("To before", "截止（不含）"),
    "report_by": ("By", "维度"),
    "report_then": ("and by", "再按"),
    "condition": ("Condition", "条件"),
    "condition_too": ("and", "且"),
    "show": ("Show", "查询"),
    "hour": ("Hour", "小时"),
    "creative": ("Creative", "创意"),
    "currency": ("Currency", "货币"),
    "total": ("Total", "合计"),
    "more_rows": ("Rows that only the files tell", "仅文件包含的其余行数"),
    "counted_to": ("Events counted up to", "事件统计截至"),
    "take_away": ("All rows and metrics as a file", "下载全部行与指标"),
    # States and statuses.
    "draft": ("draft", "草稿"),
    "scheduled": ("scheduled", "待投放"),
    "live": ("live", "投放中"),
    "ended": ("ended", "已结束"),
    "held": ("held", "待审"),
    "approved": ("approved", "已通过"),
    "rejected": ("rejected", "已拒绝"),
    "retired": ("retired", "已下线"),
    "running": ("running", "进行中"),
}


def words_in(language: str) -> Say:
    """``say(key)`` in that language; raises KeyError for a word that the table lacks."""
    position = LANGUAGES.index(language)

    def say(key: str) -> str:
        return _ALL[key][position]

    return say


def named(say: Say, kind: str, value: str) -> str:
    """The word for one of a kind that grows (deeds, kinds of jobs, findings); one without a word is told as it is."""
    key = f"{kind} {value}"
    return str(say(key)) if key in _ALL else value


def _together() -> dict[str, tuple[str, str]]:
    """Raises InternalFault for a key that two pages have: one would speak with the other's words."""
    found = dict(_WORDS)
    # A metric has one name, on pages as in files.
    metrics = {metric.name: (metric.label, metric.label_zh) for metric in REPORT_METRICS.values()}
    for words in (metrics, *PAGES):
        if twice := sorted(found.keys() & words.keys()):
            raise InternalFault(
                f"words told twice: {', '.join(twice)}", where="services/admin/words", hint="tell each once"
            )
        found |= words
    return found


def language_of(chosen: str, accepted: str) -> str:
    """What somebody chose, else what the browser likes most of ours (RFC 9110, 12.5.4), else English."""
    if chosen in LANGUAGES:
        return chosen
    liked: list[tuple[float, str]] = []
    for told in accepted.lower().replace(" ", "").split(",")[:20]:
        name, _, weight = told.partition(";q=")
        try:
            liked.append((float(weight) if weight else 1.0, name[:2]))
        except ValueError:
            continue
    ours = [one for one in sorted(liked, key=lambda one: -one[0]) if one[1] in LANGUAGES]
    return ours[0][1] if ours else LANGUAGES[0]


_ALL = _together()
