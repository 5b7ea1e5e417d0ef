"""Executor of a dask cluster: the workers of a scheduler that runs already.

dask unpickles what arrives at its ports, so whoever reaches them owns the cluster: they speak TLS, or listen
on the loopback only, and no worker runs students' code that could reach them.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dask
from distributed import Client, Security, get_worker
from distributed.cfexecutor import ClientExecutor

from course import __version__
from course.errors import UsageError

from ..result import Packed
from .local import Pool, require_isolation

ALONE_S = 60
SAFE = 2  # below, a student's code reaches the network of this machine, and so the ports of dask
# dask keeps its latest messages, and with them whole submissions
SMALL_MEMORY = {"distributed.admin.low-level-log-length": 20}


class Cluster(ClientExecutor, Pool):
    """`client.get_executor()`, which sends no submission to a worker where it failed if there is another."""

    withdraws = False

    def __init__(self, client: Client, least: int):
        super().__init__(client, pure=False, retries=0)
        self._least = max(least, SAFE)
        self.workers = max(len(self._addresses()), 1)
        self._alone_since: float | None = None  # when the last worker was missed

    def require_workers(self) -> None:
        """As `Pool.require_workers`; a worker has `ALONE_S` seconds to come back."""
        if self._addresses():
            self._alone_since = None
        elif self._alone_since is None:
            self._alone_since = time.monotonic()
        elif time.monotonic() - self._alone_since > ALONE_S:
            raise ConnectionError("the scheduler has no workers any more")

    def _addresses(self) -> list[str]:
        """The workers that are left."""
        try:
            return list(self._client.ncores())
        except OSError as error:
            raise ConnectionError(f"the scheduler does not answer any more ({error})") from None

    def submit(self, function, /, *args):
        """The future of a call; of a submission, where it has not failed yet."""
        failed_on = getattr(args[-1], "failed_on", ())
        others = [address for address in self._addresses() if address not in failed_on]
        elsewhere = {"workers": others, "allow_other_workers": True} if failed_on and others else {}
        return super().submit(_with_address, self._least, function, *args, **elsewhere)


def _with_address(least: int, function, *args):
    require_isolation(least)
    result = function(*args)
    return result._replace(worker=get_worker().address) if isinstance(result, Packed) else result


@contextmanager
def cluster_pool(
    scheduler: str, ca: Path | None, cert: Path | None, key: Path | None, least: int = SAFE
) -> Iterator[Cluster]:
    """Connect to a scheduler.

    Args:
        ca, cert, key: the files that a scheduler with TLS asks for: its authority, our certificate, our key.

    Raises:
        UsageError: it does not answer, has no workers, other versions than ours, or is open to everybody.
    """
    try:
        with dask.config.set(SMALL_MEMORY):
            client = Client(scheduler, security=_security(scheduler, ca, cert, key), timeout=30)
    except (OSError, ValueError, TypeError) as error:
        raise UsageError(f"--scheduler={scheduler!r} does not answer ({error})") from None
    with client:
        try:
            client.wait_for_workers(1, timeout=60)
        except TimeoutError:
            raise UsageError(f"--scheduler={scheduler!r} has no workers") from None
        others = {version for version in client.run(_version).values() if version != __version__}
        if others:
            raise UsageError(f"--scheduler={scheduler!r} has course {min(others)}, not {__version__}")
        yield Cluster(client, least)


def _security(scheduler: str, *files: Path | None) -> Security | None:
    missing = [str(path) for path in files if path is not None and not path.is_file()]
    if missing:
        raise UsageError(f"{missing[0]}: there is no such file")
    if all(files):
        ca, cert, key = map(str, files)
        return Security(tls_ca_file=ca, tls_client_cert=cert, tls_client_key=key, require_encryption=True)
    if not scheduler.startswith(("tcp://127.0.0.1:", "tcp://localhost:")):
        raise UsageError(
            f"--scheduler={scheduler!r} needs --tls-ca, --tls-cert and --tls-key: whoever reaches it without "
            "them runs code as you"
        )
    return None


def _version() -> str:
    return __version__
