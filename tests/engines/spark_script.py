"""Several builds in one Spark session, so that Java starts once: what test_spark.py runs, and reads the JSON of.

python spark_script.py BUILDS.json      a list of {"digests": […], "graph": …, …}, the arguments of build_graph
"""

import dataclasses
import json
import sys
from pathlib import Path

from kg import api
from kg.errors import KgError
from kg.spark._session import session


def build(options: dict[str, object]) -> dict[str, object]:
    """Do one build; give its report, or its error."""
    try:
        return dataclasses.asdict(api.build_graph(engine="spark", **options))  # type: ignore[arg-type]
    except KgError as error:
        return {"error": f"{type(error).__name__}: {error}", "exit_code": error.exit_code}


if __name__ == "__main__":
    with session("local[2]", quiet=True):
        done = [build(options) for options in json.loads(Path(sys.argv[1]).read_text("utf-8"))]
    sys.stdout.write(json.dumps(done))
