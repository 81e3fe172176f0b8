"""Embedding: questions, passages and sentences as vectors.

The public face is `open_embedder`, beside what the bundled model is called and the SHA-256 of its weights; and, for
whoever names further models, `find_model`, `Reranker` and `Reader`. The files: `interface` (what callers see),
`bundled` (the model's files and their digests), `graph` (the model as an ONNX graph), `store` (its cache), `windows`
(texts to windows to vectors), `fast` (onnxruntime), `plain` (sentence-transformers), `named` (models by folder or
name), `reranker` and `reader` (what these models make of a question and a text).
"""

from assistant.embedding.bundled import MODEL, WEIGHTS_DIGEST
from assistant.embedding.interface import Embedded, Embedder, FloatArray, PassageText
from assistant.embedding.named import NamedModel, digest_of, find_model
from assistant.embedding.opening import open_embedder
from assistant.embedding.reader import PassageRead, Reader
from assistant.embedding.reranker import Reranker

__all__ = [
    "MODEL",
    "WEIGHTS_DIGEST",
    "Embedded",
    "Embedder",
    "FloatArray",
    "NamedModel",
    "PassageRead",
    "PassageText",
    "Reader",
    "Reranker",
    "digest_of",
    "find_model",
    "open_embedder",
]
