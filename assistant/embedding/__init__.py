"""Embedding: questions, passages and sentences as vectors.

The one public face is `open_embedder`, beside what the bundled model is called and the SHA-256 of its weights. The
files: `interface` (what callers see), `bundled` (the model's files and their digests), `graph` (the model as an ONNX
graph), `store` (its cache), `windows` (texts to windows to vectors), `fast` (onnxruntime), `plain`
(sentence-transformers).
"""

from assistant.embedding.bundled import MODEL, WEIGHTS_DIGEST
from assistant.embedding.interface import Embedded, Embedder, FloatArray, PassageText
from assistant.embedding.opening import open_embedder

__all__ = ["MODEL", "WEIGHTS_DIGEST", "Embedded", "Embedder", "FloatArray", "PassageText", "open_embedder"]
