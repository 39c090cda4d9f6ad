"""Python runs this file when it starts: a task of the test tells where it runs, then waits until it may go on.

``KG_HELD`` is a folder. Every process that extracts leaves a file in it that holds its working directory, which tells
the worker, and waits for the file ``go``.
"""

import os
import time
from collections.abc import Iterator
from pathlib import Path

if "KG_HELD" in os.environ:
    from kg.spark import _tasks

    extract = _tasks.extract

    def held(*arguments: object, **options: object) -> Iterator[object]:
        """Tell, wait, and extract."""
        place = Path(os.environ["KG_HELD"])
        aside = place / f".{os.getpid()}"
        aside.write_text(str(Path.cwd()), "utf-8")
        aside.rename(place / f"task-{os.getpid()}")
        while not (place / "go").exists():
            time.sleep(0.05)
        yield from extract(*arguments, **options)  # type: ignore[arg-type]

    _tasks.extract = held  # type: ignore[assignment]
