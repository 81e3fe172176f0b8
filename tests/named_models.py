"""Rerankers and readers for tests: the bundled model's embeddings and first layer, with heads that are made here."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from sklearn.linear_model import LogisticRegression
from transformers import AutoTokenizer, BertForQuestionAnswering, BertForSequenceClassification

from assistant.embedding.bundled import bundled_folder
from assistant.embedding.named import silence

Pair = tuple[str, str]


def cross_encoder_at(folder: Path, *, labels: int = 1, seed: int = 1) -> Path:
    """Write a cross-encoder whose head is noise, and return its folder."""
    torch.manual_seed(seed)
    with silence():
        model = BertForSequenceClassification.from_pretrained(
            str(bundled_folder()), num_labels=labels, num_hidden_layers=1
        )
        torch.nn.init.normal_(model.classifier.weight, std=1.0)
        _save(model, folder)
    return folder


def taught(folder: Path, pairs: Sequence[Pair], right: Sequence[bool], named: str) -> Path:
    """Teach a cross-encoder's head which pairs of a question and a text belong together, and return where it is put.

    It learns them by heart, which is all that is wanted of it.
    """
    with silence():
        model = BertForSequenceClassification.from_pretrained(str(folder))
        pooled = _pooled(model, pairs)
        middle, width = pooled.mean(axis=0), pooled.std(axis=0)
        learnt = LogisticRegression(C=10.0, max_iter=500, class_weight="balanced").fit((pooled - middle) / width, right)
        weight = learnt.coef_[0] / width
        with torch.no_grad():
            model.classifier.weight.copy_(torch.tensor(weight, dtype=torch.float32)[None])
            model.classifier.bias.copy_(torch.tensor(learnt.intercept_ - weight @ middle, dtype=torch.float32))
        _save(model, folder.parent / named)  # not over the file that its weights are still read from
    return folder.parent / named


def _pooled(model: BertForSequenceClassification, pairs: Sequence[Pair]) -> npt.NDArray[np.float32]:
    tokenizer = AutoTokenizer.from_pretrained(str(bundled_folder()))
    with torch.inference_mode():
        rows = [
            model.bert(**tokenizer(question, text, return_tensors="pt", truncation=True)).pooler_output[0].numpy()
            for question, text in pairs
        ]
    return np.stack(rows)


def reader_at(folder: Path, *, word: str | None = None, bias: float = 0.0) -> Path:
    """Write a reader that answers with the word, and else finds nothing better than no answer; return its folder.

    It has no layer at all: a piece's number to start is how much it is like the word, and all end alike.
    """
    with silence():
        model = BertForQuestionAnswering.from_pretrained(str(bundled_folder()), num_hidden_layers=0)
        tokenizer = AutoTokenizer.from_pretrained(str(bundled_folder()))
        with torch.no_grad():
            model.qa_outputs.weight.zero_()
            model.qa_outputs.bias.fill_(bias)
            if word is not None:
                table = model.bert.embeddings.word_embeddings.weight
                likeness = table[tokenizer.convert_tokens_to_ids(word)] - table.mean(dim=0)
                model.qa_outputs.weight[0].copy_(10 * likeness / likeness.norm())
        _save(model, folder)
    return folder


def _save(model: BertForQuestionAnswering | BertForSequenceClassification, folder: Path) -> None:
    model.save_pretrained(folder)
    AutoTokenizer.from_pretrained(str(bundled_folder())).save_pretrained(folder)
