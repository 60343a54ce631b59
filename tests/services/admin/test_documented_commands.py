"""The commands of docs/admin-api.md do what they say, as they stand there."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

from services.admin.guards import LARGEST_BODY_BYTES
from tests.services.admin.admins import WORDS, Admin, a_picture
from tests.services.asked_by_schema import serving

DOCUMENT = Path(__file__).parents[3] / "docs" / "admin-api.md"
SERVED = "http://127.0.0.1:8480"


def ran(script: str, folder: Path) -> Any:
    script = f"set -o pipefail\n{script}"
    done = subprocess.run(
        ["/bin/bash", "-eu", "-c", script], check=True, cwd=folder, stdout=subprocess.PIPE, timeout=60
    )
    return json.loads(done.stdout)


def test_a_key_is_made_and_a_picture_handed_in_as_the_document_says(admin: Admin, tmp_path: Path) -> None:
    making, handing_in = re.findall(r"```sh\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    assert SERVED in making and '"password": "…"' in making
    # More than the largest argument of a command, which is why the picture is piped.
    picture = a_picture(300, 250)
    (tmp_path / "banner.png").write_bytes(picture + b"\0" * LARGEST_BODY_BYTES)
    with serving(admin.app) as address:
        making = making.replace(SERVED, address).replace('"…"', json.dumps(WORDS))
        made = ran(making, tmp_path)
        assert made["name"] == "script" and made["secret"].startswith("adp_"), made
        told = ran(f"admin={address}\nkey={made['secret']}\n{handing_in}", tmp_path)
    assert (told["headline"], told["has_picture"], told["ad_id"]) == ("Green tea", True, "ad1"), told


def test_no_key_makes_keys(admin: Admin) -> None:
    mei = admin.as_("mei")
    key = mei.post("/v1/keys", json={"name": "k", "rights": ["see catalogue"], "days": 1}).json()["secret"]
    again = admin.nobody().post(
        "/v1/keys", json={"name": "l", "rights": ["see catalogue"]}, headers={"authorization": f"Bearer {key}"}
    )
    assert again.status_code == 403 and again.json()["hint"]
