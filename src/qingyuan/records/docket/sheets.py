"""Evidence as pages: a PDF as it is, a picture on its sheet, a table of frozen rows, anything else by its particulars and digest."""

from __future__ import annotations

import io
from typing import Any

import pikepdf
from PIL import Image

from . import vault
from .models import EvidenceItem, Extract
from .writing.paper import Paper, Paragraph, Picture, Sentence, Signature, Table
from .writing.typeset import pdf
from .writing.wording import moment

ROWS = 400
LONGEST_SIDE = 2400
COLUMNS = {"began": "时段", "mn": "设备", "factor": "因子", "kind": "类型", "value": "浓度", "corrected": "折算", "flag": "标记", "received_at": "收到时间"}


def pages_of(item: EvidenceItem) -> bytes:
    """One item of evidence as a PDF."""
    if item.media_type == "application/pdf":
        return vault.fetch(item.digest)
    pictures: dict[str, bytes] = {}
    blocks: list[Any] = [Paragraph((Sentence(line),), "plain") for line in particulars(item)]
    if item.media_type in ("image/jpeg", "image/png"):
        pictures[item.digest] = printable(vault.fetch(item.digest))
        blocks.append(Picture(item.digest, f"第{item.ordinal}号证据　{item.name}"))
    extract = Extract.objects.filter(item=item).first()
    if extract is not None:
        blocks += rows_table(extract)
    paper = Paper(
        kind="", layout="record", agency="", title="证据登记页", blocks=tuple(blocks), signatures=(Signature("取得人", item.taken_by.name),)
    )
    return pdf(paper, pictures)


def particulars(item: EvidenceItem) -> list[str]:
    """What the file audit asks of every item: what it proves, when, where, by whom, from where, and its digest."""
    lines = [
        f"第{item.ordinal}号证据：{item.name}（{item.get_kind_display()}）",
        f"证明内容：{item.proves or '／'}",
        f"取得时间：{moment(item.taken_at.isoformat())}　取得人：{item.taken_by.name}",
        f"来源：{item.source}　地点：{item.place or '／'}　现保管人：{item.holder}",
        f"文件：{item.media_type}，{item.size:,}字节",
        f"SHA-256：{item.digest[:32]} {item.digest[32:]}",
    ]
    return lines + ([f"出处与核对：{item.origin_statement}"] if item.origin_statement else [])


def printable(content: bytes) -> bytes:
    """A copy small enough to print; the original stays as it was taken."""
    with Image.open(io.BytesIO(content)) as image:
        if max(image.size) <= LONGEST_SIDE and image.format in ("JPEG", "PNG"):
            return content
        image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        out = io.BytesIO()
        image.convert("RGB").save(out, "JPEG", quality=88)
        return out.getvalue()


def rows_table(extract: Extract) -> list[Any]:
    """The frozen rows as a table, the first ``ROWS`` of them."""
    from .door import rows_of

    table = rows_of(extract)
    names = [name for name in COLUMNS if name in table.column_names]
    shown = table.slice(0, ROWS).select(names).to_pylist()
    rows = tuple(tuple(cell(row[name]) for name in names) for row in shown)
    note = f"共{table.num_rows}行" + (f"，此处印出前{ROWS}行，全部在电子提取件中" if table.num_rows > ROWS else "")
    return [Table(tuple(COLUMNS[name] for name in names), rows, (), note)]


def cell(value: Any) -> str:
    if value is None:
        return ""
    if hasattr(value, "astimezone"):
        from .writing.wording import CHINA

        return value.astimezone(CHINA).strftime("%m-%d %H:%M")
    return f"{value:.3f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def count_pages(content: bytes) -> int:
    with pikepdf.open(io.BytesIO(content)) as file:
        return len(file.pages)
