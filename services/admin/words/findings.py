"""What reviews find, in Chinese: the sentence and its fix, for every saying of every rule of ``adplat.review``.

The English of a finding is what its review wrote down, so that nothing stands here for it. The names in braces are the
details of the saying; some of their values have words as well (``part headline``).
"""

from __future__ import annotations

from collections.abc import Mapping

_NO_PROOF_FIX = "删除，或补充带凭据的事实"
_NO_TERMS_FIX = "删除，或补充带条件的事实"
_NUMBER_FIX = "删除该数字，或补充含有它的事实"
_CONTRAST_FIX = "换用更醒目的颜色，或在文字下加纯色底"
_INTERFACE_FIX = "删除：广告不得像读者自己的设备或页面"
_REPAINT_FIX = "换一个种子重新生成背景"
_SIZE_FIX = "按该尺寸重新排版"
_PICTURE_HAS = "图片为 {width} × {height} 像素"


def _claim(what: str, fix: str) -> dict[str, tuple[str, str]]:
    """Of a rule of claims, as ``adplat.review.claims`` words them."""
    told = f"{{part}}含有{what}{{words}}"
    return {
        "no_facts": (f"{told}，且未提供事实", fix),
        "no_proof": (f"{told}，对应的事实未注明凭据", fix),
        "no_fact": (f"{told}，没有任何事实支持", fix),
    }


