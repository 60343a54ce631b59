"""Write the planted set into a folder: ``python -m tests.review.planted OUT``; the same bytes every time.

``set.json`` lists the cases; files and pictures of trees lie beside it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.review.planted.writing import write_set

if __name__ == "__main__":
    written = write_set(Path(sys.argv[1]))
    sys.stdout.write(f"wrote {written} cases to {sys.argv[1]}\n")
