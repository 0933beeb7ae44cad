"""Amounts as a decision writes them: Chinese capitals, so that no stroke can be added.

The spelling follows the People's Bank's rules for filling in bills (支付结算办法 附一): 壹 before 拾 is written,
zeros inside are 零, 整 ends an amount without 分.
"""

from __future__ import annotations

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")
LARGEST_FEN = 10**16 * 100 - 1


def capitals(fen: int) -> str:
    """Write whole fen as 人民币…元整.

    >>> capitals(10_000_000)
    '人民币壹拾万元整'
    """
    if not isinstance(fen, int) or isinstance(fen, bool):
        raise TypeError("金额须为整数，单位为分")
    if not 0 <= fen <= LARGEST_FEN:
        raise ValueError("金额须在 0 元至一亿亿元之间")
    yuan, rest = divmod(fen, 100)
    jiao, fen_digit = divmod(rest, 10)
    whole = _whole(yuan) + "元" if yuan or not rest else ""
    return "人民币" + whole + _small_change(jiao, fen_digit, after_yuan=bool(yuan))


def figures(fen: int) -> str:
    """Write whole fen as figures with two decimals: ¥432,000.00."""
    yuan, rest = divmod(fen, 100)
    return f"¥{yuan:,}.{rest:02d}"


def ten_thousands(fen: int) -> str:
    """Write whole fen in 万元 with six decimals, as the exchange files of 双公示 ask: 43.200000."""
    whole, rest = divmod(fen, 1_000_000)
    return f"{whole}.{rest:06d}"


def _small_change(jiao: int, fen: int, *, after_yuan: bool) -> str:
    if not jiao and not fen:
        return "整"
    tenths = DIGITS[jiao] + "角" if jiao else ("零" if after_yuan else "")
    return tenths + (DIGITS[fen] + "分" if fen else "整")


def _whole(yuan: int) -> str:
    for size, name in ((10**8, "亿"), (10**4, "万")):
        if yuan >= size:
            high, low = divmod(yuan, size)
            gap = "零" if 0 < low < size // 10 else ""
            return _whole(high) + name + gap + (_whole(low) if low else "")
    return _group(yuan) if yuan else "零"


def _group(value: int) -> str:
    text, owes_zero = "", False
    for place in (3, 2, 1, 0):
        digit = value // 10**place % 10
        if digit:
            text += ("零" if owes_zero and text else "") + DIGITS[digit] + PLACES[place]
            owes_zero = False
        else:
            owes_zero = True
    return text
