"""The vectors of the passages, searched by Chroma: in the library's folder, or on a Chroma server.

The catalogue is the source of truth; what is here can be made again from it at any time. The only package that
imports chromadb. The files: `interface` (what callers see), `nearness` (exact similarities), `embedded` (in a folder),
`address` (where a server is), `connection` (asking it), `server` (the vectors on it).
"""

from assistant.vectors.address import ServerAddress, server_address
from assistant.vectors.embedded import open_vectors, remake_vectors
from assistant.vectors.interface import FloatArray, Made, Near, VectorRow, Vectors
from assistant.vectors.server import Ledger, ServerVectors, open_server_vectors

__all__ = [
    "FloatArray",
    "Ledger",
    "Made",
    "Near",
    "ServerAddress",
    "ServerVectors",
    "VectorRow",
    "Vectors",
    "open_server_vectors",
    "open_vectors",
    "remake_vectors",
    "server_address",
]
