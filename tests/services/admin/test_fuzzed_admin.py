"""Requests made from the OpenAPI document, right and wrong ones, with Schemathesis, on behalf of an admin's key.

It holds every answer against the document: no server error; statuses, content types and bodies that are described; no
answer to whoever is not known.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from adplat import bootstrap
from tests.services.admin.admins import Admin
from tests.services.admin.test_permission_matrix import ROUTES
from tests.services.asked_by_schema import NEGATIVE, POSITIVE, Asked, ask_as_the_document_says, serving

CHANGING = {name for name, route in ROUTES.items() if route.body is not None}
# What has to come back among the answers.
EXPECTED = {
    "POST /v1/session": 401,
    "POST /v1/session/password": 422,
    "DELETE /v1/session": 204,
    "POST /v1/advertisers": 201,
    "POST /v1/campaigns": 404,
    "POST /v1/campaigns/status": 404,
    "POST /v1/forecasts": 404,
    "POST /v1/forecasts/preview": 404,
    "POST /v1/ads": 422,  # no address that leads anywhere is made up
    "POST /v1/creatives": 404,
    # A key makes no keys.
    "GET /v1/keys": 403,
    "POST /v1/keys": 403,
    "DELETE /v1/keys/{key_id}": 403,
    "POST /v1/drafts/orders": 422,  # no brief and no picture is made up
    "POST /v1/drafts/release": 404,
    "POST /v1/experiments": 422,  # what is made up measures nothing
    "POST /v1/experiments/plans": 422,
    "POST /v1/experiments/past": 404,
    "POST /v1/users": 422,
    "PATCH /v1/users/{user_id}": 404,
    "POST /v1/callers": 201,
    "POST /v1/audit/check": 200,
    "POST /v1/audit/export": 200,
    "DELETE /v1/sessions": 200,
    "POST /v1/jobs/{job_id}/cancel": 404,
    "POST /v1/rollouts": 428,
    # Days that are made up are no range that is told.
    "GET /v1/reports": 422,
    "GET /v1/reports/breakdown": 422,
    "GET /v1/reports/files/{kind}": 422,
}
ASKED: list[Asked] = [(name, POSITIVE, EXPECTED.get(name, 404 if "{" in name else 200)) for name in sorted(ROUTES)] + [
    (name, NEGATIVE, 422) for name in sorted(CHANGING)
]


@pytest.fixture(scope="module")
def served(made_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The address of the application, in a thread of this process, and a key that may everything a key can."""
    folder = tmp_path_factory.mktemp("fuzzed") / "ws"
    shutil.copytree(made_workspace, folder)
    admin = Admin(bootstrap.read_settings(workspace=folder, actor="setup"))
    with admin.nobody():
        root = admin.as_("root")
        rights = root.get("/v1/session").json()["rights"]
        made = root.post("/v1/keys", json={"name": "fuzz", "rights": rights, "days": 1}).json()
    with serving(admin.app) as address:
        yield address, made["secret"]


@pytest.mark.parametrize("asked", ASKED, ids=[f"{name} {mode.value}" for name, mode, _ in ASKED])
def test_every_answer_is_as_the_document_says(
    served: tuple[str, str], asked: Asked, caplog: pytest.LogCaptureFixture
) -> None:
    address, secret = served
    ask_as_the_document_says(address, asked, ASKED, caplog, 25, {"Authorization": f"Bearer {secret}"})
