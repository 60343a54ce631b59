"""One request a line on stdin, one answer a line on stdout; everything else a library prints goes to stderr."""

from __future__ import annotations

import json
import os
import sys

# Before anything else can print: the pipe to our parent carries answers only.
_ANSWERS = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)

from .requests import answer  # noqa: E402

for line in sys.stdin:
    _ANSWERS.write(json.dumps(answer(json.loads(line))) + "\n")
    _ANSWERS.flush()
