"""Named YAML files into frozen dataclasses; an unknown key is an error that names the known ones.

Refuses what a plain YAML reader lets through: a key written twice (the first would be lost silently)
and a key nobody reads (a misspelt option would silently keep its default).
"""

from __future__ import annotations

import dataclasses
import re
import typing
from difflib import get_close_matches
from enum import Enum
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar

import msgspec
import yaml

from adplat.domain import ConfigRejected, MissingInput

T = TypeVar("T")


class _OnceOnlyLoader(yaml.SafeLoader):
    """Safe YAML that refuses a key written twice in one mapping."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key_node, _ in node.value:
            if isinstance(key_node, yaml.ScalarNode):
                if key_node.value in seen and key_node.value != "<<":
                    raise yaml.constructor.ConstructorError(
                        None, None, f"key {key_node.value!r} is given twice", key_node.start_mark
                    )
                seen.add(key_node.value)
        return super().construct_mapping(node, deep)


class _StrangersLoader(_OnceOnlyLoader):
    """The same without aliases: a few lines of them stand for more than any memory holds."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            alias = self.get_event()  # type: ignore[no-untyped-call]  # its stubs leave it out
            raise yaml.composer.ComposerError(None, None, "aliases are not taken here", alias.start_mark)
        return super().compose_node(parent, index)


def configs_folder() -> Path:
    """The ``configs`` folder that stands beside the ``adplat`` package. Raises MissingInput."""
    folder = Path(__file__).resolve().parents[2] / "configs"
    if not folder.is_dir():
        raise MissingInput("the named configurations are not installed", where=str(folder), hint="reinstall adplat")
    return folder


def read_yaml(path: Path) -> dict[str, Any]:
    """Read one mapping from a YAML file. Raises MissingInput or ConfigRejected."""
    try:
        text = path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        raise MissingInput("no such file", where=str(path), hint="check the path") from None
    except IsADirectoryError:
        raise ConfigRejected("a folder, not a YAML file", where=str(path), hint="give a YAML file") from None
    except UnicodeDecodeError:
        raise ConfigRejected("not a text file", where=str(path), hint="give a YAML file in UTF-8") from None
    except OSError as reason:
        raise MissingInput(
            f"cannot be read: {reason.strerror}", where=str(path), hint="check the permissions"
        ) from None
    return _mapping_of(text, _OnceOnlyLoader, str(path))


def mapping_from(text: str, *, where: str) -> dict[str, Any]:
    """The mapping that a stranger wrote as YAML or JSON. Raises ConfigRejected."""
    return _mapping_of(text, _StrangersLoader, where)


def _mapping_of(text: str, loader: type[_OnceOnlyLoader], where: str) -> dict[str, Any]:
    hint = "mend the indentation, keys or quoting"
    try:
        content = yaml.load(text, Loader=loader)  # noqa: S506  (a SafeLoader)
    except yaml.YAMLError as reason:
        place = getattr(reason, "problem_mark", None)
        line = f", line {place.line + 1}" if place else ""
        problem = getattr(reason, "problem", None) or "unreadable"
        raise ConfigRejected(f"not valid YAML: {problem}", where=f"{where}{line}", hint=hint) from None
    except (ValueError, RecursionError) as reason:  # a date of no calendar, a number without end, brackets in brackets
        raise ConfigRejected(f"not valid YAML: {type(reason).__name__}", where=where, hint=hint) from None
    if not isinstance(content, dict):
        raise ConfigRejected("the file holds no mapping", where=where, hint="write 'key: value' lines")
    return content


def read_config(path: Path, kind: type[T]) -> T:
    """Read a YAML file into the frozen dataclass ``kind``. Raises MissingInput or ConfigRejected."""
    return as_config(read_yaml(path), kind, where=str(path))


def as_config(content: dict[str, Any], kind: type[T], *, where: str) -> T:
    """Turn a mapping into ``kind``, refusing unknown keys at every depth. Raises ConfigRejected."""
    _refuse_unknown(content, kind, where)
    try:
        return msgspec.convert(content, kind, strict=True)
    except ConfigRejected as reason:
        # A word of the trade that refuses itself does not know the file that it stands in.
        raise ConfigRejected(reason.what, where=reason.where or where, hint=reason.hint) from None
    except msgspec.ValidationError as reason:
        what, _, field = " ".join(str(reason).split()).partition(" - at `$")
        place = field.strip("`.")
        raise ConfigRejected(
            what[:1].lower() + what[1:],
            where=f"{where}: {place}" if place else where,
            hint=_known_values(kind, place) or "give a value of the expected type and size",
        ) from None


def _refuse_unknown(content: Any, kind: Any, where: str) -> None:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, UnionType):
        for option in arguments:
            if dataclasses.is_dataclass(option):
                _refuse_unknown(content, option, where)
    elif origin in (tuple, list) and isinstance(content, list) and arguments:
        for position, item in enumerate(content):
            _refuse_unknown(item, arguments[0], f"{where}[{position}]")
    elif origin is dict and isinstance(content, dict):
        for key, item in content.items():
            _refuse_unknown(item, arguments[1], f"{where}: {key}")
    elif dataclasses.is_dataclass(kind) and isinstance(content, dict):
        hints = typing.get_type_hints(kind)
        for key, value in content.items():
            if key not in hints:
                near = get_close_matches(str(key), hints, n=1)
                hint = f"did you mean {near[0]!r}?" if near else f"known keys: {', '.join(sorted(hints))}"
                raise ConfigRejected(f"unknown key {key!r}", where=where, hint=hint)
            _refuse_unknown(value, hints[key], f"{where}: {key}")


def _known_values(kind: Any, place: str) -> str:
    """``known: …`` where what stands at ``place`` (such as ``facts[0].kind``) is one word of a few; else nothing."""
    for step in re.findall(r"\w+|\[", place):
        if step.isdigit():
            continue
        options = typing.get_args(kind) if typing.get_origin(kind) in (typing.Union, UnionType) else (kind,)
        if step == "[":  # an item of a list, or a value of a mapping
            kind = next((typing.get_args(one) for one in options if typing.get_args(one)), (None,))
            kind = kind[0] if kind[-1] is Ellipsis else kind[-1]
        else:
            kind = next(
                (typing.get_type_hints(one).get(step) for one in options if dataclasses.is_dataclass(one)), None
            )
    words = kind if isinstance(kind, type) and issubclass(kind, Enum) else ()
    return f"known: {', '.join(sorted(str(word.value) for word in words))}" if words else ""
