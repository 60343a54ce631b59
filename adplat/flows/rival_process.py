"""A rival as a child process: one JSON request a line in, one answer a line out.

It waits on its pipe between requests, so rounds of us and it can alternate on one core.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any

from adplat.domain import InternalFault

_SCRIPTS = Path(__file__).resolve().parent
# The rivals' scripts come last on the search path: a module of ours beside them may bear a package's name.
_START = "import runpy, sys; sys.path.append(sys.argv.pop(1)); runpy.run_module('rivals', run_name='__main__')"
_STOP_S = 5.0


class RivalProcess:
    """The package ``rivals`` while the block runs; what its libraries print goes to ``log``."""

    def __init__(self, python: Path, log: Path) -> None:
        self._log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        environment = {**os.environ, "OMP_NUM_THREADS": "1"}
        environment.pop("PYTHONPATH", None)
        with log.open("wb") as words:
            self._child = subprocess.Popen(
                [str(python), "-c", _START, str(_SCRIPTS)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=words,
                env=environment,
                cwd=log.parent,
                text=True,
            )

    def __enter__(self) -> RivalProcess:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._child.stdin is not None:
            self._child.stdin.close()
        try:
            # After an error of ours it may be deep in a long computation: nobody waits for that.
            self._child.wait(_STOP_S if kind is None else 0.1)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        if self._child.stdout is not None:
            self._child.stdout.close()

    def ask(self, command: str, **told: Any) -> dict[str, Any]:
        """The answer to one request. Raises InternalFault with the rival's own words when it fails or dies."""
        pipe_in, pipe_out = self._child.stdin, self._child.stdout
        if pipe_in is None or pipe_out is None:
            raise InternalFault("the rival has no pipes", where=str(self._log), hint="report this")
        try:
            pipe_in.write(json.dumps({"command": command, **told}) + "\n")
            pipe_in.flush()
            line = pipe_out.readline()
        except BrokenPipeError:
            line = ""
        told_back: dict[str, Any] = json.loads(line) if line else {"error": self._last_words()}
        if "error" in told_back:
            raise InternalFault(f"the rival failed: {told_back['error']}", where=str(self._log), hint="read the log")
        return told_back

    def _last_words(self) -> str:
        return (self._log.read_text(errors="replace").strip().splitlines() or ["it said nothing"])[-1]
