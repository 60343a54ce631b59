"""A Ray of our own on this machine, that leaves nothing behind.

Everything it writes goes below one short folder (``run_folder``): socket paths may not exceed 107 bytes. Ray reads its
switches from the environment when it is imported, in this process and in every worker, so they are set first; the
functions below import it inside.
"""

from __future__ import annotations

import contextlib
import logging
import secrets
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from adplat.domain import InternalFault

OBJECT_STORE_BYTES = 96 * 1024 * 1024  # Ray's own minimum is 75 MiB; nothing of ours goes through it


def make_run_folder(folder: Path) -> None:
    """Empty, for this user alone, with the token of the Ray that will live there."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    token = folder / "token"
    token.touch(mode=0o600)
    token.write_text(secrets.token_hex(32))


def token_environment(folder: Path) -> dict[str, str]:
    """Ray's own ports stand open to the machine's network; only who can read the token's file may use them."""
    return {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN_PATH": str(folder / "token")}


def start_own_ray(folder: Path, num_cpus: int) -> None:
    """To be called once in a process, after ``make_run_folder``."""
    import ray

    ray.init(
        address="local",
        num_cpus=num_cpus,
        object_store_memory=OBJECT_STORE_BYTES,
        include_dashboard=False,
        log_to_driver=False,
        logging_level=logging.ERROR,
        _temp_dir=str(folder),
    )


@contextmanager
def ended_with_ray() -> Iterator[None]:
    """Whatever of Ray and Serve is up when the block ends, is ended; what SIGTERM does is meanwhile what it was."""
    import ray
    from ray import serve

    logging.getLogger("ray.serve").setLevel(logging.WARNING)
    try:
        yield
    finally:
        # Stopping takes seconds; a second request to stop must not leave it half done.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        # Whatever state the start was in, both end what they find and neither minds finding nothing.
        if ray.is_initialized():  # else asking Serve to end would start a Ray first
            with contextlib.suppress(Exception):
                serve.shutdown()  # type: ignore[no-untyped-call]  # Ray leaves it so
        ray.shutdown()


@contextmanager
def coming_up(folder: Path | None, logs: Path) -> Iterator[None]:
    """Around the start of Ray and of the replicas alone: whatever keeps them from coming up is one InternalFault.

    What our own Ray wrote in ``folder`` is kept in ``logs``; ``None``: the Ray is not ours. A process of Ray's that
    died (a machine short of memory ends such) is a RayError, which is no RuntimeError.
    """
    from ray.exceptions import RayError

    try:
        yield
    except (RuntimeError, TimeoutError, RayError) as reason:
        written = None if folder is None else folder / "session_latest" / "logs"
        if written is not None and written.is_dir():
            shutil.copytree(written, logs, dirs_exist_ok=True)
        raise InternalFault(
            f"the service did not come up: {last_line(reason).removesuffix('.')}",
            where=str(logs),
            hint="start it again; if it stays so, read the logs there, and see whether the machine has memory to spare",
        ) from reason


def last_line(reason: BaseException) -> str:
    """Of what Ray says, which is often a page."""
    lines = [line.strip() for line in str(reason).splitlines() if line.strip()]
    return lines[-1] if lines else type(reason).__name__
