"""The vectors of the passages, searched by Chroma: in the library's folder, or on a Chroma server.

The catalogue is the source of truth; what is here can be made again from it at any time. The only package that
imports chromadb. The files: `interface` (what callers see), `nearness` (exact similarities), `embedded` (in a folder).
"""

from assistant.vectors.embedded import open_vectors, remake_vectors
from assistant.vectors.interface import FloatArray, Made, Near, VectorRow, Vectors

__all__ = ["FloatArray", "Made", "Near", "VectorRow", "Vectors", "open_vectors", "remake_vectors"]
