"""Turn research digests into a knowledge graph."""

__version__ = "0.1.0"
