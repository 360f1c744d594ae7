"""Which encoding a text file is written in, and whether it is text at all."""

from __future__ import annotations

import codecs

from automl.errors import DataError
from automl.tables.alphabets import reads_better
from automl.tables.eastasian import east_asian_encoding
from automl.tables.mixedencoding import MIXED, is_mostly_utf8, is_partly_utf8, stand_alone
from automl.tables.scripts import script_encoding

__all__ = ["check_is_text", "decode", "find_encoding"]

# The four-byte marks stand first: UTF-32's begins with UTF-16's.
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_FOREIGN_FORMATS = (
    (b"PK\x03\x04", "a zip archive or an Excel workbook"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"\x7fELF", "a program"),
)
# What tables are written in; among rarer code pages, a short sample fits too many.
_USUAL_ENCODINGS = (
    *("cp1252", "cp1250", "cp1251", "koi8_r", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp850", "mac_roman"),
    "cp874",
    *("euc_jp", "gb18030", "cp950", "cp949"),
)
# What hardly any table of today is written in, though short samples look like it.
_RARE_ENCODINGS = ("mac_roman", "cp850")
_LATIN_ENCODINGS = ("cp1250", "cp1254", "cp1257", *_RARE_ENCODINGS)
# Without those that separate cells or end files.
_CONTROL_BYTES = bytes(set(range(32)) - set(b"\t\n\r\x0b\x0c\x14\x1a\x1b\x00\x01\x1c\x1d\x1e\x1f"))
_SAMPLE_BYTES = 1 << 16
_MAX_NUL_SHARE = 0.3
_MAX_CONTROL_SHARE = 0.05
_FALLBACK = "cp1252"


def find_encoding(content: bytes, *, is_whole: bool = True) -> str:
    """Find the encoding: byte-order mark, strict UTF-8, UTF-8 among other bytes, charset-normalizer, then cp1252.

    Parameters
    ----------
    content : bytes
        The file, or its beginning.
    is_whole : bool
        False where ``content`` may end in the middle of a character.
    """
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return encoding
    wide = _wide_encoding(content[:_SAMPLE_BYTES])
    if wide:
        return wide
    if content.isascii():
        return "utf-8"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(content, final=is_whole)
    except UnicodeDecodeError:
        is_mixed = is_mostly_utf8(content) or is_partly_utf8(content)
        return MIXED if is_mixed else _guessed_encoding(content, is_whole=is_whole)
    return "utf-8"


def check_is_text(content: bytes, name: str) -> None:
    """Raise DataError where ``content`` (a file's beginning) is no text that a table could be read from."""
    for magic, what in _FOREIGN_FORMATS:
        if content.startswith(magic):
            raise DataError(
                f"'{name}' is {what}, not a text table.", "Export the table as .csv or .parquet and name that file."
            )
    sample = content[:_SAMPLE_BYTES]
    if any(sample.startswith(mark) for mark, _ in _BYTE_ORDER_MARKS) or _wide_encoding(sample):
        return
    control = len(sample) - len(sample.translate(None, _CONTROL_BYTES))
    too_many_nuls = sample.count(0) > _MAX_NUL_SHARE * len(sample)
    if too_many_nuls or control > _MAX_CONTROL_SHARE * len(sample):
        raise DataError(
            f"'{name}' holds binary data, not a text table.", "Give a .csv, .tsv, .csv.gz or .parquet file."
        )


def decode(content: bytes, encoding: str, name: str) -> str:
    """Decode the whole of a file.

    Raises
    ------
    DataError
        If the encoding is unknown, or does not fit the bytes.
    """
    try:
        return content.decode(encoding, errors="replace" if encoding == _FALLBACK else "strict")
    except LookupError as error:
        raise unknown_encoding(encoding) from error
    except UnicodeError as error:
        raise wrong_encoding(name, encoding) from error


def unknown_encoding(encoding: str) -> DataError:
    """Return the error for an encoding that Python does not know."""
    return DataError(f"There is no encoding called '{encoding}'.", "Use for example --encoding utf-8 or cp1252.")


def wrong_encoding(name: str, encoding: str) -> DataError:
    """Return the error for bytes that are not written in ``encoding``."""
    return DataError(
        f"'{name}' is not written in the encoding {encoding}.",
        "Leave --encoding away to have it found, or name another one.",
    )


def _wide_encoding(sample: bytes) -> str:
    """Recognise UTF-16 without a mark: every second byte of western text is NUL."""
    even, odd = sample[0::2], sample[1::2]
    if len(sample) < 8:
        return ""
    if odd.count(0) > 0.7 * len(odd) and even.count(0) < 0.1 * len(even):
        return "utf-16-le"
    if even.count(0) > 0.7 * len(even) and odd.count(0) < 0.1 * len(odd):
        return "utf-16-be"
    return ""


def _guessed_encoding(content: bytes, *, is_whole: bool) -> str:
    sample = _lines_beyond_ascii(content)
    east_asian = east_asian_encoding(sample)
    if east_asian is not None and _is_readable(content, east_asian, is_whole=is_whole):
        return east_asian
    script = None if stand_alone(sample) else script_encoding(sample)
    if script is not None and _is_readable(content, script, is_whole=is_whole):
        return script
    from charset_normalizer import from_bytes

    guess = from_bytes(sample, cp_isolation=list(_USUAL_ENCODINGS)).best()
    if guess is None:
        return _FALLBACK
    names = {guess.encoding, *guess.could_be_from_charset}
    if guess.encoding in _RARE_ENCODINGS and _count_letters(sample, guess.encoding) > _count_letters(sample, _FALLBACK):
        return _if_readable(content, guess.encoding, is_whole=is_whole)
    if guess.encoding not in _LATIN_ENCODINGS and _FALLBACK not in names:
        return _FALLBACK if stand_alone(sample) else _if_readable(content, guess.encoding, is_whole=is_whole)
    better = (each for each in _LATIN_ENCODINGS if reads_better(sample, each, is_likely=each in names))
    return _if_readable(content, next(better, _FALLBACK), is_whole=is_whole)


def _if_readable(content: bytes, encoding: str, *, is_whole: bool) -> str:
    return encoding if _is_readable(content, encoding, is_whole=is_whole) else _FALLBACK


def _is_readable(content: bytes, encoding: str, *, is_whole: bool) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(content, final=is_whole)
    except UnicodeError:
        return False
    return True


def _count_letters(sample: bytes, encoding: str) -> int:
    """Count the letters beyond ASCII of a sample in a code page."""
    text = sample.decode(encoding, errors="replace")
    return sum(character.isalpha() for character in text if not character.isascii())


def _lines_beyond_ascii(content: bytes) -> bytes:
    """Return the lines that tell encodings apart, at most 64 KiB of them."""
    lines = [line for line in content.split(b"\n") if not line.isascii()]
    sample = b"\n".join(lines)[: _SAMPLE_BYTES + 1]
    return sample if len(sample) <= _SAMPLE_BYTES else sample[: sample.rfind(b"\n") + 1] or sample[:_SAMPLE_BYTES]
