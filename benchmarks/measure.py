"""Measure a command as a user feels it, all its processes at once: ``python benchmarks/measure.py COMMAND...``.

Memory is the sum of the resident sets (RSS) of the process and all its descendants, read from ``/proc`` some fifty
times a second. Pages that two processes share count twice, so that the sum is never too small; a peak shorter than two
readings shows only in the kernel's own high-water mark of each process, below which the figure never falls. Where
there is no ``/proc`` (macOS), ``ps`` is asked, which knows no such mark.
"""

from __future__ import annotations

import contextlib
import math
import os
import platform
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PROC = Path("/proc")
INTERVAL = 0.02
"""Seconds between two readings; more where a reading takes long, so that measuring costs a tenth of a core at most."""
BUSY = 0.25
"""Load per core above which a machine counts as busy."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of a command took."""

    seconds: float
    """From start to end, by the clock."""
    cpu: float
    """Processor seconds of the command and its children, in user and system mode."""
    peak: float
    """MiB in memory at the worst moment."""
    output: str
    """What it wrote to stdout."""
    errors: str
    """What it wrote to stderr."""
    status: int
    """Its exit status; negative if a signal ended it."""
    gave_up: str = ""
    """Why it was ended: ``after 60 s`` or ``at 8,192 MiB``; empty if it ended by itself."""


def run(command: Sequence[str], *, seconds: float = math.inf, mebibytes: float = math.inf) -> Run:
    """Run a command to its end, or until it has had so many seconds or mebibytes."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, start_new_session=True)
        with _Watch(process.pid, seconds, mebibytes) as watch:
            try:
                _, status, usage = os.wait4(process.pid, 0)
            except BaseException:  # Ctrl-C reaches this process alone
                _end(family(process.pid, processes()))
                process.wait()
                raise
            taken = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        texts = []
        for stream in (out, err):
            stream.seek(0)
            texts.append(stream.read().decode("utf-8", "replace"))
    cpu = usage.ru_utime + usage.ru_stime
    return Run(taken, cpu, watch.peak / 1024, texts[0], texts[1], process.returncode, watch.gave_up)


class _Watch(threading.Thread):
    """Reads the memory of a process and its descendants, and ends them when they have had their share."""

    def __init__(self, root: int, seconds: float, mebibytes: float) -> None:
        super().__init__(daemon=True)
        self.root = root
        self.seconds = seconds
        self.mebibytes = mebibytes
        self.peak = 0
        self.gave_up = ""
        self._done = threading.Event()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self.join()

    def run(self) -> None:
        """Read until told that it is done."""
        start = before = time.monotonic()
        while True:
            found = processes()
            members = family(self.root, found)
            self.peak = max(self.peak, resident(members, found))
            now = time.monotonic()
            if self.peak / 1024 > self.mebibytes:
                self.gave_up = f"at {self.mebibytes:,.0f} MiB"
            elif now - start > self.seconds:
                self.gave_up = f"after {self.seconds:,.0f} s"
            if self.gave_up:
                _end(members)
                return
            if self._done.wait(max(INTERVAL, 10 * (now - before))):
                return
            before = time.monotonic()


def _end(members: Sequence[int]) -> None:
    """End processes, children first."""
    for process in reversed(members):
        with contextlib.suppress(OSError):
            os.kill(process, signal.SIGKILL)


class Process(NamedTuple):
    """A process, as the system tells of it."""

    parent: int
    held: int
    """KiB in memory now."""
    worst: int
    """KiB in memory at its worst moment."""


def processes() -> dict[int, Process]:
    """List all processes, from ``/proc`` or, where there is none, from ``ps``."""
    if not PROC.is_dir():
        text = subprocess.run(["ps", "-axo", "pid=,ppid=,rss="], check=True, capture_output=True, text=True).stdout  # noqa: S607
        return {
            number: Process(parent, held, held)
            for number, parent, held in (map(int, row.split()) for row in text.splitlines())
        }
    found = {}
    for place in PROC.glob("[0-9]*/status"):
        with contextlib.suppress(OSError):  # it has just ended
            fields = dict(line.split(":", 1) for line in place.read_text("utf-8", "replace").splitlines())
            numbers = [int(fields.get(name, "0").split()[0]) for name in ("PPid", "VmRSS", "VmHWM")]
            found[int(place.parent.name)] = Process(*numbers)
    return found


def family(root: int, found: Mapping[int, Process]) -> list[int]:
    """List a process and all below it, parents first."""
    children: dict[int, list[int]] = defaultdict(list)
    for number, process in found.items():
        children[process.parent].append(number)
    members = [root]
    for number in members:
        members += children[number]
    return [number for number in members if number in found]


def resident(members: Sequence[int], found: Mapping[int, Process]) -> int:
    """Give the KiB that processes hold together now, or that one of them has held at its worst, whichever is more."""
    worst = max((found[number].worst for number in members), default=0)
    return max(worst, sum(found[number].held for number in members))


# --- The machine --------------------------------------------------------------------------------------------


def cores() -> int:
    """Count the cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def load() -> float:
    """Give the load average of the last minute."""
    return round(os.getloadavg()[0], 2)


def machine() -> dict[str, object]:
    """Describe the machine: what a reader has to know to compare figures."""
    return {
        "cores": cores(),
        "processor": _field(PROC / "cpuinfo", "model name") or platform.machine(),
        "memory_gib": round(_kibibytes("MemTotal") / 2**20, 1),
        "free_gib": round(_kibibytes("MemAvailable") / 2**20, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }


def busy(load_average: float, count: int) -> bool:
    """Tell whether others use a machine of so many cores so much that figures are worth little."""
    return load_average > BUSY * count


def _kibibytes(name: str) -> int:
    return int((_field(PROC / "meminfo", name) or "0").split()[0])


def _field(path: Path, name: str) -> str:
    """Give the value behind the first ``name :`` of a file of /proc; empty if there is none."""
    with contextlib.suppress(OSError):
        for line in path.read_text("utf-8", "replace").splitlines():
            key, _, value = line.partition(":")
            if key.strip() == name:
                return value.strip()
    return ""


def main() -> int:
    """Run the command that is given and say what it took."""
    done = run(sys.argv[1:])
    print(done.output[-2000:], done.errors[-2000:], sep="", end="")
    print(f"{done.seconds:.2f} s, {done.cpu:.2f} CPU s, {done.peak:,.0f} MiB at its worst, status {done.status}")
    return done.status or 0


if __name__ == "__main__":
    sys.exit(main())
