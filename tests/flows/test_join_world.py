from __future__ import annotations

from pathlib import Path

import pytest

from adplat.domain import ConfigRejected
from adplat.flows.join_world import join_world


@pytest.mark.parametrize("share", [-0.1, 1.0, 15.0])
def test_a_share_out_of_range_is_refused(tmp_path: Path, share: float) -> None:
    with pytest.raises(ConfigRejected, match="out of range"):
        join_world(tmp_path, valid_fraction=share, progress=lambda *_told: None)
    assert not list(tmp_path.iterdir())
