"""A document that a person or a program writes as JSON or YAML, as one plain mapping.

Numbers that JSON does not know (``NaN``, ``Infinity``) are read, since many programs write them: whoever takes the
document can then say which field is not a number instead of only that the file is no JSON.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from adplat.data.configs import read_yaml
from adplat.domain import ConfigRejected, MissingInput


def read_document(path: Path) -> dict[str, Any]:
    """The mapping in ``path``: YAML if its name ends so, else JSON. Raises MissingInput or ConfigRejected."""
    if path.suffix.lower() in {".yaml", ".yml"}:
        return read_yaml(path)
    try:
        content = json.loads(path.read_bytes(), object_pairs_hook=_once_only)
    except (FileNotFoundError, NotADirectoryError):
        raise MissingInput("no such file", where=str(path), hint="check the path") from None
    except IsADirectoryError:
        raise ConfigRejected("a folder, not a file", where=str(path), hint="give a JSON or YAML file") from None
    except OSError as reason:
        raise MissingInput(
            f"cannot be read: {reason.strerror}", where=str(path), hint="check the permissions"
        ) from None
    except json.JSONDecodeError as reason:
        raise ConfigRejected(
            f"not valid JSON: {reason.msg}",
            where=f"{path}, line {reason.lineno}",
            hint="mend the brackets, commas or quotes, or name a YAML file .yaml",
        ) from None
    except (UnicodeDecodeError, RecursionError):
        raise ConfigRejected("not a JSON text", where=str(path), hint="give JSON in UTF-8") from None
    except _GivenTwice as reason:
        raise ConfigRejected(f"key {reason.args[0]!r} is given twice", where=str(path), hint="keep one") from None
    if not isinstance(content, dict):
        raise ConfigRejected("the file holds no object", where=str(path), hint='write {"key": value, …}')
    return content


class _GivenTwice(Exception):
    """A key stands twice in one object; a plain reader would lose the first silently."""


def _once_only(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise _GivenTwice(key)
            seen.add(key)
    return content
