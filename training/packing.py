"""Write the model: the same bytes for the same model, whenever it is written."""

from __future__ import annotations

import io
import json
import zipfile
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from kg.extractors._archive import NAME_FACTS, PHRASE_FACTS, Archive, hashed
from kg.extractors._model import ARRAYS, TOGETHER

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from kg.extractors._model import Model

LEAST = {"n": 4, "p": 12}
"""Names and phrases in fewer papers of the survey are left out."""


def survey(paths: Sequence[Path]) -> dict[str, NDArray[Any]]:
    """Read what ``survey.py`` counted (in parts, which are added up) into arrays."""
    tables: dict[str, dict[str, Counter[int]]] = {"n": {}, "p": {}}
    for path in paths:
        for line in path.read_text("utf-8").splitlines():
            sort, key, *counts = line.split("\t")
            tables[sort].setdefault(key, Counter()).update(dict(enumerate(map(int, counts))))
    arrays = {}
    for sort, facts in (("n", NAME_FACTS), ("p", PHRASE_FACTS)):
        kept = {hashed(key): row for key, row in tables[sort].items() if row[0] >= LEAST[sort]}
        keys = sorted(kept)
        arrays[f"archive.{sort}"] = np.array(keys, dtype=np.int64)
        counts = [[min(kept[key][at], 65535) for at in range(1 + len(facts))] for key in keys]
        arrays[f"archive.{sort}.counts"] = np.array(counts, dtype=np.uint16).reshape(len(keys), 1 + len(facts))
    return arrays


def archive(arrays: dict[str, NDArray[Any]]) -> Archive:
    """Make the archive of such arrays."""
    tables = (
        ({key: at for at, key in enumerate(arrays[f"archive.{sort}"].tolist())}, arrays[f"archive.{sort}.counts"])
        for sort in "np"
    )
    return Archive(*tables)


def write(folder: Path, model: Model, counts: dict[str, NDArray[Any]]) -> None:
    """Write a model to a folder."""
    folder.mkdir(exist_ok=True)
    arrays = dict(counts)
    for name, question in model.questions.items():
        arrays[f"{name}.linear"] = question.linear.astype(np.float16)
    forests = {name: question.forest for name, question in model.questions.items()}
    if model.together is not None:
        forests[TOGETHER] = model.together
    for name, forest in forests.items():
        for part in ARRAYS:
            array = getattr(forest, part)
            arrays[f"{name}.{part}"] = array.astype(np.int32) if array.dtype.kind == "i" else array
    about = {
        "marks": sorted(model.columns, key=lambda mark: model.columns[mark]),
        "depth": {name: forest.depth for name, forest in forests.items()},
        "constant": {name: question.constant for name, question in model.questions.items()},
        "thresholds": dict(model.thresholds),
        "likeness": list(model.likeness),
        "calibration": {kind: [list(xs), list(ys)] for kind, (xs, ys) in model.calibration.items()},
    }
    (folder / "model.json").write_text(json.dumps(about, indent=1) + "\n", "utf-8")
    with zipfile.ZipFile(folder / "model.npz", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
        for name in sorted(arrays):
            buffer = io.BytesIO()
            np.lib.format.write_array(buffer, np.ascontiguousarray(arrays[name]), allow_pickle=False)
            file.writestr(
                zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0)), buffer.getvalue(), zipfile.ZIP_DEFLATED
            )
