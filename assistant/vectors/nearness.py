"""Which vectors are nearest: exact similarities, whatever an index found; what both stores search with."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Final

import numpy as np
from numpy.typing import NDArray

from assistant.vectors.interface import FloatArray, Near

EXACT: Final = 5000
"""Up to so many rows of a filter's documents, each is compared: exact, and no slower than to find them in an index."""

MANY: Final = 500
"""Over so many documents of a filter, their passages are looked for among the nearest of all before they are listed."""

SLACK: Final = 8
"""How many more than wanted are fetched, so that passages that are equally near are cut by number and not by luck."""

ROUGH: Final = 1e-5
"""More than single precision can be off in a product of two unit vectors of some hundred numbers."""


def among_all(fetch: Callable[[int], list[int]], compare: Callable[[list[int]], list[Near]], count: int) -> list[Near]:
    """Return the nearest: fetch more until the last one fetched is less near than the last one wanted, or all are.

    `fetch` gives so many passages as the index finds, and `compare` them with their similarities, best first.
    """
    fetched = count + SLACK
    while True:
        names = fetch(fetched)
        found = compare(names)
        if len(names) < fetched or _is_settled(found, count):
            return found[:count]
        fetched *= 4


def among(
    fetch: Callable[[int], list[int]],
    compare: Callable[[list[int]], list[Near]],
    count: int,
    allowed: Callable[[list[int]], list[int]],
) -> list[Near] | None:
    """Look for the allowed ones, who are many, among the nearest of all; None if they aren't there.

    `allowed` gives those of some passages that are.
    """
    for widening, fetched in ((8, 4 * count + SLACK), (1, 32 * count + SLACK)):
        found = compare(allowed(fetch(fetched)))
        if _is_settled(found, count):
            return found[:count]
        if len(found) * widening <= count:  # so few of them that more of the nearest would not do either
            return None
    return None


def among_documents(
    fetch: Callable[[int], list[int]],
    compare: Callable[[Collection[int], int | None], list[Near]],
    count: int,
    documents: Collection[str],
    *,
    passages_of: Callable[[Collection[str]], set[int]],
    document_of: Callable[[list[int]], Mapping[int, str]],
) -> list[Near]:
    """Return the nearest passages of these documents: out of the index if they are many, else compared one by one."""

    def look(chosen: Callable[[list[int]], list[int]]) -> list[Near] | None:
        return among(fetch, lambda numbers: compare(numbers, None), count, chosen)

    if len(documents) > MANY:
        found = look(those_of(documents, document_of))
        return compare(passages_of(documents), count) if found is None else found
    allowed = passages_of(documents)
    found = look(those_in(allowed)) if len(allowed) > EXACT else None
    return compare(allowed, count) if found is None else found


def those_in(allowed: AbstractSet[int]) -> Callable[[list[int]], list[int]]:
    """Return what gives those of some passages that are in a set."""
    return lambda numbers: [number for number in numbers if number in allowed]


def those_of(
    documents: Collection[str], document_of: Callable[[list[int]], Mapping[int, str]]
) -> Callable[[list[int]], list[int]]:
    """Return what gives those of some passages that are of these documents; `document_of` tells whose each is."""
    wanted = documents if isinstance(documents, AbstractSet) else frozenset(documents)
    return lambda numbers: [number for number, document in document_of(numbers).items() if document in wanted]


def _is_settled(found: list[Near], count: int) -> bool:
    """Whether more of them could not change the first `count`."""
    return len(found) > count and found[-1].similarity < found[count - 1].similarity


def compared(query: FloatArray, passages: Sequence[int], matrix: FloatArray, count: int | None = None) -> list[Near]:
    """Compare the query with the rows of `matrix`, the passages' vectors; return the `count` nearest, or all.

    In double precision, so that equal vectors are equally near; a first look in single precision leaves out those
    that can't be among the nearest.
    """
    if not passages:
        return []
    kept = np.arange(len(passages))
    if count is not None and count < len(passages):
        rough = matrix @ query
        kept = np.flatnonzero(rough >= np.partition(rough, -count)[-count] - ROUGH)
    similarities = (matrix[kept] * query.astype(np.float64)).sum(axis=1)
    nears = [Near(passages[at], value) for at, value in zip(kept.tolist(), similarities.tolist(), strict=True)]
    return sorted(nears, key=lambda near: (-near.similarity, near.passage))[:count]


def checked(vectors: NDArray[np.floating], dimension: int) -> FloatArray:
    """Return the vectors, shape (n, dimension), as 32-bit numbers, or raise ValueError: a mistake of the caller's."""
    if vectors.ndim != 2 or vectors.shape[1] != dimension:  # noqa: PLR2004 - rows and columns
        message = f"vectors of shape {vectors.shape}; wanted is (n, {dimension})"
        raise ValueError(message)
    lengths = np.linalg.norm(vectors, axis=1)
    if not np.allclose(lengths, 1.0, atol=1e-3):
        message = f"vectors of length {lengths.min():.4g} to {lengths.max():.4g}; wanted is 1"
        raise ValueError(message)
    return np.ascontiguousarray(vectors, dtype=np.float32)


def slices(total: int, size: int) -> Iterator[slice]:
    """Yield slices of at most `size` that cover `total`."""
    return (slice(start, start + size) for start in range(0, total, size))
