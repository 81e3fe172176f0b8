"""Packed vectors: a byte a number, and still the same direction."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.packing import pack, unpack


@settings(deadline=None)  # other work on the machine is no failure
@given(st.integers(0, 2**32 - 1), st.integers(1, 40), st.floats(1e-3, 1e3))
def test_a_packed_vector_keeps_its_direction_and_becomes_a_unit_vector(seed: int, count: int, scale: float) -> None:
    """As large as the model's vectors are, the cosine to the vector before is over 0.9998."""
    vectors = (np.random.default_rng(seed).normal(size=(count, 384)) * scale).astype(np.float32)
    packed = pack(vectors)
    assert len(packed) == count * 384
    back = unpack(packed, 384)
    assert back.shape == (count, 384)
    assert back.dtype == np.float32
    assert np.allclose(np.linalg.norm(back, axis=1), 1, atol=1e-5)
    cosine = (back * vectors).sum(axis=1) / np.linalg.norm(vectors, axis=1)
    assert cosine.min() > 0.9998


def test_no_vectors_and_zero_vectors_pass() -> None:
    """A zero vector stays one: it is near nothing."""
    assert pack(np.zeros((0, 384), np.float32)) == b""
    assert unpack(b"", 384).shape == (0, 384)
    assert not unpack(pack(np.zeros((2, 8), np.float32)), 8).any()


def test_packing_twice_gives_the_same_bytes() -> None:
    """What was unpacked and is packed again does not drift."""
    packed = pack(np.random.default_rng(1).normal(size=(50, 384)).astype(np.float32))
    assert pack(unpack(packed, 384)) == packed


def test_bytes_of_another_dimension_are_refused() -> None:
    """Vectors of another model are not read as this one's."""
    with pytest.raises(ValueError, match="reshape"):
        unpack(b"\x01" * 385, 384)


def test_a_vector_that_is_no_number_is_not_stored_in_silence() -> None:
    """A model that went wrong must not fill a library with nonsense."""
    with pytest.raises((ValueError, RuntimeWarning)):
        pack(np.array([[1.0, np.nan]], np.float32))
