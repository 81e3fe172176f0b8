"""Embedding: questions, passages and sentences as vectors.

The one public face is `open_embedder`. The files: `interface` (what callers see), `bundled` (the model's files and
their digests), `graph` (the model as an ONNX graph), `store` (its cache), `windows` (texts to windows to vectors),
`fast` (onnxruntime), `plain` (sentence-transformers).
"""

from assistant.embedding.interface import Embedded, Embedder, FloatArray, PassageText
from assistant.embedding.opening import open_embedder

__all__ = ["Embedded", "Embedder", "FloatArray", "PassageText", "open_embedder"]
