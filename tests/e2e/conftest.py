"""One deployed workspace for all tests of the whole."""

from __future__ import annotations

import pytest

from tests.e2e.real_workspace import RealWorkspace, a_real_workspace
from tests.e2e.running_service import free_port


@pytest.fixture(scope="session")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> RealWorkspace:
    return a_real_workspace(tmp_path_factory.mktemp("e2e"), http_port=free_port(), grpc_port=free_port())