# By rule and saying: what it found, and how to mend it.
FINDINGS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "claims.cures": _claim("健康宣称", _NO_PROOF_FIX),
    "claims.free": _claim("免费承诺", _NO_TERMS_FIX),
    "claims.guarantees": _claim("保证", _NO_TERMS_FIX),
    "claims.income": _claim("收益承诺", _NO_PROOF_FIX),
    "claims.numbers": {
        "no_fact": ("{part}写有{words}，没有事实含有该数字", _NUMBER_FIX),
        "no_facts": ("{part}写有{words}，且未提供可核对的事实", _NUMBER_FIX),
    },
    "claims.prices": {
        "price_no_facts": ("{part}写有价格{words}，且未提供可核对的事实", "提供简报，或由人工对照落地页"),
        "offer_no_facts": ("{part}写有优惠{words}，且未提供可核对的事实", "提供简报，或由人工对照落地页"),
        "price_no_fact": ("{part}写有价格{words}，没有事实含有它", "使用事实中的价格或优惠"),
        "offer_no_fact": ("{part}写有优惠{words}，没有事实含有它", "使用事实中的价格或优惠"),
    },
    "claims.superlatives": _claim("最高级表述", "改写为实测结果，或补充带凭据的事实"),
    "claims.urgency": _claim("紧迫性表述", "删除，或补充注明日期或库存的事实"),
    "copy.banned_words": {"banned": ("{part}写有{words}，为品牌禁用词", "换一种说法")},
    "copy.counts": {
        "too_many": ("{part}共 {count} 条；{place} 最多 {most} 条", "删去 {spare} 条"),
        "too_few": ("{part}共 {count} 条；{place} 至少 {fewest} 条", "补充 {lacking} 条"),
        "none_short": (
            "没有一条{part}的宽度不超过 {short_width}；{place} 要求有一条",
            "补充一条宽度不超过 {short_width} 的（全角字符计 2）",
        ),
    },
    "copy.length": {
        "refused": (
            "{part}{words}宽度为 {width}；{place} 拒收宽度超过 {most_width} 的文字",
            "缩短 {excess}（全角字符计 2）",
        ),
        "cut": ("{part}{words}宽度为 {width}；{place} 会截断超过 {most_width} 的部分", "缩短 {excess}（全角字符计 2）"),
    },
    "editorial.barred": {
        "barred": ("{part}含有 {network} 禁用的{bar}：{found}", "删除这些字符"),
        "hidden": ("{part}含有读者看不到的字符：{found}", "去掉这些字符后重新输入"),
    },
    "editorial.capitals": {"shouts": ("{part}使用大写喊叫：{words}", "只在词首使用大写")},
    "editorial.punctuation": {"repeated": ("{part}重复标点：{words}", "最多使用一个标点")},
    "editorial.spacing": {"disguised": ("{part}拆开或伪装了词语：{words}", "按正常写法书写")},
    "file.animation": {
        "unseen_frames": ("共 {frames} 帧，只检查了第一帧", "请查看其余各帧"),
        "animated": ("图片为动图，共 {frames} 帧；该广告位只接受静态图片", "只交付一帧"),
    },
    "file.format": {
        "other": ("文件为 {format}；该广告位接受 {formats}", "另存为 {first}"),
        "none_taken": ("文件为 {format}；该广告位接受 {formats}", "询问广告位接受的格式"),
        "misnamed": ("{name} 实为 {format}，文件名却标为 {promised}", "改名：服务器按文件名告知浏览器类型"),
        "converted": ("注意：{note}", "若非有意，请存为普通 RGB"),
    },
    "file.size": {
        "no_picture": ("{place} 不展示图片", "选择有图片的广告位"),
        "missing": ("没有图片；{place} 展示 {right_width} × {right_height} 像素的图片", "附上图片后重新提交"),
        "size": (f"{_PICTURE_HAS}；该广告位要求 {{right_width}} × {{right_height}}", _SIZE_FIX),
        "ratio": (
            f"{_PICTURE_HAS}，宽高比 {{ratio:.3f}}；该广告位要求 {{right_ratio:.3f}} ± {{tolerance:.0%}}",
            _SIZE_FIX,
        ),
        "small": (f"{_PICTURE_HAS}；该广告位至少要求 {{least_width}} × {{least_height}}", _SIZE_FIX),
    },
    "file.weight": {
        "heavy": ("文件大小为 {bytes:,} 字节；该广告位最多 {most_bytes:,} 字节", "降低质量或减少颜色后保存")
    },
    "layout.canvas": {"outside": ("{element}有 {outside:.0%} 超出画布", "移入画布，或缩小")},
    "layout.overlap": {"cover": ("{element}与{other_element}相互遮挡 {share:.0%}", "将二者分开")},
    "layout.product_covered": {"covered": ("产品有 {share:.0%} 被遮挡", "移开遮挡产品的元素")},
    "layout.safe_zone": {"in_band": ("{element}有 {outside:.0%} 位于广告位自身控件覆盖的边带内", "向中间移动")},
    "marks.other_brands": {"names": ("{part}提到可能属于他人的商标：{words}", "删除，或由人工确认有权使用")},
    "marks.own_logo": {
        "crowded": ("{element}与徽标的距离不足 {room} 像素", "在徽标四周留白"),
        "nameless": ("既无徽标，也未出现名称{brand}", "加上徽标或名称"),
        "stretched": ("徽标被拉伸 {stretch:+.0%}", "保持宽高比"),
    },
    "people.disclosure": {
        "made_face": ("发现一张人脸，最高把握 {sure:.2f}", "声明画中人物并非真人"),
        "made_faces": ("发现 {count} 张人脸，最高把握 {sure:.2f}", "声明画中人物并非真人"),
        "face": ("发现一张人脸，最高把握 {sure:.2f}", "登记本人同意，或声明并非真人"),
        "faces": ("发现 {count} 张人脸，最高把握 {sure:.2f}", "登记本人同意，或声明并非真人"),
    },
    "picture.background_letters": {"letters": ("背景中有文字：{words}", _REPAINT_FIX)},
    "picture.contrast": {
        "as_read": ("从图片读出的{words}对比度为 {ratio:.1f}:1；要求 {least:g}:1", _CONTRAST_FIX),
        "of_tree": ("{element}{words}对比度为 {ratio:.2f}:1；要求 {least:g}:1", _CONTRAST_FIX),
    },
    "picture.text_share": {
        "over_limit": ("文字与徽标占图片的 {share:.0%}；该广告位最多 {most_share:.0%}", "减少文字，或缩小字号"),
        "cluttered": ("文字与徽标占图片的 {share:.0%}，显得杂乱", "减少文字，或缩小字号"),
    },
    "policy.fake_interface": {
        "message": ("{part}像设备的提示：{words}", _INTERFACE_FIX),
        "button": ("{part}像页面上的按钮：{words}", _INTERFACE_FIX),
        "cross": ("({left}, {top}) 处有关闭叉，宽 {width} 像素", _INTERFACE_FIX),
        "play": ("({left}, {top}) 处有播放按钮，宽 {width} 像素", _INTERFACE_FIX),
    },
    "policy.personal_attributes": {
        "attribute": ("{part}指明了读者的个人特征：{words}", "只谈产品，不涉及读者的健康、财务、信仰、出身或感情"),
    },
    "policy.special_category": {
        "not_told": (
            "{part}涉及{category}{words}，而计划未说明其行业",
            "在计划的简报中声明特殊行业：{category}（会限制定向）",
        ),
        "declares_none": (
            "{part}涉及{category}{words}，而计划声明为无",
            "在计划的简报中声明特殊行业：{category}（会限制定向）",
        ),
    },
    "product.growth": {"grown": ("背景在产品边缘之外延续了产品，占其面积的 {grown:.1%}", _REPAINT_FIX)},
    "product.pixels": {
        "changed": ("产品有 {changed:.1%} 的像素与上传的不同（平均每像素差 {mean:.1f}/255）", "最后一步贴回产品原像素"),
    },
    "provenance.licence": {
        "not_named": ("{by} 使用了 {model}，未注明其许可", "使用许可可用于广告的权重，如 Apache-2.0"),
        "barred": ("{by} 使用了 {model}，其许可“{licence}”禁止商用", "使用许可可用于广告的权重，如 Apache-2.0"),
        "unknown": ("{by} 使用了 {model}，其许可“{licence}”在此未知", "由人工阅读该许可"),
    },
    "provenance.mark": {
        "other_mark": ("使用了 {model}，而文件的标记为“{mark}”", "除签封外，最后写入 IPTC 数字来源类型"),
        "no_mark": ("使用了 {model}，而文件没有相应标记", "除签封外，最后写入 IPTC 数字来源类型"),
    },
    "safety.category": {
        "named": ("{part}提到{about}：{words}", "由人工决定可投放的位置"),
        "near": ("{part}似乎涉及{about}（{nearness:.2f}）：{words}", "由人工决定可投放的位置"),
    },
    "safety.nudity": {
        "unsafe": ("图片裸露评分为 {score:.2f}（满分 1）", "换一张图片"),
        "unsure": ("图片裸露评分为 {score:.2f}（满分 1）", "由人工查看图片"),
    },
    "safety.toxic": {
        "abusive": ("{part}含有辱骂：{words}", "去掉辱骂"),
        "scored": ("{part}辱骂评分为 {score:.2f}（满分 1）：{words}", "由人工阅读"),
    },
}

