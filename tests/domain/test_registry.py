"""What rolling back goes back to."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from adplat.domain import BundleDeployment, DeploymentKind, live_line

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
KINDS = {"+": DeploymentKind.PROMOTE, "=": DeploymentKind.DEPLOY, "-": DeploymentKind.ROLLBACK}


@pytest.mark.parametrize(
    ("history", "line"),
    [
        ("", ""),
        ("=a", "a"),
        ("=a +b", "ab"),
        ("=a +b -a", "a"),  # b was left for a reason: rolling back again does not return to it
        ("=a +b +c -b -a", "a"),
        ("=a =a =a +b", "ab"),  # another catalogue with the same bundle is no step
        ("=a +b -a +b", "ab"),
        ("=a +b +a -b", "ab"),
        ("=a +b +c -a", "a"),  # back to a named one: what lies between is left too
        ("=a -b", "b"),  # a history whose beginning is unknown
    ],
)
def test_a_rollback_takes_the_last_step_away(history: str, line: str) -> None:
    deployments = [BundleDeployment(step[1:], NOON, KINDS[step[0]]) for step in history.split()]
    assert "".join(live_line(deployments)) == line
