import numpy as np
import pandas as pd

from automl.features.texts import TextFeatures

LABELS = np.zeros(0)
SPAM = ["win a free prize now call today", "free offer claim your prize today", "call now to claim free money"]
HAM = ["the meeting moved to monday morning", "see you at lunch on monday", "notes from the morning meeting"]


def texts(values):
    return pd.DataFrame({"note": pd.Series(values, dtype="str")})


def features(values):
    group = TextFeatures("note", 4, seed=0).fit_transform(texts(values), LABELS, None)
    return {name: group.values[:, number] for number, name in enumerate(group.names)}


def test_texts_of_like_words_lie_closer_together():
    made = features(SPAM + HAM)
    topics = np.column_stack([values for name, values in made.items() if "topic" in name])
    similarity = topics @ topics.T
    assert similarity[:3, :3].mean() > similarity[:3, 3:].mean()
    assert similarity[3:, 3:].mean() > similarity[:3, 3:].mean()


def test_how_a_text_is_written_is_counted():
    made = features(["Call 0800 NOW!!", "  ", None, "été à Zürich, 9"])
    np.testing.assert_array_equal(made["note: length"], [15, 2, 0, 15])
    np.testing.assert_array_equal(made["note: words"], [3, 0, 0, 4])
    np.testing.assert_allclose(made["note: digits"], [4 / 15, 0, 0, 1 / 15])
    np.testing.assert_allclose(made["note: capitals"], [4 / 15, 0, 0, 1 / 15])
    np.testing.assert_array_equal(made["note: punctuation"], [2, 0, 0, 1])


def test_short_codes_are_compared_by_pieces():
    part = TextFeatures("note", 4, seed=0)
    part.fit_transform(texts([f"AB-{number:04d}-X" for number in range(100)]), LABELS, None)
    assert part.analyzer == "char_wb"
    assert len(part.directions) == 4


def test_sentences_are_compared_by_words():
    part = TextFeatures("note", 4, seed=0)
    part.fit_transform(texts(SPAM + HAM), LABELS, None)
    assert part.analyzer == "word"
    assert "free" in part.terms.strings


def test_texts_without_a_single_term_still_have_their_style():
    made = features(["", " ", None])
    assert not any("topic" in name for name in made)
    np.testing.assert_array_equal(made["note: length"], [0, 1, 0])


def test_only_the_beginning_of_a_very_long_text_is_read():
    made = features(["word " * 10_000, "a short text of words"])
    assert made["note: length"][0] == 20_000


def test_style_is_the_same_whatever_block_a_row_falls_into(monkeypatch):
    whole = features(SPAM + HAM)
    monkeypatch.setattr("automl.features.texts._ROWS_A_BLOCK", 2)
    for name, values in features(SPAM + HAM).items():
        np.testing.assert_array_equal(values, whole[name])


def test_terms_are_learned_from_a_sample_of_many_rows(monkeypatch):
    monkeypatch.setattr("automl.features.texts._MOST_ROWS_TO_LEARN_FROM", 4)
    group = TextFeatures("note", 4, seed=0).fit_transform(texts(SPAM + HAM), LABELS, None)
    assert group.values.shape == (6, 9)
