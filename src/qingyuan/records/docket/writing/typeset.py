"""Paper → PDF.  The PDF is the document that is issued; its bytes depend on the Paper and the fonts only."""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import segno
import typst

from qingyuan.errors import BadInput

from .fonts import families, fonts
from .paper import Paper, content

TEMPLATES = Path(__file__).resolve().parent
EPOCH = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


def pdf(paper: Paper, pictures: Mapping[str, bytes] | None = None) -> bytes:
    """Typeset ``paper`` as PDF/A-2b, fonts embedded; ``pictures`` maps digests to PNG or JPEG bytes.

    Raises BadInput when a picture is missing or unreadable.
    """
    data = content(paper)
    data["qr"] = qr_svg(paper.verification) if paper.verification else ""
    data["fonts"] = families()
    data["pictures"] = {digest: list(blob) for digest, blob in (pictures or {}).items()}
    return compile_template("paper.typ", data)


def compile_template(template: str, data: Mapping[str, Any]) -> bytes:
    """One of the templates beside this file with its data, as PDF/A-2b; raises BadInput when it cannot be set."""
    try:
        return _compiler(template).compile(
            format="pdf",
            pdf_standards=["a-2b"],
            timestamp=EPOCH,
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        )
    except typst.TypstError as error:
        raise BadInput(f"文书排版失败：{error.message}；请检查所附图片能否打开、表格列数是否一致") from error


@lru_cache(maxsize=4)
def _compiler(template: str) -> typst.Compiler:
    """One compiler per template and process: a cold one costs four times a warm one."""
    return typst.Compiler(str(TEMPLATES / template), root=str(TEMPLATES), font_paths=fonts())


def qr_svg(text: str) -> str:
    """A QR code as SVG, error correction Q so that a stamp over a corner does not break it."""
    out = io.BytesIO()
    segno.make(text, error="q", micro=False).save(out, kind="svg", border=0, xmldecl=False)
    return out.getvalue().decode()


def qr_png(text: str) -> bytes:
    """The same QR code as PNG, for DOCX and screens."""
    out = io.BytesIO()
    segno.make(text, error="q", micro=False).save(out, kind="png", border=1, scale=6)
    return out.getvalue()
