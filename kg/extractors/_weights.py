"""What each mark is worth, measured on annotated papers (``benchmarks/rule_confidence.py``)."""

from __future__ import annotations

THRESHOLD = 0.4
TASK_THRESHOLD = 0.35
STATED = {"tag": 0.9, "category": 0.99}
KEEP: dict[str, float] = {
    "": -2.0,
    "looks-acronym": 1.0,
    "looks-camel": 1.5,
    "looks-digit": 1.0,
    "title-name": 3.0,
    "known-method": 3.0,
    "known-dataset": 3.0,
    "acronym": 1.0,
    "both-languages": 0.5,
    "topic-only": -5.0,
    "proposed": 1.0,
    "in-chinese": 0.5,
}
DATASET: dict[str, float] = {
    "": -2.0,
    "known-dataset": 4.0,
    "known-method": -2.0,
    "dataset-after": 1.5,
    "dataset-before": 1.0,
    "measured-on": 1.0,
    "method-after": -1.0,
}
NEW: dict[str, float] = {
    "": -2.0,
    "title-name": 3.0,
    "proposed": 1.5,
    "named": 1.0,
    "defined": 1.0,
    "our": 1.0,
    "known-method": -2.0,
    "known-dataset": -2.0,
    "compared": -1.0,
    "used": -0.5,
}
TASK: dict[str, float] = {"": -1.0, "in-title": 1.5, "both-languages": 0.5, "wider": -1.0, "once": -0.5}
