"""What a database URL may be, and how a wrong one is told."""

from __future__ import annotations

import pytest

from adplat.domain import ConfigRejected
from adplat.storage.database_urls import database_url, place_of


@pytest.mark.parametrize("text", ["postgres://anna:secret@db:5433/ads", "postgresql://anna:secret@db:5433/ads"])
def test_postgresql_runs_on_psycopg_and_its_password_is_not_told(text: str) -> None:
    url = database_url(text)
    assert url.drivername == "postgresql+psycopg"
    assert place_of(url) == "PostgreSQL at db:5433, database ads"


@pytest.mark.parametrize("text", ["garbage", "foo://secret@x", "sqlite://", "sqlite:///:memory:"])
def test_a_url_of_no_use_is_refused_with_the_setting_and_without_its_text(text: str) -> None:
    with pytest.raises(ConfigRejected) as refused:
        database_url(text)
    assert refused.value.where == "ADPLAT_DATABASE_URL"
    assert "secret" not in str(refused.value)
    assert "postgresql://" in refused.value.hint
