"""What is said before the details of a refusal, by status and, where one is named, by field: key, English, Chinese."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "refused 401": (
        "The name, the password or the session does not hold.",
        "用户名或密码不正确，或登录已失效。",
    ),
    "refused 403": ("You may not do this.", "您没有权限执行此操作。"),
    "refused 403 right": ("You lack the right", "您缺少所需权限"),
    "refused 403 form": (
        "The form is not from this page; load it again and send it.",
        "表单不是由本页面提交的，请重新打开页面后再试。",
    ),
    "refused 404": ("It is not there, or another one's.", "内容不存在，或您无权查看。"),
    "refused 405": ("That cannot be done at this address.", "此地址不支持该操作。"),
    "refused 409": ("It changed meanwhile.", "内容在此期间已被修改，请重新打开页面查看。"),
    "refused 412": ("Somebody else changed it meanwhile.", "内容在此期间已被他人修改，请重新打开页面查看。"),
    "refused 413": ("What was sent is too large.", "提交的内容过大。"),
    "refused 422": ("Something in it is wrong.", "提交的内容有误，请修改后重新提交。"),
    "refused 422 field": ("Look at this field", "请检查此项"),
    "refused 428": ("The form is not whole; load the page again.", "表单不完整，请重新打开页面后再提交。"),
    "refused 429": ("Too many tries or requests; wait a while.", "尝试或请求过于频繁，请稍后再试。"),
    "refused 500": ("This is a fault of adplat.", "系统内部错误。"),
    "no_such_page": ("There is no such page; the menu leads to all there are.", "没有这个页面，请从菜单进入。"),
    "changed_since_seen": (
        "Somebody changed it since you opened this page. Look at what is there now, and do it again if it still fits.",
        "在您打开页面之后已有人修改。请查看当前内容，如仍需要再重新操作。",
    ),
    "form_not_whole": (
        "The form does not say what you saw. Open the page again and send it from there.",
        "表单不完整，请重新打开页面后再提交。",
    ),
    "listed_apart": (", ", "、"),
    "form_fields_missing": ("Nothing is told in: {fields}.", "请补全以下内容：{fields}。"),
    "files_not_kept": (
        "A browser does not keep chosen files: choose the pictures again.",
        "浏览器不会保留已选文件，请重新选择图片。",
    ),
    "refused 503": ("Busy, or a store is away: try again in a moment.", "系统繁忙或存储暂时不可用，请稍后重试。"),
}
