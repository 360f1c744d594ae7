"""Text: the main directions of its TF-IDF space, and how it is written."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.features.matrix import FeatureGroup
from automl.features.parts import Blocks, Target, Weight
from automl.features.vocabulary import Vocabulary

__all__ = ["TextFeatures"]

_MOST_TERMS = 10_000
_MOST_ROWS_TO_LEARN_FROM = 20_000
_LONGEST = 20_000
_FEW_WORDS = 3.0
_LONG_WORDS = 20.0
_ROWS_A_BLOCK = 5_000
_STYLE = ("length", "words", "digits", "capitals", "punctuation")


class TextFeatures:
    """TF-IDF reduced by truncated SVD (latent semantic analysis, Deerwester et al. 1990), and counts of characters.

    Terms are words and pairs of words; pieces of 3 to 5 characters where cells hold few words or no spaces.
    Only the first 20,000 characters of a cell are read.

    Parameters
    ----------
    column : str
    components : int
        Directions at most.
    seed : int
    """

    def __init__(self, column: str, components: int, seed: int) -> None:
        self.column = column
        self.components = components
        self.seed = seed
        self.analyzer = "word"
        self.terms = Vocabulary(())
        self.inverse_frequency = np.empty(0, dtype=np.float32)
        self.directions = np.empty((0, 0), dtype=np.float32)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "_vectorizer"}

    def fit_transform(self, frame: pd.DataFrame, target: Target, weight: Weight, blocks: Blocks = None) -> FeatureGroup:  # noqa: ARG002
        """Learn terms and directions; return the training rows' features."""
        texts = _plain(frame[self.column])
        style = _style(texts)
        self._learn(texts, style)
        return self._group(texts, style)

    def transform(self, frame: pd.DataFrame) -> FeatureGroup:
        """Return other rows' features."""
        texts = _plain(frame[self.column])
        return self._group(texts, _style(texts))

    def _learn(self, texts: list[str], style: NDArray[np.float64]) -> None:
        length, words = style[:, 0].sum(), style[:, 1].sum()
        written = max(1, int((style[:, 1] > 0).sum()))
        if words / written < _FEW_WORDS or length > _LONG_WORDS * words:
            self.analyzer = "char_wb"
        if len(texts) > _MOST_ROWS_TO_LEARN_FROM:
            chosen = np.random.default_rng(self.seed).choice(len(texts), _MOST_ROWS_TO_LEARN_FROM, replace=False)
            texts = [texts[row] for row in chosen.tolist()]
        weights = self._learn_terms(texts)
        wanted = min(self.components, *weights.shape)
        if wanted:
            from sklearn.utils.extmath import randomized_svd

            self.directions = randomized_svd(weights, wanted, n_iter=4, random_state=self.seed)[2].astype(np.float32)

    def _learn_terms(self, texts: list[str]) -> Any:
        """Learn terms and their inverse frequencies; return the TF-IDF matrix, empty if there are no terms."""
        vectorizer = self._new_vectorizer(min_df=2 if len(texts) > 50 else 1, max_features=_MOST_TERMS)
        try:
            weights = vectorizer.fit_transform(texts)
        except ValueError:
            # No term is in enough cells: how the text is written is all there is.
            return np.empty((len(texts), 0))
        self.terms = Vocabulary(vectorizer.get_feature_names_out().tolist())
        self.inverse_frequency = vectorizer.idf_
        return weights

    def _new_vectorizer(self, **options: Any) -> Any:
        from sklearn.feature_extraction.text import TfidfVectorizer

        ngrams = (1, 2) if self.analyzer == "word" else (3, 5)
        return TfidfVectorizer(
            analyzer=self.analyzer,
            ngram_range=ngrams,
            sublinear_tf=True,
            strip_accents="unicode",
            dtype=np.float32,
            **options,
        )

    @cached_property
    def _vectorizer(self) -> Any:
        vectorizer = self._new_vectorizer(vocabulary=list(self.terms.strings))
        vectorizer.idf_ = self.inverse_frequency
        return vectorizer

    def _group(self, texts: list[str], style: NDArray[np.float64]) -> FeatureGroup:
        topics = len(self.directions)
        values = style
        if topics and texts:
            values = np.column_stack([self._vectorizer.transform(texts) @ self.directions.T, style])
        elif topics:
            values = np.empty((0, topics + len(_STYLE)))
        names = (
            *(f"{self.column}: topic {number + 1}" for number in range(topics)),
            *(f"{self.column}: {name}" for name in _STYLE),
        )
        return FeatureGroup(values, names, (self.column,) * len(names))


def _plain(cells: pd.Series[str]) -> list[str]:
    return [text[:_LONGEST] for text in cells.fillna("").tolist()]


def _style(texts: list[str]) -> NDArray[np.float64]:
    """Return length, words, share of digits, share of capitals and punctuation marks, of shape (n_rows, 5)."""
    blocks = [_block_style(texts[start : start + _ROWS_A_BLOCK]) for start in range(0, len(texts), _ROWS_A_BLOCK)]
    return np.concatenate([np.empty((0, len(_STYLE))), *blocks])


def _block_style(texts: list[str]) -> NDArray[np.float64]:
    joined = "".join(f" {text}" for text in texts)
    characters = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    alphabet = sorted(set(joined))
    tests = (str.isspace, str.isdigit, str.isupper, _is_punctuation)
    table = np.zeros((len(tests), ord(alphabet[-1]) + 1), dtype=bool)
    for character in alphabet:
        table[:, ord(character)] = [test(character) for test in tests]
    space, digit, capital, punctuation = (row[characters] for row in table)
    word_start = space[:-1] & ~space[1:]
    length = np.array([len(text) for text in texts])
    ends = np.concatenate([[0], np.cumsum(length + 1)])
    counts = [np.diff(np.concatenate([[0], np.cumsum(flag)])[ends]) for flag in (digit, capital, punctuation)]
    words = np.diff(np.concatenate([[0], np.cumsum(np.append(word_start, False))])[ends])
    shares = [count / np.maximum(length, 1) for count in counts[:2]]
    return np.column_stack([length, words, *shares, counts[2]])


def _is_punctuation(character: str) -> bool:
    return not (character.isalnum() or character.isspace())
