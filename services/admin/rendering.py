"""Pages from templates: everything that is told is escaped, and everything that a page loads comes from here."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from adplat import __version__
from adplat.domain import MICROS_PER_UNIT, REPORT_METRICS, Right, ended, in_words
from adplat.flows.job_outcomes import job_outcome
from services.admin.asking import Asker
from services.admin.filters import Asked
from services.admin.finding_telling import told_finding
from services.admin.problems import Refused
from services.admin.refusals import told_to_people, without_commands
from services.admin.way_back import way_back
from services.admin.wording import Say, language_of, named, words_in

LANGUAGE_COOKIE = "adplat_language"
_DONE = frozenset(
    {
        "saved",
        "created",
        "created_without_forecast",
        "saved_without_forecast",
        "kept",
        "approved",
        "approved_draft",
        "rejected",
        "uploaded",
        "password",
        "revoked",
        "session_ended",
        "job_cancelled",
        "experiment_started",
        "arm_paused",
        "traffic_raised",
        "experiment_stopped",
        "experiment_decided",
        "analysis_ordered",
        "ordered",
        "cancelled",
        "report_removed",
        "report_ordered",
    }
)
_HERE = Path(__file__).parent / "static"
_FILES = {"admin.css": "text/css", "mark.svg": "image/svg+xml"}
_SCRIPT = "htmx.js"


def page(
    request: Request,
    name: str,
    asker: Asker | None = None,
    *,
    status: int = 200,
    error: Exception | None = None,
    asked: Asked | None = None,
    **facts: Any,
) -> Response:
    """A template with these facts; ``error``: what was refused, with its status; ``asked``: what the address asks."""
    language = language_asked(request)
    say, viewer = words_in(language), None if asker is None else asker.viewer
    done, wrong = request.query_params.get("done", ""), told_to_people(error, language)
    told = {
        "say": say,
        "language": language,
        "viewer": viewer,
        "may": lambda right: viewer is not None and viewer.may(Right(right)),
        "token": "" if asker is None else asker.form_token,
        "path": request.url.path,
        "way_back": way_back(request),
        "has_script": script_file() is not None,
        "done": say(f"done_{done}") if done in _DONE else "",
        "version": __version__,
        "withheld": asked is not None and asked.is_withheld,
        "missed": [] if asked is None else [(one, one.sentence(say)) for one in asked.missed],
        "wrong": wrong,
    }
    if asked is not None:
        told |= {"chosen": asked.chosen, "query": asked.query}
    html = _templates().get_template(name).render(told | facts)
    return HTMLResponse(
        html, status if error is None else wrong.status, headers={"vary": "Cookie, Accept-Language, HX-Request"}
    )


def language_asked(request: Request) -> str:
    """Of this browser."""
    return language_of(request.cookies.get(LANGUAGE_COOKIE, ""), request.headers.get("accept-language", ""))


def words_for(request: Request) -> Say:
    """What charts and sentences that no template makes are told in."""
    return words_in(language_asked(request))


def to(path: str, done: str = "") -> Response:
    """After a form the browser is sent elsewhere, so that loading anew does not send it again."""
    if done:
        address, mark, place = path.partition("#")
        path = f"{address}{'&' if '?' in address else '?'}done={done}{mark}{place}"
    return RedirectResponse(path, 303)


def our_path(told: str, instead: str) -> str:
    """A path of ours that a form or an address names; ``instead`` for what leads elsewhere."""
    safe = told.startswith("/") and not told.startswith("//") and "\\" not in told
    return told if safe and told.isprintable() else instead


def static_file(name: str) -> Response:
    """One of a few files. Raises Refused (404) for every other name."""
    file = script_file() if name == _SCRIPT else _HERE / name if name in _FILES else None
    if file is None:
        raise Refused(404, "no such address")
    kind = _FILES.get(name, "text/javascript")
    return Response(file.read_bytes(), media_type=kind, headers={"cache-control": "public, max-age=3600"})


@lru_cache(maxsize=1)
def script_file() -> Path | None:
    """htmx, from its wheel (weights.lock); without it pages work by plain forms and links."""
    found = find_spec("django_htmx")
    for folder in found.submodule_search_locations or [] if found is not None else []:
        file = Path(folder) / "static" / "django_htmx" / "htmx-2.min.js"
        if file.is_file():
            return file
    return None


@lru_cache(maxsize=1)
def _templates() -> Environment:
    made = Environment(
        loader=PackageLoader("services.admin"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "money": money,
        "plain_money": plain_money,
        "amount": lambda micros: "–" if micros is None else f"{micros / MICROS_PER_UNIT:,.2f}",
        "number": lambda value: f"{value:,}",
        "ctr": REPORT_METRICS["ctr"].of,
        "rate": lambda value: "–" if value is None else f"{value:.2%}",
        "points": points,
        "loss": lambda value: "–" if value is None else f"{value:.3%}",
        "percent": lambda value: "–" if value is None else f"{value:.0%}",
        "change": lambda value: f"{value:+.0%}",
        "ended": ended,
        "without_commands": without_commands,
        "outcome": job_outcome,
        "moment": moment,
        "in_words": in_words,
        "local": lambda value: "" if value is None else value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M"),
        "signed": lambda value: "–" if value is None else f"{value:+.4g}",
    }
    made.globals |= {"named": named, "told_finding": told_finding}
    return made


def points(share: float | None) -> str:
    """A difference of shares, in percentage points with its sign; a dash for none."""
    return "–" if share is None else f"{100 * share:+.3f}"


def money(micros: int | None, currency: str) -> str:
    """Such as ``CNY 12.50``; a dash for none."""
    return "–" if micros is None else f"{currency} {micros / MICROS_PER_UNIT:,.2f}"


def plain_money(micros: int | None) -> str:
    """For a field of a form: no digit of it is lost."""
    if micros is None:
        return ""
    units, rest = divmod(micros, MICROS_PER_UNIT)
    return f"{units}.{rest:06d}".rstrip("0").rstrip(".")


def moment(value: datetime | str | None) -> str:
    """In UTC, to the minute."""
    if value is None or value == "":
        return "–"
    told = datetime.fromisoformat(value) if isinstance(value, str) else value
    return told.astimezone(UTC).strftime("%Y-%m-%d %H:%M")
