"""Commands that work: one JSON document on stdout, everything else on stderr."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from adplat import __version__
from adplat.cli import run
from adplat.cli.output import figure


def document(capsys: pytest.CaptureFixture[str], *words: object, code: int = 0) -> dict[str, object]:
    capsys.readouterr()
    assert run([*(str(word) for word in words), "--json"]) == code
    out = capsys.readouterr().out
    assert out.count("\n") == 1, "exactly one line holds the document"
    read: dict[str, object] = json.loads(out)
    return read


def people_of(deployed: Path) -> list[str]:
    from adplat.data import read_table

    return list(read_table(deployed.parent / "world" / "catalogue" / "users.parquet")["user_key"])


def test_a_deployed_workspace_has_its_catalogue_in_sql(deployed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from adplat import bootstrap

    assert document(capsys, "db", "check", "--workspace", deployed)["drift"] == []
    settings = bootstrap.read_settings(workspace=deployed)
    database = bootstrap.open_database(settings)
    live = bootstrap.open_catalogue(database).live_catalogue().creatives
    served = bootstrap.open_bundles(database).deployed()
    database.close()
    assert len(live) == 14
    assert all(creative.image is not None for creative in live)
    objects = bootstrap.open_objects(settings)
    assert all(objects.has(creative.image.sha256) for creative in live if creative.image)
    assert served is not None
    assert Path(served.path).is_dir()


def test_deployed_users_are_packed_with_their_histories(deployed: Path) -> None:
    from adplat import bootstrap
    from adplat.features import FeatureEncoding, unpack_user

    settings = bootstrap.read_settings(workspace=deployed)
    database = bootstrap.open_database(settings)
    served = bootstrap.open_bundles(database).deployed()
    database.close()
    assert served is not None
    encoding = FeatureEncoding.load(Path(served.path))
    with bootstrap.running_redis(settings) as url:
        stream = bootstrap.open_stream(settings, url)
        people = people_of(deployed)
        packed = stream.read_users(people)
        stream.close()
    vectors = [unpack_user(blob, encoding.digest) for blob in packed.values()]
    assert len(vectors) == len(people)
    assert any(vector.history.any() for vector in vectors)


def test_deploying_again_keeps_what_was_folded_online(
    deployed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from adplat import bootstrap
    from adplat.features import FeatureEncoding, fold_history, item_hash, pack_user, unpack_user

    settings = bootstrap.read_settings(workspace=deployed)
    (bundle,) = (found.parent for found in (deployed.parent / "bundles").glob("*/manifest.json"))
    encoding = FeatureEncoding.load(bundle)
    with bootstrap.running_redis(settings) as url:
        stream = bootstrap.open_stream(settings, url)
        person = people_of(deployed)[0]
        before = unpack_user(stream.read_users([person])[person], encoding.digest)
        clicked = fold_history(before, 0, item_hash("c000001"), 2_000_000_000)
        stream.write_users({person: pack_user(clicked, encoding.digest)})
        document(capsys, "deploy", bundle, "--catalogue", deployed.parent / "world", "--workspace", deployed)
        after = unpack_user(stream.read_users([person])[person], encoding.digest)
        stream.close()
    assert item_hash("c000001") in after.history[0].tolist()


def test_a_deployed_workspace_is_a_folder_to_train_on(deployed: Path) -> None:
    assert {path.name for path in (deployed / "catalogue").iterdir()} >= {"creatives.parquet", "users.parquet"}
    assert (deployed / "schema.yaml").is_file()
    assert any((deployed / "images").iterdir())


def test_a_worker_with_nothing_to_do_says_so(deployed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert document(capsys, "worker", "--once", "--workspace", deployed)["entries"] == 0


@pytest.mark.parametrize("name", ["world", "train", "feature-schema"])
def test_documents_describe_themselves(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "$defs" in document(capsys, "schema", name)


def test_a_good_folder_passes_its_check(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert document(capsys, "data", "check", shop)["passes"] is True


def test_a_bundle_is_evaluated_beside_its_slices(
    shop: Path, shop_bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = document(capsys, "evaluate", shop_bundle, "--data", shop)
    assert {"judged", "overall", "slices"} <= set(told)


def test_figures_read_well() -> None:
    assert [figure(cell) for cell in (None, True, 1234567, 0.123456, "x")] == ["–", "yes", "1,234,567", "0.1235", "x"]
    assert figure((0.78, 0.8200000000000001)) == "0.7800 to 0.8200"


def test_ctrl_c_ends_a_command_with_one_line_and_its_own_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from adplat.flows import describe_document

    def pressed(name: str) -> dict[str, object]:
        raise KeyboardInterrupt

    monkeypatch.setattr(describe_document, "describe_document", pressed)
    assert run(["schema", "world", "--json"]) == 130
    told = capsys.readouterr()
    assert told.err.strip() == "adplat: stopped; nothing is left half-written"
    assert json.loads(told.out)["error"]["kind"] == "Interrupted"


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"adplat {__version__}\n"
