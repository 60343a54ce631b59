"""Fields of bits in web-safe base64: the alphabet of all IAB consent strings.

Readers raise ``ValueError`` inside this room; whoever reads a whole string turns it into "not readable".
"""

from __future__ import annotations

from base64 import b64decode


class BitReader:
    """Reads big-endian fields from left to right; six bits a character.

    GPP pads to whole characters and TCF to whole bytes, so a length that ordinary base64 refuses is no mistake here.
    """

    def __init__(self, text: str) -> None:
        characters = text.rstrip("=")
        self._bytes = b64decode(characters + "A" * (-len(characters) % 4), altchars=b"-_", validate=True)
        self._at = 0
        self._end = 6 * len(characters)

    def integer(self, bits: int) -> int:
        """The next ``bits`` as a number. Raises ValueError past the end."""
        start, end = self._at, self._at + bits
        if end > self._end:
            raise ValueError("the string ends in the middle of a field")
        self._at = end
        # Only the bytes touched: the cost of a field does not grow with the length of the string.
        last = (end + 7) // 8
        window = int.from_bytes(self._bytes[start // 8 : last])
        return (window >> (8 * last - end)) & ((1 << bits) - 1)

    def flag(self) -> bool:
        """The next bit."""
        return self.integer(1) == 1

    def skip(self, bits: int) -> None:
        """Pass over a field. Raises ValueError past the end."""
        self.integer(bits)

    def numbered_flags(self, bits: int) -> frozenset[int]:
        """The places, counted from 1, whose bit is set."""
        field = self.integer(bits)
        return frozenset(place for place in range(1, bits + 1) if field >> (bits - place) & 1)

    def letters(self) -> str:
        """Two letters of six bits each, ``a`` is 0. Raises ValueError for what is no letter."""
        numbers = (self.integer(6), self.integer(6))
        if max(numbers) >= 26:
            raise ValueError("a letter code beyond z")
        return "".join(chr(ord("a") + number) for number in numbers)

    def fibonacci(self) -> int:
        """A number of at least 1 in Fibonacci coding: one bit for each of 1, 2, 3, 5, 8 …, ended by a second 1."""
        total, here, after, before = 0, 1, 2, False
        while True:
            bit = self.flag()
            if bit and before:
                return total
            total += here if bit else 0
            here, after, before = after, here + after, bit
