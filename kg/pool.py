"""Worker processes: start them, hand them tasks through pipes, end them.

Not those of multiprocessing: its workers import the main module, and so run the script of whoever builds a graph
without the idiom that prevents it.
"""

from __future__ import annotations

import os
import sys
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from queue import SimpleQueue
from subprocess import DEVNULL, Popen
from typing import TYPE_CHECKING, TypeVar

from kg.errors import GraphError, KgError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future
    from pathlib import Path

    Task = TypeVar("Task")
    Result = TypeVar("Result")

AHEAD = 2
"""How many tasks a worker are under way or done and not yet taken: more would only fill memory."""


class Pool:
    """Worker processes that do tasks; made by `started`."""

    def __init__(self, idle: SimpleQueue[Connection] | None, number: int) -> None:
        self._idle = idle
        self._number = number

    def each(self, function: Callable[[Path, Task], Result], folder: Path, tasks: Iterable[Task]) -> Iterator[Result]:
        """Apply a function to a folder and each of some tasks, and give the results in the order of the tasks.

        Tasks are taken, and results made, only a little ahead of whoever takes the results.

        Args:
            function: one of a module, so that a worker can import it.
            folder: its first argument: the folder of the graph directory that the tasks are about.
            tasks: what it is applied to; anything that can be pickled.

        Raises:
            GraphError: a worker died; and whatever error of kg the function raises.
        """
        if self._idle is None:
            yield from (function(folder, task) for task in tasks)
            return
        with ThreadPoolExecutor(self._number) as threads:
            under_way: deque[Future[Result]] = deque()
            try:
                for task in tasks:
                    under_way.append(threads.submit(_delegate, self._idle, function, folder, task))
                    if len(under_way) >= AHEAD * self._number:
                        yield under_way.popleft().result()
                while under_way:
                    yield under_way.popleft().result()
            finally:
                threads.shutdown(wait=False, cancel_futures=True)


@contextmanager
def started(number: int) -> Iterator[Pool]:
    """Hold so many worker processes; with one, everything happens in this process."""
    if number <= 1:
        yield Pool(None, 1)
        return
    with processes(number, "from kg import pool; pool.serve") as idle:
        yield Pool(idle, number)


def serve(handle: int) -> None:
    """Do tasks until the other end of the pipe is closed: what a worker process runs."""
    with Connection(handle) as pipe, suppress(EOFError, ConnectionError):
        while True:
            function, folder, task = pipe.recv()
            try:
                pipe.send(function(folder, task))
            except KgError as error:
                pipe.send(error)


@contextmanager
def processes(number: int, code: str) -> Iterator[SimpleQueue[Connection]]:
    """Hold idle worker processes, each by its end of a pipe; when the work is broken off they are ended.

    Args:
        number: how many.
        code: Python that ends in the name of a function, which each worker calls with the handle of its pipe.
    """
    idle: SimpleQueue[Connection] = SimpleQueue()
    with ExitStack() as stack:
        started = [_start(stack, code) for _ in range(number)]
        for _, pipe in started:
            idle.put(pipe)
        try:
            yield idle
        except BaseException:
            for process, _ in started:
                process.terminate()
            raise


def _start(stack: ExitStack, code: str) -> tuple[Popen[bytes], Connection]:
    """Start a worker, which ends when its pipe is closed; in a session of its own, since Ctrl-C is for its parent."""
    here, there = Pipe()
    command = [sys.executable, "-P", "-c", f"import sys; {code}(int(sys.argv[1]))", str(there.fileno())]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    with there:
        process = stack.enter_context(
            Popen(  # noqa: S603  this interpreter, and nothing that anybody typed
                command,
                env=environment,
                pass_fds=[there.fileno()],
                stdin=DEVNULL,
                stdout=DEVNULL,
                start_new_session=True,
            )
        )
    stack.callback(here.close)
    return process, here


@contextmanager
def borrowed(idle: SimpleQueue[Connection], folder: Path) -> Iterator[Connection]:
    """Have an idle worker to talk to, by the pipe to it.

    Raises:
        GraphError: it died.
    """
    pipe = idle.get()
    try:
        yield pipe
    except (EOFError, OSError) as error:
        remedy = "Run it again, with --workers 1 if memory is short; what was finished is kept."
        raise GraphError(str(folder.parent), "a worker process died", remedy) from error
    finally:
        idle.put(pipe)


def _delegate(
    idle: SimpleQueue[Connection], function: Callable[[Path, Task], Result], folder: Path, task: Task
) -> Result:
    """Have an idle worker do a task.

    Raises:
        GraphError: it died; or whatever error of kg it answers.
    """
    with borrowed(idle, folder) as pipe:
        pipe.send((function, folder, task))
        result: Result | KgError = pipe.recv()
    if isinstance(result, KgError):
        raise result
    return result


def cores() -> int:
    """Count the processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
