"""The encodings of Chinese, Japanese and Korean text are found in short files too, and never in western ones."""

import pytest

from automl.tables import read_table

EAST_ASIAN = {
    "cp932": (
        "ダウンロードした時刻,福岡\n2021年1月1日,4.11㎡\n2021年1月2日,3.26㎡\n",
        "氏名,都市\n佐藤,大阪\n鈴木,東京\n",
    ),
    "euc_jp": ("商品,価格\nりんご,100\nみかん,80\n",),
    "gb18030": ("姓名,城市,金额\n张伟,北京,100\n王芳,上海,200\n", "编号,备注\n1,已付款\n2,未发货\n"),
    "cp950": ("編號,備註\n1,已付款\n2,未出貨\n", "日期,收盤價\n110/01/04,536.0\n110/01/05,542.0\n"),
    "cp949": ("이름,도시\n김철수,서울\n이영희,부산\n", "번호,비고\n1,완료\n2,대기중\n"),
}
OTHERS = {
    "cp1252": (
        "quote,by\n“it’s fine”,Joe’s\n“don’t – go”,Ann’s\n",  # noqa: RUF001
        "prénom,ville\nRené,Orléans\nZoé,Besançon\n",
    ),
    "cp1251": ("имя,город\nИванов,Москва\nПетров,Тверь\n",),  # noqa: RUF001
    "koi8_r": ("имя,город,сумма\nИванов,Москва,100\nПетров,Тверь,200\n",),  # noqa: RUF001
}


def names_and_cells(path):
    table = read_table(path)
    return [list(table.cells.columns), *table.cells.to_numpy().tolist()]


@pytest.mark.parametrize(("encoding", "text"), [(name, text) for name, all_ in EAST_ASIAN.items() for text in all_])
def test_bytes_that_are_usual_characters_beside_others_are_east_asian_text(tmp_path, encoding, text):
    path = tmp_path / "asian.csv"
    path.write_bytes(text.encode(encoding))
    assert names_and_cells(path) == [line.split(",") for line in text.splitlines()]


@pytest.mark.parametrize(("encoding", "text"), [(name, text) for name, all_ in OTHERS.items() for text in all_])
def test_accents_curved_quotes_and_cyrillic_letters_are_no_east_asian_characters(tmp_path, encoding, text):
    path = tmp_path / "other.csv"
    path.write_bytes(text.encode(encoding))
    assert names_and_cells(path) == [line.split(",") for line in text.splitlines()]
