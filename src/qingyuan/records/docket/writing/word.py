"""Paper → DOCX: the copy people edit and paste from.  Same page geometry as the PDF; the PDF is the one issued.

python-docx writes the time of day into the archive, so the archive is rewritten with fixed times: the same Paper gives the
same bytes.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Mapping

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import _Cell
from docx.text.paragraph import Paragraph as Line

from .paper import Cell, Form, Paper, Paragraph, Picture, Signature, Table
from .typeset import qr_png

FANGSONG, HEI, SONG = "仿宋_GB2312", "黑体", "方正小标宋简体"
RED = RGBColor(0xD7, 0x00, 0x0F)
PITCH = Pt(28.95)
ZIP_TIME = (1980, 1, 1, 0, 0, 0)


def docx_bytes(paper: Paper, pictures: Mapping[str, bytes] | None = None) -> bytes:
    """Write ``paper`` as DOCX; ``pictures`` maps digests to PNG or JPEG bytes."""
    file = docx.Document()
    _set_page(file)
    _head(file, paper)
    for block in paper.blocks:
        if isinstance(block, Paragraph):
            _paragraph(file, block)
        elif isinstance(block, Table):
            _table(file, block)
        elif isinstance(block, Form):
            _form(file, block)
        else:
            _picture(file, block, pictures or {})
    _foot(file, paper)
    out = io.BytesIO()
    file.save(out)
    return canonical_zip(out.getvalue())


def canonical_zip(archive: bytes) -> bytes:
    """The same members, sorted, with one fixed time and no machine's marks."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as source, zipfile.ZipFile(out, "w") as target:
        for name in sorted(source.namelist()):
            member = zipfile.ZipInfo(name, ZIP_TIME)
            member.compress_type, member.create_system = zipfile.ZIP_DEFLATED, 0
            target.writestr(member, source.read(name))
    return out.getvalue()


def _set_page(file: Document) -> None:
    fixed = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
    file.core_properties.created = file.core_properties.modified = fixed
    file.core_properties.author = file.core_properties.comments = ""
    page = file.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.top_margin, page.bottom_margin, page.left_margin, page.right_margin = Mm(37), Mm(35), Mm(28), Mm(26)
    page.footer_distance = Mm(25)
    file.settings.odd_and_even_pages_header_footer = True
    _page_number(page.footer.paragraphs[0], ALIGN.RIGHT)
    _page_number(page.even_page_footer.paragraphs[0], ALIGN.LEFT)
    style = file.styles["Normal"]
    style.font.name, style.font.size = "Times New Roman", Pt(16)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FANGSONG)
    style.paragraph_format.line_spacing, style.paragraph_format.space_after = PITCH, Pt(0)
    grid = OxmlElement("w:docGrid")
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), "579")
    for old in page._sectPr.findall(qn("w:docGrid")):
        page._sectPr.remove(old)
    page._sectPr.append(grid)


def _page_number(line: Line, side: ALIGN) -> None:
    line.alignment = side
    _run(line, "— ", size=14, font="宋体")
    run = line.add_run()
    run.font.size = Pt(14)
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._r.append(element)
    _run(line, " —", size=14, font="宋体")


def _run(line: Line, text: str, *, size: float = 16, font: str = FANGSONG, bold: bool = False, colour: RGBColor | None = None) -> None:
    run = line.add_run(text)
    run.font.size, run.font.bold = Pt(size), bold
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    if colour is not None:
        run.font.color.rgb = colour


def _head(file: Document, paper: Paper) -> None:
    is_letter = paper.layout == "letter"
    for text, size, colour in ((paper.agency, 31.0 if is_letter else 14.0, RED if is_letter else None), (paper.title, 22.0, None)):
        line = file.add_paragraph()
        line.alignment = ALIGN.CENTER
        line.paragraph_format.line_spacing = Pt(size * 1.5)
        _run(line, text, size=size, font=SONG, bold=True, colour=colour)
    if paper.number:
        line = file.add_paragraph()
        line.alignment = ALIGN.CENTER if is_letter else ALIGN.RIGHT
        _run(line, paper.number, size=16 if is_letter else 12)
        if is_letter:
            _rule_under(line)
    for label, value in paper.party:
        _run(file.add_paragraph(), f"{label}：{value}")


def _rule_under(line: Line) -> None:
    borders, bottom = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for key, value in (("val", "single"), ("sz", "12"), ("space", "6"), ("color", "D7000F")):
        bottom.set(qn(f"w:{key}"), value)
    borders.append(bottom)
    line._p.get_or_add_pPr().append(borders)


def _paragraph(file: Document, block: Paragraph) -> None:
    line = file.add_paragraph()
    is_heading = block.style in ("heading", "subheading")
    if block.style not in ("plain", "note"):
        line.paragraph_format.first_line_indent = Pt(32)
    size = 12 if block.style == "note" else 16
    for sentence in block.sentences:
        _run(line, sentence.text, size=size, font=HEI if is_heading else FANGSONG, bold=is_heading)


def _table(file: Document, block: Table) -> None:
    if block.caption:
        line = file.add_paragraph()
        line.alignment = ALIGN.CENTER
        _run(line, block.caption, size=12, font=HEI, bold=True)
    grid = file.add_table(rows=0, cols=len(block.columns), style="Table Grid")
    for index, row in enumerate((block.columns, *block.rows)):
        for cell, text in zip(grid.add_row().cells, row, strict=True):
            _fill(cell, text, size=10.5, bold=index == 0, centred=True)


def _form(file: Document, block: Form) -> None:
    grid = file.add_table(rows=0, cols=8, style="Table Grid")
    for row in block.rows:
        cells, at = grid.add_row().cells, 0
        for cell in row:
            joined = cells[at].merge(cells[at + cell.span - 1])
            _fill(joined, _cell_text(cell), size=12, bold=cell.is_label, centred=cell.is_label)
            at += cell.span


def _cell_text(cell: Cell) -> str:
    return cell.text + ("\n" * 2 + cell.signature if cell.signature else "")


def _fill(cell: _Cell, text: str, *, size: float, bold: bool, centred: bool) -> None:
    line = cell.paragraphs[0]
    line.paragraph_format.line_spacing = Pt(size * 1.5)
    if centred:
        line.alignment = ALIGN.CENTER
    _run(line, text, size=size, bold=bold)


def _picture(file: Document, block: Picture, pictures: Mapping[str, bytes]) -> None:
    file.add_picture(io.BytesIO(pictures[block.digest]), width=Mm(120))
    _run(file.add_paragraph(), block.caption, size=11)


def _foot(file: Document, paper: Paper) -> None:
    for signature in (*paper.signatures, *paper.page_signatures):
        _run(file.add_paragraph(), _signature(signature), size=14)
    for text in paper.closing:
        _run(file.add_paragraph(), text)
    if paper.dated:
        for text in (paper.agency, paper.dated):
            line = file.add_paragraph()
            line.alignment = ALIGN.RIGHT
            _run(line, text + "　　")
    if paper.verification:
        file.add_picture(io.BytesIO(qr_png(paper.verification)), width=Mm(23))
        _run(file.add_paragraph(), "扫码核验文书真伪", size=9)


def _signature(signature: Signature) -> str:
    return f"{signature.label}：{signature.name or '＿＿＿＿＿＿＿＿'}　　日期：{signature.on or '＿＿＿＿＿＿'}"
