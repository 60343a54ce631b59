"""What rules see beside what is told: letters read, nudity and faces scored, meanings. Each is looked at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import numpy.typing as npt

from adplat.domain import ElementKind, MissingInput
from adplat.review.cannot_look import CannotLook
from adplat.review.senses.lines import ReadLine
from adplat.review.subject import Subject

if TYPE_CHECKING:
    from PIL.Image import Image

Seen = TypeVar("Seen")
LETTERS_OFF = "reading letters was turned off"


class Eyes:
    """The senses, for one subject. All raise CannotLook where something is not there or was turned off.

    Args:
        read_letters: whether letters in pictures are read at all; it is by far the slowest sense.
    """

    def __init__(self, subject: Subject, *, read_letters: bool = True) -> None:
        self._subject = subject
        self._read_letters = read_letters
        self._seen: dict[str, object] = {}

    def picture(self) -> Image:
        """The pixels of the subject."""
        if self._subject.picture is None:
            raise CannotLook("no picture was given")
        return self._subject.picture

    def lines(self) -> tuple[ReadLine, ...]:
        """The letters in the picture."""
        return self._once("lines", lambda: self._read(self.picture()))

    def lines_of_ground(self) -> tuple[ReadLine, ...]:
        """The letters in the painted background alone."""
        return self._once("ground", lambda: self._read(self._ground()))

    def nudity(self) -> float:
        """How likely the picture is pornographic, 0 to 1, learned."""

        def score() -> float:
            from adplat.review.senses.nudity import nudity_of

            return nudity_of(self.picture())

        return self._once("nudity", score)

    def faces(self) -> tuple[float, ...]:
        """Of each human face in the picture how sure the detector is, the surest first."""

        def find() -> tuple[float, ...]:
            from adplat.review.senses.faces import faces_in

            return faces_in(self.picture())

        return self._once("faces", find)

    def abuse(self, text: str) -> float:
        """How likely an English text is abusive, 0 to 1, learned."""

        def score() -> float:
            from adplat.review.senses.abuse import abuse_of

            return abuse_of(text)

        return self._once(f"abuse {text}", score)

    def nearness(self, text: str, prototypes: tuple[str, ...]) -> npt.NDArray[np.float32]:
        """(n,) cosines of a text, Chinese or English, to sentences that stand for meanings."""

        def measure() -> npt.NDArray[np.float32]:
            from adplat.review.senses.meanings import nearness_of

            return nearness_of(text, prototypes)

        return self._once(f"meaning {hash(prototypes)} {text}", measure)

    def _ground(self) -> Image:
        if self._subject.artwork is None:
            raise CannotLook("the picture came without its tree, so its background is not known apart")
        for element in self._subject.artwork.of_kind(ElementKind.BACKGROUND):
            if element.asset in self._subject.assets:
                return self._subject.assets[element.asset]
        raise CannotLook("the tree has no painted background")

    def _read(self, picture: Image) -> tuple[ReadLine, ...]:
        if not self._read_letters:
            raise CannotLook(LETTERS_OFF)
        from adplat.review.senses.letters import read_lines

        return read_lines(picture)

    def _once(self, name: str, look: Callable[[], Seen]) -> Seen:
        """What ``look`` gives, or the reason it could not, found out once."""
        if name not in self._seen:
            try:
                self._seen[name] = look()
            except CannotLook as reason:
                self._seen[name] = reason
            except MissingInput as missing:
                self._seen[name] = CannotLook(f"{missing.what} ({missing.hint})")
        seen = self._seen[name]
        if isinstance(seen, CannotLook):
            raise CannotLook(seen.reason)
        return seen  # type: ignore[return-value]  # each name is always looked up for the same kind
