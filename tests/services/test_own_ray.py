"""Whatever keeps Ray or its replicas from coming up is one clear line, and the logs outlive the run."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from adplat import bootstrap, cli
from adplat.domain import InternalFault
from services.generation import run as generation
from services.hosting.own_ray import coming_up


@pytest.fixture
def at_sigterm() -> Iterator[None]:
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


def dead() -> Exception:
    from ray.exceptions import ActorDiedError

    return ActorDiedError()


@pytest.mark.parametrize("is_dead", [True, False])
def test_what_keeps_a_service_from_coming_up_is_told_with_the_place_of_its_logs(tmp_path: Path, is_dead: bool) -> None:
    written = tmp_path / "run" / "session_latest" / "logs"
    written.mkdir(parents=True)
    (written / "gcs.out").write_text("out of memory")
    kept = tmp_path / "ray-logs"
    reason = dead() if is_dead else RuntimeError("a page\nno node is left")
    with pytest.raises(InternalFault) as raised, coming_up(tmp_path / "run", kept):
        raise reason
    what = "The actor died unexpectedly before finishing this task" if is_dead else "no node is left"
    assert raised.value.what == f"the service did not come up: {what}"
    assert raised.value.where == str(kept) and (kept / "gcs.out").read_text() == "out of memory"


def test_what_wrote_no_logs_and_what_is_no_fault_of_the_start_are_told_as_they_are(tmp_path: Path) -> None:
    with pytest.raises(InternalFault), coming_up(tmp_path / "run", tmp_path / "kept"):
        raise dead()
    with pytest.raises(KeyError), coming_up(None, tmp_path / "kept"):
        raise KeyError
    assert list(tmp_path.iterdir()) == []


def test_drafters_whose_ray_dies_are_one_line_of_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_sigterm: None, capsys: pytest.CaptureFixture[str]
) -> None:
    from ray import serve

    def dies(**_told: Any) -> None:
        raise dead()

    settings = bootstrap.read_settings(workspace=tmp_path)
    for name in generation.generation_environment(tmp_path):
        monkeypatch.setenv(name, "as it was")  # what the start sets is taken back after the test
    monkeypatch.setattr(generation, "start_own_ray", lambda *_: None)
    monkeypatch.setattr(serve, "start", dies)

    def serve_generation(*_told: Any, **_more: Any) -> None:
        with generation._running(settings, tmp_path / "run"):
            raise AssertionError("it came up")

    monkeypatch.setattr(generation, "serve_generation", serve_generation)
    assert cli.run(["serve", "generation", "--workspace", str(tmp_path)]) == 1
    told = capsys.readouterr().err
    assert "the service did not come up: The actor died" in told and str(tmp_path / "ray-logs") in told
    assert "Traceback" not in told and "fault of adplat" not in told
