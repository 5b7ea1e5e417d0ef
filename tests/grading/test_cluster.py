"""A dask cluster of processes on this machine: what a lost worker, or a lost scheduler, costs a grading."""

import json
import os
import subprocess
import sys
import time
from contextlib import ExitStack

import pytest

from course.errors import UsageError
from course.grading.batch import enrol, grade_class
from course.grading.exchange.intake import find_submissions
from course.grading.record.database import open_database
from course.notebooks.document import write_notebook
from course.sandbox import linux

pytest.importorskip("distributed")
from course.grading.pool import cluster

START_S = 120


class Processes:
    """A scheduler, and workers that come and go, each in a process of its own."""

    def __init__(self, folder):
        self.file, self.workers, self._all = folder / "scheduler.json", [], ExitStack()
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        deadline = time.monotonic() + START_S
        while not self.file.exists():
            assert time.monotonic() < deadline and self.scheduler.poll() is None
            time.sleep(0.05)

    def _start(self, kind, *options):
        command = [sys.executable, "-m", "dask", kind, "--scheduler-file", self.file, *options]
        process = subprocess.Popen(
            [*map(str, command)],
            cwd=self.file.parent,
            env=os.environ | {"DASK_DISTRIBUTED__ADMIN__LOW_LEVEL_LOG_LENGTH": "20"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._all.callback(process.wait)
        self._all.callback(process.kill)
        return process

    @property
    def address(self):
        """Where the scheduler listens."""
        return json.loads(self.file.read_text())["address"]

    def add_worker(self):
        """One more worker; it comes a little later."""
        options = ("--no-nanny", "--nthreads", "1", "--no-dashboard", "--death-timeout", "120")
        self.workers.append(self._start("worker", "--host", "127.0.0.1", *options))

    def close(self):
        """End them all."""
        self._all.close()


@pytest.fixture
def processes(tmp_path):
    """A scheduler without workers."""
    made = Processes(tmp_path)
    yield made
    made.close()


@pytest.fixture
def impatient(monkeypatch):
    """The last worker is missed for a moment only."""
    monkeypatch.setattr(cluster, "ALONE_S", 0)


def pool_of(processes):
    return cluster.cluster_pool(processes.address, None, None, None, least=2)


@pytest.mark.nightly("processes of dask take their time to start", early=True)
def test_the_last_worker_is_lost(processes, impatient):
    """Calls go on while one is left; without any, whoever waits is told."""
    processes.add_worker()
    with pool_of(processes) as pool:
        futures = [pool.submit(abs, -number) for number in range(5)]
        assert [pool.wait_for(future).result() for future in futures] == list(range(5))
        processes.workers[0].kill()
        with pytest.raises(ConnectionError, match="the scheduler has no workers any more"):
            pool.wait_for(pool.submit(abs, -5))
        processes.add_worker()
        assert pool.wait_for(pool.submit(abs, -6)).result() == 6


def test_a_scheduler_that_others_can_reach_needs_tls():
    """Whoever reaches it could run code as the instructor; what does not answer is named."""
    with pytest.raises(UsageError, match="needs --tls-ca, --tls-cert and --tls-key"):
        pool_of(type("Elsewhere", (), {"address": "tcp://192.0.2.1:8786"})).__enter__()


@pytest.mark.nightly("a class on a cluster takes half a minute", early=True)
@pytest.mark.skipif(not linux.SUPPORTED, reason="kernels are not forked here")
def test_one_of_two_workers_is_killed(processes, ran_task, tmp_path):
    """The class is graded to the same bytes as on one process alone."""
    for student in range(8):
        write_notebook(ran_task.released, tmp_path / "class" / f"s{student}.ipynb")
    found, books = find_submissions(tmp_path / "class", ran_task.session), []

    def track(jobs, total):
        for number, job in enumerate(jobs):
            if number == 1:
                processes.workers[0].kill()
            yield job

    for _ in range(2):
        processes.add_worker()
    with pool_of(processes) as pool, open_database(tmp_path / "out", create=True) as db:
        enrol(db, found)
        grade_class(db, ran_task, tmp_path / "out", pool, track)
    with open_database(tmp_path / "alone", create=True) as db:
        enrol(db, found)
        grade_class(db, ran_task, tmp_path / "alone")
    for out in ("out", "alone"):
        books.append((tmp_path / out / "gradebook.csv").read_bytes())
    assert books[0] == books[1] and books[0].count(b"\n") == 9
