"""Short files in Cyrillic, Greek, Hebrew, Arabic and Thai are read in the code page in which their words are words."""

import pytest

from automl.tables import read_table

FILES = {
    "cp1251": ("Дата;Сумма\n01.01.2024;Оплата №1\n02.01.2024;Оплата №2\n", "код;вид\n1;да\n2;нет\n3;да\n"),
    "koi8_r": ("тип;цена\nстол;1\nокно;2\nваза;3\n", "ИТОГО;ДАТА\nТЕСТ;1\nМОСКВА;2\n"),  # noqa: RUF001
    "cp1253": ("όνομα;πόλη\nΓιώργος;Αθήνα\nΜαρία;Πάτρα\n",),  # noqa: RUF001
    "cp1255": ("שם;עיר\nדוד;חיפה\nשרה;אילת\n",),  # noqa: RUF001
    "cp1256": ("الاسم;المدينة\nمحمد;القاهرة\nفاطمة;دبي\n",),  # noqa: RUF001
    "cp874": ("ชื่อ;เมือง\nสมชาย;เชียงใหม่\nมาลี;ลำปาง\n",),
    "cp1250": ("imię;miasto\nŁukasz;Łódź\nŻaneta;Gdańsk\n",),
    "cp1252": ("Straße;Größe\nMüller;groß\nSchäfer;schön\n",),
}


@pytest.mark.parametrize(("encoding", "text"), [(name, text) for name, all_ in FILES.items() for text in all_])
def test_the_code_page_whose_letters_make_likely_words_is_taken(tmp_path, encoding, text):
    path = tmp_path / "words.csv"
    path.write_bytes(text.encode(encoding))
    table = read_table(path)
    assert [list(table.cells.columns), *table.cells.to_numpy().tolist()] == [
        line.split(";") for line in text.splitlines()
    ]