# Values of details that are words of the platform, by the name of the detail.
_VALUES: Mapping[str, Mapping[str, str]] = {
    "part": {
        "headline": "标题",
        "long_headline": "长标题",
        "body": "正文",
        "description": "描述",
        "cta": "行动号召",
        "business_name": "商家名称",
        "picture": "图片",
        "product": "产品",
        "panel": "底板",
        "logo": "徽标",
        "price": "价格",
        "disclosure": "声明",
    },
    "bar": {"emoji": "表情符号", "braces": "花括号", "hash signs": "井号"},
    "about": {
        "gambling": "赌博",
        "alcohol": "酒类",
        "tobacco": "烟草",
        "drugs": "毒品",
        "weapons": "武器",
        "adult": "成人内容",
        "violence": "暴力",
        "hate": "仇恨",
    },
    "category": {"housing": "住房", "employment": "招聘", "finance": "金融", "politics": "政治"},
    "note": {
        "its colours are CMYK, meant for print; they were converted to RGB and may look different": (
            "颜色为印刷用 CMYK，已转换为 RGB，可能有差异"
        ),
        "its colours come from a palette; they were converted to RGB": "颜色来自调色板，已转换为 RGB",
        "it has 16 bits a channel; they were reduced to 8": "每通道 16 位，已降为 8 位",
        "it was turned upright, as its camera data ask": "已按相机数据转正",
        "it has transparent parts; they were laid on white": "含透明部分，已置于白底",
    },
}

WORDS: dict[str, tuple[str, str]] = {
    f"{kind} {rule}/{saying}": ("", told)
    for rule, sayings in FINDINGS.items()
    for saying, both in sayings.items()
    for kind, told in zip(("finding", "fix"), both, strict=True)
} | {f"{name} {value}": (value, told) for name, values in _VALUES.items() for value, told in values.items()}
