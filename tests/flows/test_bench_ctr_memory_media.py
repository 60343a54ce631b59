from __future__ import annotations

from pathlib import Path

import pytest

from adplat.flows.bench_ctr_memory_media import CREATIVES, media_memory_figures


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the kernel tells no resident memory here")
def test_the_measured_runs_read_pictures_words_and_the_past(tmp_path: Path) -> None:
    (figure,) = media_memory_figures(tmp_path, 2_000, lambda _done, _total, _what: None, times=2)
    assert figure.figure_id == "ctr.6.memory_media"
    assert 0.3 < figure.value < 3.0
    (bundle,) = (path.parent for path in (tmp_path / "4000" / "out").glob("*/manifest.json"))
    for name in ("history.parquet", "record.safetensors", "familiarity.safetensors", "content_prior.safetensors"):
        assert (bundle / name).stat().st_size > 1_000, name
    assert len(list((tmp_path / "4000" / "pictures").iterdir())) == CREATIVES
