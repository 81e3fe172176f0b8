"""all-MiniLM-L6-v2 as an ONNX graph of onnxruntime's fused operators, built from the published weights without torch.

The graph reads one window of text at a time, so that nothing is padded and no vector depends on what else is being
embedded: int8 activations are scaled by the largest of their tensor, and here that tensor is one window.

Inputs: `pieces` int64 (T,), the word pieces with [CLS] and [SEP]; `pooling` float32 (V, T), one row of weights for
each vector wanted. Output: `vectors` float32 (V, 384), each of length 1.

Before an int8 product, each channel of its input is divided by a number that its weights are multiplied with, so that a
few wide channels do not leave the others a few steps of the scale: SmoothQuant, Xiao et al. 2022, arXiv:2211.10438.

BERT: Devlin et al. 2018, arXiv:1810.04805. Fused operators: onnxruntime's docs/ContribOperators.md.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

VERSION = 3
LAYERS, HEADS, WIDTH = 6, 12, 384
EPSILON = 1e-12
FUSED = "com.microsoft"
# 7 bits: without VNNI a CPU adds two products of 8 bits in 16, where 255 * 127 * 2 overflows and 255 * 63 * 2 does not.
LARGEST_WEIGHT = 63
# How much of a channel's width is moved to the weights; of 0.3 to 1.0 the best on SAMPLES and on texts apart from them.
SMOOTHING = 0.7
WATCHED = "input:"  # what the names of the float32 graph's further outputs start with

Array = npt.NDArray[Any]


def build_graph(weights_file: Path, widths: Mapping[str, Array] | None = None) -> bytes:
    """Return the serialised graph of the weights in a safetensors file: int8 if widths are given, else float32.

    `widths` holds, for each projection, the largest size of each channel of its input, (inputs,). They are found with
    the float32 graph, which has further outputs "input:NAME", (1, T, inputs): what goes into the projection NAME.

    Raises ImportError without the packages onnx and safetensors, and KeyError for the weights of another model.
    """
    # Only a graph that is not in the cache needs these; a warm start does without.
    from safetensors.numpy import load_file  # noqa: PLC0415

    writer = _Writer(load_file(weights_file), widths)
    states = writer.embeddings()
    for layer in range(LAYERS):
        states = writer.layer(f"encoder.layer.{layer}.", states)
    return writer.finish(states)


class _Writer:
    """Collects the nodes and constants of one graph; every method returns the name of what it computes."""

    def __init__(self, weights: Mapping[str, Array], widths: Mapping[str, Array] | None) -> None:
        import onnx  # noqa: PLC0415

        self._onnx = onnx
        self._weights = weights
        self._widths = widths
        self._inputs: dict[str, str] = {}
        self._nodes: list[Any] = []
        self._constants: list[Any] = []

    def _constant(self, value: Array) -> str:
        name = f"c{len(self._constants)}"
        self._constants.append(self._onnx.numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def _weight(self, name: str) -> str:
        return self._constant(self._weights[name])

    def _node(
        self,
        operator: str,
        inputs: list[str],
        *,
        domain: str = "",
        outputs: int = 1,
        **attributes: Any,  # noqa: ANN401 - as onnx types them
    ) -> list[str]:
        names = [f"n{len(self._nodes)}.{number}" for number in range(outputs)]
        self._nodes.append(self._onnx.helper.make_node(operator, inputs, names, domain=domain, **attributes))
        return names

    def _one(self, operator: str, inputs: list[str], **attributes: Any) -> str:  # noqa: ANN401 - as above
        return self._node(operator, inputs, **attributes)[0]

    def embeddings(self) -> str:
        """Word, position and segment embeddings, summed and normalised: (1, T, 384)."""
        first = self._constant(np.zeros(1, np.int64))
        # Every window is segment 0, so that its embedding can stand with the positions'.
        places = self._weights["embeddings.position_embeddings.weight"]
        segment = self._weights["embeddings.token_type_embeddings.weight"][0]
        length = self._one("Shape", ["pieces"])
        positions = self._one("Slice", [self._constant(places + segment), first, length, first])
        total = self._one("Unsqueeze", [self._one("Add", [self._words(), positions]), first])
        scale, shift = (self._weight(f"embeddings.LayerNorm.{part}") for part in ("weight", "bias"))
        return self._one("LayerNormalization", [total, scale, shift], axis=-1, epsilon=EPSILON)

    def _words(self) -> str:
        """Word embeddings (T, 384); kept as int8 with a scale for each word, which costs a cosine of 0.00001."""
        words = self._weights["embeddings.word_embeddings.weight"]
        if self._widths is None:
            return self._one("Gather", [self._constant(words), "pieces"])
        scales = np.maximum(np.abs(words).max(axis=1, keepdims=True) / 127, np.float32(1e-12))
        rounded = self._constant(np.round(words / scales).astype(np.int8))
        found = self._one("Gather", [rounded, "pieces"])
        number = self._one("Cast", [found], to=self._onnx.TensorProto.FLOAT)
        return self._one("Mul", [number, self._one("Gather", [self._constant(scales), "pieces"])])

    def layer(self, prefix: str, states: str) -> str:
        """One encoder layer: attention, then the feed-forward pair, each added to its input and normalised."""
        attended = self._dense(
            f"{prefix}attention.output.dense", self._attention(f"{prefix}attention.self.", states), biased=True
        )
        hidden = self._add_and_normalise(f"{prefix}attention.output.LayerNorm", attended, states)
        wide = self._dense(f"{prefix}intermediate.dense", hidden, biased=False)
        bent = self._one("BiasGelu", [wide, self._weight(f"{prefix}intermediate.dense.bias")], domain=FUSED)
        narrow = self._dense(f"{prefix}output.dense", bent, biased=True)
        return self._add_and_normalise(f"{prefix}output.LayerNorm", narrow, hidden)

    def _attention(self, prefix: str, states: str) -> str:
        """Self-attention with query, key and value projected by one product."""
        parts = ("query", "key", "value")
        projection = np.concatenate([self._weights[f"{prefix}{part}.weight"].T for part in parts], axis=1)
        bias = self._constant(np.concatenate([self._weights[f"{prefix}{part}.bias"] for part in parts]))
        if self._widths is None:
            self._inputs[prefix] = states
            return self._one("Attention", [states, self._constant(projection), bias], domain=FUSED, num_heads=HEADS)
        smooth, rounded, scales, zeros = self._rounded(self._widths[prefix], states, projection)
        small, scale, zero = self._node("DynamicQuantizeLinear", [smooth], outputs=3)
        inputs = [small, rounded, bias, scale, scales, "", zero, zeros]
        return self._one("QAttention", inputs, domain=FUSED, num_heads=HEADS)

    def _dense(self, name: str, states: str, *, biased: bool) -> str:
        """A projection, with its bias unless the operator after it adds that."""
        projection = self._weights[f"{name}.weight"].T
        if self._widths is not None:
            bias = [self._weight(f"{name}.bias")] if biased else []
            inputs = [*self._rounded(self._widths[name], states, projection), *bias]
            return self._one("DynamicQuantizeMatMul", inputs, domain=FUSED)
        self._inputs[name] = states
        product = self._one("MatMul", [states, self._constant(projection)])
        return self._one("Add", [product, self._weight(f"{name}.bias")]) if biased else product

    def _rounded(self, widths: Array, states: str, projection: Array) -> tuple[str, str, str, str]:
        """The smoothed input, its weights (inputs, outputs) as symmetric int8, a scale for each output, zero points."""
        moved = smoothing(widths, projection)
        smooth = self._one("Mul", [states, self._constant(1 / moved)])
        matching = projection * moved[:, None]
        scales = np.abs(matching).max(axis=0) / np.float32(LARGEST_WEIGHT)
        rounded = self._constant(np.round(matching / scales).astype(np.int8))
        return smooth, rounded, self._constant(scales), self._constant(np.zeros(len(scales), np.int8))

    def _add_and_normalise(self, norm: str, states: str, residual: str) -> str:
        """The sum of two, normalised."""
        # Not as SkipLayerNormalization, whose kernel took a fifth of the time, four times what these two take.
        parts = [self._weight(f"{norm}.{part}") for part in ("weight", "bias")]
        return self._one("LayerNormalization", [self._one("Add", [states, residual]), *parts], axis=-1, epsilon=EPSILON)

    def finish(self, states: str) -> bytes:
        """Pool the states, normalise the vectors and serialise the graph."""
        helper, kinds = self._onnx.helper, self._onnx.TensorProto
        flat = self._one("Squeeze", [states, self._constant(np.zeros(1, np.int64))])
        pooled = self._one("MatMul", ["pooling", flat])
        last = helper.make_node("LpNormalization", [pooled], ["vectors"], axis=-1, p=2)
        watched = [helper.make_node("Identity", [put_in], [WATCHED + name]) for name, put_in in self._inputs.items()]
        graph = helper.make_graph(
            [*self._nodes, last, *watched],
            "all-MiniLM-L6-v2",
            [
                helper.make_tensor_value_info("pieces", kinds.INT64, ["T"]),
                helper.make_tensor_value_info("pooling", kinds.FLOAT, ["V", "T"]),
            ],
            [
                helper.make_tensor_value_info("vectors", kinds.FLOAT, ["V", WIDTH]),
                *(helper.make_tensor_value_info(WATCHED + name, kinds.FLOAT, None) for name in self._inputs),
            ],
            self._constants,
        )
        operators = [helper.make_opsetid("", 17), helper.make_opsetid(FUSED, 1)]
        model = helper.make_model(graph, opset_imports=operators, ir_version=9)
        written: bytes = model.SerializeToString()
        return written


def smoothing(widths: Array, projection: Array) -> Array:
    """Return what each channel is divided by before a product (inputs,), float32.

    Rounded to quarters of a power of two, so that a last bit that differs between processors changes nothing.
    """
    sizes = np.maximum(widths, 1e-3) ** SMOOTHING / np.abs(projection).max(axis=1) ** (1 - SMOOTHING)
    steps = np.log2(sizes) - np.log2(sizes).mean()
    moved: Array = np.exp2(np.round(steps * 4) / 4).astype(np.float32)
    return moved
