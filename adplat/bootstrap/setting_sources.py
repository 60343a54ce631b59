"""Where settings come from: the command line, the environment, a folder of secrets, a profile in ``configs/serve``."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import ValidationError

from adplat.bootstrap.settings import Settings
from adplat.domain import ConfigRejected, plainly


def read_settings(**overrides: object) -> Settings:
    """Settings from the command line, else the environment, else ``ADPLAT_SECRETS_FOLDER``.

    Raises ConfigRejected on a bad value, and where that folder is none.
    """
    given = {name: value for name, value in overrides.items() if value is not None}
    folder = os.environ.get("ADPLAT_SECRETS_FOLDER", "")
    if folder and not Path(folder).is_dir():
        raise ConfigRejected(
            "the folder of secrets is not there", where=folder, hint="mount it, or unset ADPLAT_SECRETS_FOLDER"
        )
    if folder:
        given["_secrets_dir"] = folder
    try:
        return Settings(**given)  # type: ignore[arg-type]  # values are checked by the model itself
    except ValidationError as reason:
        first = reason.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else "setting"
        raise ConfigRejected(
            f"{name}: {plainly(first['msg'])}", where=f"ADPLAT_{name.upper()}", hint="mend the variable or the option"
        ) from None


def profile_settings(name: str) -> dict[str, object]:
    """What ``configs/serve/NAME.yaml`` sets and no variable does. Raises ConfigRejected for an unknown name or key."""
    from adplat.data import configs_folder, read_yaml

    folder = configs_folder() / "serve"
    known = sorted(path.stem for path in folder.glob("*.yaml"))
    if name not in known:
        raise ConfigRejected(f"no profile {name!r}", where="--profile", hint=f"profiles are {', '.join(known)}")
    told = read_yaml(folder / f"{name}.yaml")
    unknown = sorted(set(told) - set(Settings.model_fields))
    if unknown:
        raise ConfigRejected(
            f"unknown setting {unknown[0]!r}",
            where=str(folder / f"{name}.yaml"),
            hint="name one of ADPLAT_…, in lower case",
        )
    set_outside = {key.lower() for key in os.environ}
    return {key: value for key, value in told.items() if f"adplat_{key}" not in set_outside}
