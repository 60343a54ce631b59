"""The deployed creatives beside a workspace's lake: as forecasts read them, written when something changed."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from adplat.domain import CreativeStatus, ImageAsset
from adplat.flows.forecast_response import catalogue_of_creatives
from adplat.flows.keep_catalogue import keep_catalogue
from adplat.storage import FolderObjects, SqlCatalogue, open_database, upgrade_database
from tests.storage.builders import a_campaign, a_creative, an_ad, an_advertiser


def test_forecasts_find_every_creative_and_its_picture(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'adplat.db'}"
    upgrade_database(url)
    objects = FolderObjects(tmp_path / "objects")
    picture = ImageAsset(objects.put(b"a picture"), "tea.png", 1, 1)
    with closing(open_database(url)) as database:
        catalogue = SqlCatalogue(database)
        assert keep_catalogue(tmp_path, catalogue, objects) is False
        assert not (tmp_path / "catalogue").exists()
        retired = a_creative("c2", status=CreativeStatus.RETIRED, category="food")
        catalogue.save([an_advertiser()], [a_campaign()], [an_ad()], [a_creative("c1", image=picture), retired])
        assert keep_catalogue(tmp_path, catalogue, objects) is True
        assert catalogue_of_creatives(tmp_path).rows() == [("c1", "a1", None), ("c2", "a1", "food")]
        assert (tmp_path / "catalogue" / "images" / picture.sha256).read_bytes() == b"a picture"
        written = (tmp_path / "catalogue" / "creatives.parquet").stat().st_mtime_ns
        assert keep_catalogue(tmp_path, catalogue, objects) is False
        assert (tmp_path / "catalogue" / "creatives.parquet").stat().st_mtime_ns == written
        catalogue.save([], [], [], [a_creative("c3")])
        assert keep_catalogue(tmp_path, catalogue, objects) is True
        assert catalogue_of_creatives(tmp_path)["creative_id"].to_list() == ["c1", "c2", "c3"]
