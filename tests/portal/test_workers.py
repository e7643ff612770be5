"""Limits hold: time, memory, queue, clients that go away, workers that die; and a slow request does not hold up short ones."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from kg.build import Build
from kg.errors import StoreError
from kg.portal.page import Request
from kg.portal.render import BusyError
from kg.portal.settings import PortalSettings
from kg.portal.workers import LOW_PRIORITY, Answer, Pool, TimeLimitError, WorkerLostError

uvloop = pytest.importorskip("uvloop")
SETTINGS = PortalSettings(queue=4)


def request(name: str, **values: object) -> Request:
    return Request(f"tests.portal.handlers:{name}", values={key: [str(value)] for key, value in values.items()})


def run(
    graph: Build, job: Callable[[Pool], Awaitable[None]], *, size: int = 2, seconds: float = 10, memory: int = 512, slow: float | None = 0.5
) -> None:
    async def main() -> None:
        pool = Pool(SETTINGS, graph.path, size, seconds, memory, slow_after=slow)
        await pool.open()
        try:
            await job(pool)
        finally:
            await pool.close()
            assert not any(_exists(worker.pid) for worker in pool.workers)

    # The loop of the real server.
    uvloop.run(main())


def _exists(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


async def settled(condition: Callable[[], bool], seconds: float = 20) -> None:
    for _ in range(int(seconds * 20)):
        if condition():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it did not settle")


def test_answers_and_errors(graph: Build) -> None:
    async def job(pool: Pool) -> None:
        answer = await pool.ask(request("echo", say="grüß"))
        assert answer.body.decode().startswith("grüß ")
        wrong = await pool.ask(replace(request("wrong"), form="json"))
        assert wrong.head["status"] == 400
        assert b"Do it right." in wrong.body
        bug = await pool.ask(replace(request("bug"), form="json"))
        assert bug.head["status"] == 500
        assert b"RuntimeError" not in bug.body
        assert (await pool.ask(request("echo", say="again"))).head["status"] == 200

    run(graph, job)


def test_a_large_answer_comes_as_a_file_and_frees_the_worker(graph: Build) -> None:
    async def job(pool: Pool) -> None:
        answers = [await pool.ask(request("large", tens=tens)) for tens in (1, 6553, 6554, 500_000)]
        assert [answer.file >= 0 for answer in answers] == [False, False, True, True]
        assert pool.busy == 0  # nobody has read the files yet
        for answer, tens in zip(answers, (1, 6553, 6554, 500_000), strict=True):
            body = answer.body if answer.file < 0 else os.pread(answer.file, answer.size + 1, 0)
            assert body == b"0123456789" * tens
            answer.close()

    run(graph, job, size=1)


@pytest.mark.parametrize("name", ["spin", "runaway"])
def test_a_runaway_ends_at_its_limit_and_is_replaced(graph: Build, name: str) -> None:
    async def job(pool: Pool) -> None:
        before = {worker.pid for worker in pool.workers}
        started = time.monotonic()
        with pytest.raises(TimeLimitError, match="longer than 1"):
            await pool.ask(request(name))
        assert time.monotonic() - started < 4  # not a timing test: without the kill it never ends
        assert pool.killed == 1
        answer = await pool.ask(request("echo", say="alive"))
        assert int(answer.body.split()[-1]) not in before

    run(graph, job, size=1, seconds=1)


def test_memory_is_bounded(graph: Build) -> None:
    async def job(pool: Pool) -> None:
        answer = await pool.ask(replace(request("hungry"), form="json"))
        assert answer.head["status"] == 503
        assert b"more memory" in answer.body
        with pytest.raises(WorkerLostError, match="more memory"):
            await pool.ask(request("hungry_engine"))
        assert (await pool.ask(request("echo", say="alive"))).head["status"] == 200

    run(graph, job, size=1, seconds=60, memory=200, slow=None)


def test_a_worker_that_has_grown_is_replaced(graph: Build) -> None:
    """The next request may use as much memory as any."""

    async def job(pool: Pool) -> None:
        pids = [(await pool.ask(request("keep"))).body for _ in range(3)]
        assert len(set(pids)) == 3
        assert (await pool.ask(request("echo", say="alive"))).head["status"] == 200

    run(graph, job, size=1, seconds=60, memory=200, slow=None)


def test_a_worker_that_dies_is_replaced(graph: Build) -> None:
    async def job(pool: Pool) -> None:
        with pytest.raises(WorkerLostError):
            await pool.ask(request("die"))
        assert (await pool.ask(request("echo", say="alive"))).head["status"] == 200

    run(graph, job, size=1)


def test_a_full_queue_refuses_and_a_long_wait_too(graph: Build) -> None:
    async def job(pool: Pool) -> None:
        naps = [asyncio.create_task(pool.ask(request("nap", seconds=0.4))) for _ in range(5)]
        await asyncio.sleep(0.05)
        with pytest.raises(BusyError):
            await pool.ask(request("echo", say="no"))
        assert pool.refused == 1
        assert len(await asyncio.gather(*naps)) == 5

    run(graph, job, size=1, slow=None)


def test_a_client_that_goes_away_frees_its_worker(graph: Build) -> None:
    async def job(pool: Pool) -> None:
        task = asyncio.create_task(pool.ask(request("spin")))
        await asyncio.sleep(0.2)
        spinning = {worker.pid for worker in pool.workers if worker.busy is not None and not worker.busy.done()}
        task.cancel()
        await settled(lambda: pool.killed == 1)
        assert not any(_exists(pid) for pid in spinning)
        assert (await pool.ask(request("echo", say="alive"))).head["status"] == 200

    run(graph, job, size=1, slow=None)


def test_a_short_request_of_a_client_that_goes_away_keeps_its_worker(graph: Build) -> None:
    async def job(pool: Pool) -> None:
        before = {worker.pid for worker in pool.workers}
        task = asyncio.create_task(pool.ask(request("large", tens=100_000)))
        await asyncio.sleep(0)
        task.cancel()
        await settled(lambda: pool.busy == 0)
        assert {worker.pid for worker in pool.workers} == before
        # The answer nobody took is closed, and the next one is the next request's.
        assert (await pool.ask(request("echo", say="next"))).body.startswith(b"next")

    run(graph, job, size=1)


def test_a_client_that_leaves_the_queue_takes_nobodys_turn(graph: Build) -> None:
    async def job(pool: Pool) -> None:
        nap = asyncio.create_task(pool.ask(request("nap", seconds=0.5)))
        await asyncio.sleep(0.05)
        waiting = [asyncio.create_task(pool.ask(request("echo", say=number))) for number in range(3)]
        await asyncio.sleep(0.05)
        waiting[1].cancel()
        await nap
        answers = await asyncio.gather(waiting[0], waiting[2])
        assert [answer.body.split()[0] for answer in answers] == [b"0", b"2"]
        await settled(lambda: pool.busy == 0)

    run(graph, job, size=1, slow=None)


def test_slow_requests_leave_workers_and_cores_to_short_ones(graph: Build) -> None:
    async def job(pool: Pool) -> None:
        spins = [asyncio.create_task(pool.ask(request("spin"))) for _ in range(2)]
        await settled(lambda: sum(worker.slow for worker in pool.workers) == 2 and len(pool.workers) == 4)
        slow = [worker.pid for worker in pool.workers if worker.slow]
        assert [os.getpriority(os.PRIO_PROCESS, pid) for pid in slow] == [LOW_PRIORITY] * 2
        answer = await pool.ask(request("echo", say="quick"))
        assert int(answer.body.split()[-1]) not in slow
        results = await asyncio.gather(*spins, return_exceptions=True)
        assert all(isinstance(result, TimeLimitError) for result in results)
        await settled(lambda: len(pool.workers) == 2)

    run(graph, job, seconds=6)


def test_a_slow_request_that_ends_gives_its_answer(graph: Build) -> None:
    async def job(pool: Pool) -> None:
        answer: Answer = await pool.ask(request("nap", seconds=0.6))
        pid = int(answer.body)
        assert not _exists(pid)  # its priority cannot be raised again, so it is let go of
        await settled(lambda: len(pool.workers) == 1)

    run(graph, job, size=1, slow=0.2)


def test_what_cannot_be_opened_says_why(tmp_path: Path) -> None:
    async def main() -> None:
        with pytest.raises(StoreError, match="no graph to serve"):
            await Pool(SETTINGS, tmp_path, 1, 1, 100).open()

    asyncio.run(main())
