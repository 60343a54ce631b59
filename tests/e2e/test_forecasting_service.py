"""The forecasting service as ``adplat serve forecasting`` runs it: Ray Serve over HTTP, jobs beside it, all ended."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import grpc
import msgspec
import psutil  # type: ignore[import-untyped]  # it ships no types

from adplat.bootstrap import Settings
from adplat.client import ForecastClient
from adplat.client.generated import forecasting_pb2 as pb
from services.hosting.run_folder import run_folder
from tests.e2e.running_service import free_port, wait_for
from tests.flows.campaign_market import PLAN, written_market
from tests.services.forecasting.forecasters import settings_of

SERVE = """
import sys
from adplat.bootstrap import Settings
from services.forecasting.run import serve_forecasting
settings = Settings.model_validate_json(sys.argv[1])
say = lambda line: print(line, flush=True)
serve_forecasting(settings, ready=lambda url, grpc: say(f"ready {url} {grpc}"), told=say)
"""


def test_a_plan_is_answered_kept_and_varied_and_nothing_is_left_behind(tmp_path: Path) -> None:
    market = written_market(tmp_path / "market")
    settings: Settings = settings_of(tmp_path / "ws", market, forecast_port=free_port(), forecast_grpc_port=free_port())
    log = tmp_path / "log"
    with log.open("wb") as out:
        command = [sys.executable, "-c", SERVE, settings.model_dump_json()]
        service = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
    try:
        wait_for(lambda: "ready http" in log.read_text() or service.poll() is not None, 120)
        assert "ready http" in log.read_text(), log.read_text()
        with ForecastClient(f"http://127.0.0.1:{settings.forecast_port}", timeout_s=60.0) as forecasts:
            wait_for(lambda: forecasts.health().status == "ok", 60)
            document = forecasts.forecast(PLAN, keep=True)
            assert document["total"]["clicks"]["p50"] > 0
            assert forecasts.kept(document["forecast_id"])["document"]["total"] == document["total"]
            job = forecasts.what_if(PLAN, {"twice": {"daily_budget_micros": 2 * PLAN["daily_budget_micros"]}})
            result = forecasts.result_of(job, patience_s=90.0)
            assert result["base"]["total"] == document["total"]
            assert (
                result["changes"][0]["document"]["total"]["spend_micros"]["p50"]
                >= (document["total"]["spend_micros"]["p50"])
            )
            with grpc.insecure_channel(f"127.0.0.1:{settings.forecast_grpc_port}") as channel:
                ask = channel.unary_unary(
                    "/adplat.forecasting.v1.Forecasting/Forecast",
                    request_serializer=pb.ForecastRequest.SerializeToString,
                    response_deserializer=pb.ForecastResponse.FromString,
                )
                told = ask(pb.ForecastRequest(plan_json=msgspec.json.encode(PLAN)), timeout=60)
                assert told.total.clicks.q50 == document["total"]["clicks"]["p50"]
        below = psutil.Process(service.pid).children(recursive=True)
        assert below
    finally:
        service.terminate()
        service.wait(60)
    assert service.returncode == 0, log.read_text()
    wait_for(lambda: not any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in below), 20)
    assert not run_folder(settings.workspace, "forecasting").exists()
