"""The encodings of Chinese, Japanese and Korean text, told apart by which characters their bytes would be."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

__all__ = ["east_asian_encoding"]

_KANA = (
    "あいうえおかがきくけこさしすせそただちっつてでとどなにのはまみめもやよらりるれをんアイウエオカキクコサシ"
    "スストタダチッデドトナニネノバパフブプマミムメャュョラリルレロワンー"
)
_JAPANESE = (
    "年月日時分秒円人件個数名前氏住所番号電話都道府県市区町村東京大阪合計平均最高低気温度量品質情報均回会社商店員男女性別"
    "年齢生者国内外上下中小高一二三四五六七八九十百千万本部門売買価格金額単位税込備考種類型状態開始終了登録更新報告表項目地域"
    "福岡京北海道神奈川島広兵庫愛知千葉埼玉静岡城台長野佐藤鈴木田渡辺伊村山本加吉松井林清斎口崎森池橋石原水太郎子美雄和恵"
)
_SIMPLIFIED = (
    "的一是不了人我在有他这中大来上个国到说们为子和你地出道也时年得就那要下以生会自去之过家学对可里后小心多天而能好都然没日于起还"
    "发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长月分秒号名称编码日期金额价格数量单元客户姓性别男女址电话"
    "城市省区县州北京海广东南西江河山湖四川浙福安徽陕云贵重庆天津产品类型状态备注记录收支付交易商订计平均总合率度位民族张王李刘陈杨黄"
    "赵吴周徐孙马朱胡林郭何高罗房店销售工资部门职员入据信息费税银行账户余额说明项目级点米时间温风水气统阿巴尼亚尔斯克利马拉加达罗卡布萨"
    "特维伊兰基纳德比格伦坦非洲岛塞莱丹埃波诺典瑞希腊俄语土耳其美英法意"
)
_TRADITIONAL = (
    "的一是不了人我在有他這中大來上個國到說們為子和你地出道也時年得就那要下以生會自去之過家學對可里後小心多天而能好都然沒日於起還"
    "發成事只作當想看文無開手十用主行方又如前所本見經頭面公同三已老從動兩長月分秒號名稱編碼日期金額價格數量單元客戶姓性別男女址電話"
    "城市省區縣州台臺北新竹高雄桃園南東西灣香港產品類型狀態備註記錄收支付交易商訂計平均總合率度位張王李劉陳楊黃趙吳周徐孫馬朱胡林"
    "郭何羅店銷售工資部門職員入據信息費稅銀行帳戶餘額說明項目級點時間溫風水氣統證券代號成交股數開盤最低收漲跌差筆"
)
_KOREAN = (
    "이다는을의가에고하지도로사기리은시자나서를인아대한정어일들전해라보과수상그부만있주제구조장원여소스간국동성세년비마선공경니으현모면화"
    "문신분위업실안치할트드금행연회적미래재관방용학무당월명강거반물번호름액계합총남령도역울산광천북평균값날짜단코량목록데터품가격색업체"
    "직급처소전화메일우편주민등록김박최임오황권류홍합비율건개군읍면별"
)
# How likely a character is one of the frequent ones, another one of the common set, or any other.
_SHARES = (0.5, 0.45, 0.05)
_N_ALL = 8_000
_HALF_WIDTH_KANA = range(0xFF61, 0xFFA0)
_N_ASCII = 64
_MIN_CHARACTERS = 2
_MIN_PLAUSIBLE = 0.8
_MIN_FREQUENT = 0.2

Range = tuple[int, int]


@dataclass(frozen=True)
class _Charset:
    """An encoding, the two-byte codes of what its language usually writes, and its most frequent characters."""

    encoding: str
    common: Sequence[Range]
    n_common: int
    frequent: frozenset[str]

    def share(self, character: str) -> float:
        """Return about how often a character stands in a text of the language."""
        if character in self.frequent:
            return _SHARES[0] / len(self.frequent)
        return _SHARES[1] / self.n_common if self.is_common(character) else _SHARES[2] / _N_ALL

    def is_common(self, character: str) -> bool:
        """Whether a character is one of the set that is learnt at school, a syllable or a mark."""
        code = int.from_bytes(character.encode(self.encoding))
        return any(first <= code <= last and code & 0xFF >= first & 0xFF for first, last in self.common)


_PUNCTUATION = ((0xA1A1, 0xA1FE), (0xA3A1, 0xA3FE))
_CHARSETS = (
    _Charset("cp932", ((0x8140, 0x81AC), (0x824F, 0x8396), (0x8840, 0x9872)), 3_300, frozenset(_KANA + _JAPANESE)),
    _Charset("euc_jp", (*_PUNCTUATION, (0xA4A1, 0xA5F6), (0xB0A1, 0xCFFE)), 3_300, frozenset(_KANA + _JAPANESE)),
    _Charset("gb18030", (*_PUNCTUATION, (0xB0A1, 0xD7FE)), 3_900, frozenset(_SIMPLIFIED)),
    _Charset("cp950", ((0xA140, 0xA3FE), (0xA440, 0xC67E)), 5_600, frozenset(_TRADITIONAL)),
    _Charset("cp949", (*_PUNCTUATION, (0xB0A1, 0xC8FE)), 2_500, frozenset(_KOREAN)),
)


def east_asian_encoding(lines: bytes) -> str | None:
    """Return the encoding in which bytes are plausible Chinese, Japanese or Korean text; None where there is none.

    In it all bytes are characters, of which nearly all are usual ones that stand beside others, and many are frequent.
    Curved quotes and accents of western text are characters by chance, each between two letters.

    Parameters
    ----------
    lines : bytes
        Whole lines that hold bytes beyond ASCII.
    """
    readings = [(charset, text) for charset in _CHARSETS if (text := _decoded(lines, charset.encoding)) is not None]
    plausible = [(charset, text) for charset, text in readings if _is_plausible(text, charset)]
    if not plausible:
        return None
    best, _ = max(plausible, key=lambda reading: _likelihood(reading[1], reading[0]))
    return best.encoding


def _decoded(lines: bytes, encoding: str) -> str | None:
    try:
        return lines.decode(encoding)
    except UnicodeDecodeError:
        return None


def _is_plausible(text: str, charset: _Charset) -> bool:
    wide = Counter(_wide_characters(text))
    count = wide.total()
    if count < _MIN_CHARACTERS:
        return False
    n_frequent = sum(n for (character, _), n in wide.items() if character in charset.frequent)
    n_plausible = sum(
        n
        for (character, is_beside), n in wide.items()
        if character in charset.frequent or (is_beside and charset.is_common(character))
    )
    return n_plausible >= _MIN_PLAUSIBLE * count and n_frequent >= _MIN_FREQUENT * count


def _wide_characters(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the characters of two bytes, and whether each stands beside another one."""
    are_wide = [_is_wide(character) for character in text]
    before, after = [False, *are_wide[:-1]], [*are_wide[1:], False]
    for character, is_wide, *beside in zip(text, are_wide, before, after, strict=True):
        if is_wide:
            yield character, any(beside)


def _is_wide(character: str) -> bool:
    return not character.isascii() and ord(character) not in _HALF_WIDTH_KANA


def _likelihood(text: str, charset: _Charset) -> float:
    """Return the logarithm of how likely a text is, each character for itself."""
    return sum(n * math.log(_share(character, charset)) for character, n in Counter(text).items())


def _share(character: str, charset: _Charset) -> float:
    if _is_wide(character):
        return charset.share(character)
    return 1 / _N_ASCII if character.isascii() else _SHARES[2] / len(_HALF_WIDTH_KANA)
