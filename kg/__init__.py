"""Turn research digests into a knowledge graph.

>>> import kg
>>> report = kg.build_graph(["tests/data/digests"], "graph")  # doctest: +SKIP
>>> graph = kg.load_graph("graph")  # doctest: +SKIP
>>> rows = kg.query_graph("graph", "papers-on-method", method="LoRA").table_rows()  # doctest: +SKIP

Names are resolved on first use, so that ``import kg`` loads no large library.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.api import (
        build_graph,
        export_graph,
        extract_entries,
        load_graph,
        open_graph,
        query_graph,
        read_digests,
        score_graph,
        validate_graph,
    )
    from kg.errors import KgError
    from kg.graph import KnowledgeGraph
    from kg.model import Edge, Entity, Evidence, Kind, PaperNode, Relation

__version__ = "0.1.0"

__all__ = [
    "Edge",
    "Entity",
    "Evidence",
    "KgError",
    "Kind",
    "KnowledgeGraph",
    "PaperNode",
    "Relation",
    "__version__",
    "build_graph",
    "export_graph",
    "extract_entries",
    "load_graph",
    "open_graph",
    "query_graph",
    "read_digests",
    "score_graph",
    "validate_graph",
]

_HOMES = {
    "Edge": "kg.model",
    "Entity": "kg.model",
    "Evidence": "kg.model",
    "KgError": "kg.errors",
    "Kind": "kg.model",
    "KnowledgeGraph": "kg.graph",
    "PaperNode": "kg.model",
    "Relation": "kg.model",
}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module 'kg' has no attribute {name!r}")
    value: object = getattr(import_module(_HOMES.get(name, "kg.api")), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
