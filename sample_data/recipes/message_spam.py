"""Short messages, wanted or not: text with commas, quotes and line breaks inside its cells."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from recipes.dirt import csv_text, replaced
from recipes.phrases import HAM, SLOTS, SPAM

__all__ = ["messages", "tables"]

_ROWS = 1_500
_NEW_ROWS = 100
_SPAM_SHARE = 0.24
_SLOT = re.compile(r"\{(\w+)\}")
_LOOK_ALIKES = str.maketrans({"o": "0", "e": "3", "i": "1", "a": "@", "s": "$"})

_SENDERS = ("contact", "number", "short code")
_SENDER_SHARES = {"ham": (0.62, 0.22, 0.16), "spam": (0.04, 0.62, 0.34)}


def tables(seed: int) -> dict[str, str]:
    """Return the training table and new rows without a target, as file name to CSV text."""
    random = np.random.RandomState(seed)
    everything = messages(random, _ROWS + _NEW_ROWS)
    scoring = everything.iloc[_ROWS:].drop(columns="label").reset_index(drop=True)
    scoring["sender"] = replaced(scoring["sender"], random, 0.05, ("e-mail",))
    scoring["language"] = "en"
    return {"message_spam.csv": csv_text(everything.iloc[:_ROWS]), "message_spam_new.csv": csv_text(scoring)}


def messages(random: np.random.RandomState, rows: int) -> pd.DataFrame:
    """Draw messages from the grammar.

    Parameters
    ----------
    random : RandomState
    rows : int

    Returns
    -------
    DataFrame of shape (rows, 5)
        All text; ``label`` is ``"ham"`` or ``"spam"``.
    """
    labels = np.where(random.uniform(size=rows) < _SPAM_SHARE, "spam", "ham")
    received = pd.Timestamp("2026-03-01") + pd.to_timedelta(
        np.sort(random.randint(0, 90 * 86_400, size=rows)), unit="s"
    )
    table = pd.DataFrame(
        {
            "received": received.strftime("%Y-%m-%dT%H:%M:%S"),
            "sender": [_SENDERS[random.choice(3, p=_SENDER_SHARES[label])] for label in labels],
            "earlier_messages": [_earlier_messages(label, random) for label in labels],
            "message": [_message(label, random) for label in labels],
            "label": labels,
        },
        dtype="str",
    )
    table["sender"] = replaced(table["sender"], random, 0.02)
    return table


def _earlier_messages(label: str, random: np.random.RandomState) -> str:
    known = random.uniform() < (0.7 if label == "ham" else 0.12)
    return str(random.geometric(0.06)) if known else "0"


def _message(label: str, random: np.random.RandomState) -> str:
    templates = SPAM if label == "spam" else HAM
    text = _filled(_pick(templates, random), random).strip()
    return _disguised(text, random) if label == "spam" else _hurried(text, random)


def _pick(choices: tuple[str, ...], random: np.random.RandomState) -> str:
    return choices[random.randint(len(choices))]


def _filled(template: str, random: np.random.RandomState) -> str:
    """Replace every slot by one of its phrases until no slot is left."""
    while _SLOT.search(template):
        template = _SLOT.sub(lambda slot: _pick(SLOTS[slot.group(1)], random), template)
    return template


def _disguised(text: str, random: np.random.RandomState) -> str:
    """Spam shouts, or hides words from filters behind look-alike characters; mostly it does neither."""
    style = random.uniform()
    if style < 0.12:
        return text.upper()
    if style < 0.27:
        words = text.split(" ")
        where = random.randint(len(words))
        words[where] = words[where].translate(_LOOK_ALIKES)
        return " ".join(words)
    return text


def _hurried(text: str, random: np.random.RandomState) -> str:
    """People type in a hurry: all lower case, two letters swapped, now and then shouting."""
    style = random.uniform()
    if style < 0.25:
        return text.lower()
    if style < 0.30:
        return text.upper()
    if style < 0.45 and len(text) > 8:
        at = random.randint(1, len(text) - 2)
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text
