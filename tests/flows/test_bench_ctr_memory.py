from __future__ import annotations

from pathlib import Path

import pytest

from adplat.flows.bench_ctr_memory import memory_figures


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the kernel tells no resident memory here")
def test_the_measured_runs_train_and_tell_their_peaks(tmp_path: Path) -> None:
    words: list[int] = []
    (figure,) = memory_figures(tmp_path, 2_000, lambda done, _total, _what: words.append(done), times=2)
    assert figure.figure_id == "ctr.6.memory"
    assert words == [1, 2]
    assert 0.3 < figure.value < 3.0
    assert list((tmp_path / "4000" / "out").glob("*/manifest.json"))
