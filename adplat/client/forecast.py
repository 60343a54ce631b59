"""The forecasting service over HTTP: what a plan or a new creative will bring, and where money is best spent.

Documents come as the service tells them (docs/forecasts.md); nothing is sent again by itself but a question for a job.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import httpx

from adplat.client.exchange import AskedService, exchange
from adplat.domain import InternalFault, StoreUnreachable

_FORECASTING = AskedService("forecasting", "adplat serve forecasting")
Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ForecastJob:
    """``state``: queued, running, done, failed or cancelled; ``result`` when it is done, ``error`` when it failed."""

    job_id: int
    state: str
    progress: float
    result: Document | None = None
    error: str | None = None

    @property
    def is_over(self) -> bool:
        """Nothing more will happen."""
        return self.state not in ("queued", "running")


@dataclass(frozen=True, slots=True)
class ForecastHealth:
    """``data_to``: the last opportunity that is known, ISO 8601; ``None`` while it loads."""

    status: str
    data_to: str | None
    version: str


class ForecastClient:
    """One service.

    Example::

        with ForecastClient("http://127.0.0.1:8100") as forecasts:
            document = forecasts.forecast(plan)
            job = forecasts.what_if(plan, {"twice": {"daily_budget_micros": 2 * plan["daily_budget_micros"]}})
            result = forecasts.result_of(job)

    Args:
        url: where the service listens.
        api_key: says who asks; empty where the service demands none.
        timeout_s: limit for one exchange; longer than the service's own deadline.
        transport: the test double's door, ``httpx.MockTransport``.

    Every method raises ConfigRejected (what was sent is wrong), KeyRejected, NotPermitted, UnknownReference and
    StoreUnreachable (no answer, or none in time).
    """

    def __init__(
        self,
        url: str,
        *,
        api_key: str = "",
        timeout_s: float = 60.0,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        headers = {"content-type": "application/json"} | ({"authorization": f"Bearer {api_key}"} if api_key else {})
        self._http = httpx.Client(base_url=url, timeout=timeout_s, transport=transport, headers=headers)
        self._sleep = sleep

    def forecast(self, plan: Mapping[str, Any], *, keep: bool = False) -> Document:
        """What the plan will bring; kept, it has a ``forecast_id``. A refusal is an answer, with its reasons."""
        return self._ask("POST", f"/v1/forecasts{'?keep=true' if keep else ''}", plan)

    def kept(self, forecast_id: str) -> Document:
        """A kept forecast with its plan, document and scores."""
        return self._ask("GET", f"/v1/forecasts/{forecast_id}")

    def kept_forecasts(self, advertiser_id: str = "") -> list[Document]:
        """Newest first, of one advertiser or of all that the caller may see."""
        query = httpx.QueryParams({"advertiser_id": advertiser_id} if advertiser_id else {})
        found: list[Document] = self._ask("GET", f"/v1/forecasts?{query}")["forecasts"]
        return found

    def what_if(
        self,
        plan: Mapping[str, Any],
        changes: Mapping[str, Mapping[str, Any]],
        *,
        objective: str = "clicks",
        idempotency_key: str = "",
    ) -> ForecastJob:
        """Have the plan forecast as it is and with each change (a JSON merge patch) by name, as a job."""
        told = [{"name": name, "change": change} for name, change in changes.items()]
        body = {"plan": plan, "changes": told, "objective": objective, "idempotency_key": idempotency_key}
        return exchange(self._http, _FORECASTING, "POST", "/v1/forecasts/what-if", body, ForecastJob)

    def job(self, job_id: int) -> ForecastJob:
        """How far it is."""
        return exchange(self._http, _FORECASTING, "GET", f"/v1/jobs/{job_id}", None, ForecastJob)

    def cancel(self, job_id: int) -> ForecastJob:
        """Nobody wants it any more. Raises ConfigRejected for one that is over."""
        return exchange(self._http, _FORECASTING, "POST", f"/v1/jobs/{job_id}/cancel", None, ForecastJob)

    def result_of(self, job: ForecastJob, *, patience_s: float = 600.0, look_s: float = 0.5) -> Document:
        """Wait for a job. Raises InternalFault where it failed, StoreUnreachable where it takes longer."""
        waited_s = 0.0
        while not job.is_over:
            if waited_s >= patience_s:
                raise StoreUnreachable(
                    f"job {job.job_id} is {job.state} after {patience_s:g} s",
                    where=str(self._http.base_url),
                    hint="see that 'adplat worker' runs, or wait longer",
                )
            self._sleep(look_s)
            waited_s += look_s
            job = self.job(job.job_id)
        if job.result is None:
            raise InternalFault(
                f"the job is {job.state}: {job.error}", where=f"job {job.job_id}", hint="order it again"
            )
        return job.result

    def split(
        self,
        budget_micros: int,
        *,
        forecast_ids: Sequence[str] = (),
        forecasts: Mapping[str, Document] | None = None,
        objective: str = "clicks",
        at_least_micros: Mapping[str, int] | None = None,
        at_most_micros: Mapping[str, int] | None = None,
    ) -> Document:
        """A budget split over kept forecasts, documents by name, or both."""
        body = {
            "budget_micros": budget_micros,
            "forecast_ids": list(forecast_ids),
            "forecasts": forecasts or {},
            "objective": objective,
            "at_least_micros": at_least_micros or {},
            "at_most_micros": at_most_micros or {},
        }
        return self._ask("POST", "/v1/budget-splits", body)

    def predict_creative(
        self,
        headline: str,
        *,
        image: bytes = b"",
        body: str = "",
        cta: str = "",
        category: str = "",
        language: str = "",
        placement: str = "",
        advertiser_id: str = "",
    ) -> Document:
        """What a creative that never ran will bring; ``image`` is the bytes of a PNG, JPEG or WebP file."""
        told = {
            "headline": headline,
            "body": body,
            "cta": cta,
            "category": category,
            "language": language,
            "placement": placement,
            "advertiser_id": advertiser_id,
            "image": base64.b64encode(image).decode(),
        }
        return self._ask("POST", "/v1/creatives/predict", told)

    def health(self) -> ForecastHealth:
        """Of the replica that answers."""
        return exchange(self._http, _FORECASTING, "GET", "/v1/health", None, ForecastHealth)

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def __enter__(self) -> ForecastClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ask(self, method: str, path: str, body: Any = None) -> Document:
        return exchange(self._http, _FORECASTING, method, path, body, Document)
