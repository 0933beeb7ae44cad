"""Chinese numerals as statutes write them: 1107 is 一千一百零七."""

from __future__ import annotations

from qingyuan.errors import BadInput

DIGITS = "零一二三四五六七八九"
PLACES = ((1000, "千"), (100, "百"), (10, "十"))


def to_chinese(number: int) -> str:
    """Write 0 to 9999 in Chinese: 10 → 十, 105 → 一百零五, 1242 → 一千二百四十二."""
    if not 0 <= number <= 9999:
        raise BadInput(f"条文序号只能在0到9999之间，得到 {number}", field="article")
    if number < 10:
        return DIGITS[number]
    text, rest, gap = "", number, False
    for size, mark in PLACES:
        digit, rest = divmod(rest, size)
        if digit:
            text += ("零" if gap and text else "") + DIGITS[digit] + mark
            gap = False
        else:
            gap = True
    if rest:
        text += ("零" if gap else "") + DIGITS[rest]
    return text.removeprefix("一") if text.startswith("一十") else text


def from_chinese(text: str) -> int:
    """Read a numeral written either way: 九十九 → 99, 一千零五十二 → 1052, 47 → 47."""
    if text.isdecimal():
        return int(text)
    marks = {mark: size for size, mark in PLACES}
    total, digit = 0, 0
    for sign in text:
        if sign in marks:
            total += (digit or 1) * marks[sign]
            digit = 0
        elif sign in DIGITS or sign == "〇":
            digit = max(DIGITS.find(sign), 0)
        else:
            raise BadInput(f"读不懂的条文序号“{text}”，应写作“九十九”或“99”", field="article")
    return total + digit
