"""Which fonts a document is set in: 仿宋 where the machine has one, Noto Serif SC always as the fallback.

Noto Serif SC holds all 20 992 unified ideographs, so a rare character in a name never becomes a box; a FangSong font
often lacks it.  Family names are read from the font files, because a name that is slightly wrong falls back silently.
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

import typst

from qingyuan.errors import BadInput

FANGSONG = ("FandolFang R", "FangSong", "FangSong_GB2312", "STFangsong", "FZFangSong-Z02")
HEI = ("FandolHei", "SimHei", "Noto Sans SC", "Source Han Sans SC")
XIAOBIAOSONG = ("FZXiaoBiaoSong-B05", "FZXiaoBiaoSong-B05S")
FALLBACK = "Noto Serif SC"
REPOSITORY_FONTS = Path(__file__).resolve().parents[5] / "var" / "assets" / "fonts"


def font_folders() -> tuple[Path, ...]:
    """Folders searched, the operator's own (QINGYUAN_FONTS) first."""
    own = os.environ.get("QINGYUAN_FONTS", "")
    named = [Path(p) for p in own.split(os.pathsep) if p]
    return tuple(p for p in (*named, REPOSITORY_FONTS) if p.is_dir())


@lru_cache(maxsize=1)
def fonts() -> typst.Fonts:
    """The fonts found, loaded once per process; raises BadInput when the fallback itself is absent."""
    found = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(p) for p in font_folders()]
    )
    if FALLBACK not in found.families():
        raise BadInput(f"找不到字体 {FALLBACK}：请先运行 make setup，或把字体放进 QINGYUAN_FONTS 所指的文件夹")
    return found


def families() -> dict[str, list[str]]:
    """For each role on the page, the families to try in order: body, heading, title."""
    present = set(fonts().families())
    choose = lambda wanted: [name for name in wanted if name in present][:1] + [FALLBACK]  # noqa: E731
    return {"body": choose(FANGSONG), "heading": choose(HEI), "title": choose(XIAOBIAOSONG)}
