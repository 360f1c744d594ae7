"""Text: the main directions of its TF-IDF space, and how it is written."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["TextFeatures"]

_MOST_TERMS = 10_000
_PUNCTUATION = "!?.,:;#$%&*@/"


class TextFeatures:
    """TF-IDF of words and word pairs, reduced by truncated SVD (latent semantic analysis, Deerwester et al. 1990).

    Parameters
    ----------
    components : int
        Directions at most.
    seed : int
    """

    def __init__(self, components: int, seed: int) -> None:
        self.components = components
        self.seed = seed
        self.vectorizer: Any = None
        self.reducer: Any = None

    def fit(self, cells: pd.Series[str]) -> NDArray[np.float64]:
        """Learn terms and directions; return the features."""
        from sklearn.decomposition import TruncatedSVD
        from sklearn.feature_extraction.text import TfidfVectorizer

        texts = _plain(cells)
        vectorizer = TfidfVectorizer(
            ngram_range=(1, 2), sublinear_tf=True, min_df=2 if len(texts) > 50 else 1, max_features=_MOST_TERMS, strip_accents="unicode"
        )
        try:
            terms = vectorizer.fit_transform(texts)
        except ValueError:
            # Nothing but stop signs and blanks: how it is written is all there is.
            return self.transform(cells)
        self.vectorizer = vectorizer
        wanted = min(self.components, terms.shape[1] - 1, terms.shape[0] - 1)
        if wanted >= 1:
            self.reducer = TruncatedSVD(n_components=wanted, random_state=self.seed, n_iter=4).fit(terms)
        return self.transform(cells)

    def transform(self, cells: pd.Series[str]) -> NDArray[np.float64]:
        """Return the features of other texts."""
        style = _style(cells)
        if self.reducer is None:
            return style
        return np.column_stack([self.reducer.transform(self.vectorizer.transform(_plain(cells))), style])

    @property
    def suffixes(self) -> tuple[str, ...]:
        """Names of the features made."""
        topics = 0 if self.reducer is None else int(self.reducer.n_components)
        return (*(f"topic {number + 1}" for number in range(topics)), "length", "words", "digits", "capitals", "punctuation")


def _plain(cells: pd.Series[str]) -> list[str]:
    return ["" if not isinstance(cell, str) else cell for cell in cells.tolist()]


def _style(cells: pd.Series[str]) -> NDArray[np.float64]:
    rows = [
        (
            len(text),
            len(text.split()),
            sum(letter.isdigit() for letter in text) / max(len(text), 1),
            sum(letter.isupper() for letter in text) / max(len(text), 1),
            sum(letter in _PUNCTUATION for letter in text),
        )
        for text in _plain(cells)
    ]
    return np.array(rows, dtype=np.float64).reshape(len(rows), 5)
