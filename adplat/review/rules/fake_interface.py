"""Buttons and messages that pretend to be the reader's own device or page."""

from __future__ import annotations

import re
from collections.abc import Iterator

from adplat.domain import Box, Objection, Weight
from adplat.review.cannot_look import CannotLook
from adplat.review.eyes import Eyes
from adplat.review.glyph_shapes import closing_cross, play_triangle
from adplat.review.rule import Rule, Saying
from adplat.review.spoken import IN_PICTURE, everything, quoted
from adplat.review.subject import Subject

_WORDS = re.compile(
    r"\byou(?:'ve| have)?(?: got| received)? (?:\(?\d+\)?|a|one|an?)? ?(?:new |unread )?(?:messages?|notifications?|voicemails?|e-?mails?|friend requests?)\b(?= waiting|!|\.|$| \()"
    r"|\b\d+ (?:new |unread )?(?:messages?|notifications?|viruses|threats?|missed calls?)\b(?! per| a )"
    r"|\b(?:your )?(?:computer|pc|phone|device|system|browser|iphone|android|mac|battery)\b[\w ,'-]{0,24}?\b(?:infected|at risk|damaged|compromised|hacked|virus\w*|out of date|outdated|running slow|is low|critically low|needs? (?:an )?updat\w+)"
    r"|\b(?:virus(?:es)?|malware|spyware|trojan|threats?)\b[\w ,'()-]{0,16}?\b(?:detected|found|alert|warning)\b|\b(?:system|security|critical|windows|virus) (?:alert|warning|error|notification|message|update)\b"
    r"|\b(?:click|tap|press) (?:here |ok |x |the x )?to (?:close|dismiss|continue|skip|remove|allow|update|scan)\b|\bupdate (?:your )?(?:flash|player|browser|driver)\w*|\bflash player\b"
    r"|\b(?:storage|memory|disk) (?:is )?(?:almost |nearly )?full\b|\b(?:missed|incoming) (?:video )?call\b|\bloading\b(?:\.{2,}|…)?\s*\d+ ?%|\bdownload (?:has )?(?:started|complete)|\bskip ad\b|\bare you a robot\b|\bsession (?:has )?expired\b"
    r"|您?有\s?[\d一二两三]+\s?(?:条|个|封)?(?:新|未读)?(?:消息|短信|信息|通知|邮件|来电|好友请求)|[\d一二两三]+条未读|(?:系统|安全|病毒|风险|错误)(?:警告|警报|提示|通知)|(?:检测到|发现)[\w\d ]{0,4}(?:病毒|木马|威胁|风险)|(?:手机|电脑|设备|系统)[\w]{0,4}(?:中毒|感染|已损坏|被入侵|有病毒|需要更新)"
    r"|(?:内存|存储空间|电量)(?:不足|已满|过低)|(?:点击|按此|单击)(?:此处)?(?:关闭|跳过|继续|清理|更新|允许|确定)|来电(?:提醒|显示)|未接来电|立即(?:清理|杀毒|升级系统)|跳过广告|正在(?:加载|下载)\s?\d+ ?%",
    re.IGNORECASE,
)
_BUTTONS = re.compile(
    r"\s*(?:[x×✕✖✗╳⨯❌⊗]|\[x\]|▶️?|►|⏵|❚❚|close|close ad|dismiss|skip|allow|关闭|跳过|知道了|允许|确定|取消)\s*",
    re.IGNORECASE,
)


def look(subject: Subject, eyes: Eyes) -> Iterator[Objection]:
    """Words of messages, buttons that only a page has, and the shapes of two of them."""
    unread: CannotLook | None = None
    try:
        for spoken in everything(subject, eyes):
            match = _WORDS.search(spoken.plain)
            if match:
                yield RULE.objection(Weight.FAIL, "message", {"part": spoken.part, "words": quoted(match.group())})
            for line in spoken.text.splitlines() if spoken.part != IN_PICTURE else _in_upper_corners(subject, eyes):
                if _BUTTONS.fullmatch(line):
                    yield RULE.objection(Weight.FAIL, "button", {"part": spoken.part, "words": quoted(line)})
    except CannotLook as reason:
        unread = reason
    if subject.picture is not None:
        cross = closing_cross(subject.picture)
        if cross is not None:
            yield RULE.objection(Weight.FAIL, "cross", _where(cross))
        triangle = play_triangle(subject.picture)
        if triangle is not None:
            yield RULE.objection(Weight.FAIL, "play", _where(triangle))
    if unread is not None:
        raise CannotLook(unread.reason)


def _in_upper_corners(subject: Subject, eyes: Eyes) -> list[str]:
    """Letters read where closing buttons stand; the same letter on a shirt is a print."""
    width, height = subject.picture.size if subject.picture is not None else (1, 1)
    return [
        line.text
        for line in eyes.lines()
        if line.box.bottom < 0.25 * height and (line.box.right < 0.25 * width or line.box.left > 0.75 * width)
    ]


def _where(box: Box) -> dict[str, int]:
    return {"left": box.left, "top": box.top, "width": box.width}


RULE: Rule = Rule(
    "policy.fake_interface",
    "nothing pretends to be a button or a message of the reader's own device",
    look,
    {
        "message": Saying(
            "{part} speaks like a device: {words}",
            "leave it out: an ad may not look like the reader's own device or page",
        ),
        "button": Saying(
            "{part} is a button of a page: {words}",
            "leave it out: an ad may not look like the reader's own device or page",
        ),
        "cross": Saying(
            "a closing cross stands at {left}, {top}, {width} pixels wide",
            "leave it out: an ad may not look like the reader's own device or page",
        ),
        "play": Saying(
            "a play button stands at {left}, {top}, {width} pixels wide",
            "leave it out: an ad may not look like the reader's own device or page",
        ),
    },
)
