"""The DOCX says what the PDF says, on the same page."""

from __future__ import annotations

import io

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm

from qingyuan.records.docket.writing.word import canonical_zip, docx_bytes

from .test_typeset import paper_of


@pytest.mark.parametrize("kind", ["penalty_decision", "on_site_record", "investigation_report"])
def test_every_sentence_of_the_paper_is_in_the_word_file(kind):
    """Nobody edits from a copy that lacks a sentence."""
    paper = paper_of(kind)
    file = docx.Document(io.BytesIO(docx_bytes(paper)))
    said = "\n".join(line.text for line in file.paragraphs)
    assert paper.title in said
    missing = [s.text for s in paper.sentences() if s.text not in said]
    assert not missing


def test_every_cell_of_a_form_is_in_the_word_file():
    """Labels, values and signatures."""
    paper = paper_of("filing_approval")
    grid = docx.Document(io.BytesIO(docx_bytes(paper))).tables[0]
    cells = {cell.text.split("\n")[0] for row in grid.rows for cell in row.cells}
    assert all(cell.text.split("\n")[0] in cells for row in paper.blocks[0].rows for cell in row)


def test_the_page_is_that_of_gbt_9704():
    """A4, 37/28/35/26 mm, line grid of 28.95 pt, 仿宋 for Chinese."""
    file = docx.Document(io.BytesIO(docx_bytes(paper_of("penalty_decision"))))
    page = file.sections[0]
    sizes = [page.page_width, page.page_height, page.top_margin, page.left_margin, page.bottom_margin, page.right_margin]
    assert [round(size / Mm(1)) for size in sizes] == [210, 297, 37, 28, 35, 26]
    grid = page._sectPr.find(qn("w:docGrid"))
    assert (grid.get(qn("w:type")), grid.get(qn("w:linePitch"))) == ("lines", "579")
    assert file.styles["Normal"].element.rPr.rFonts.get(qn("w:eastAsia")) == "仿宋_GB2312"


def test_rewriting_the_archive_twice_changes_nothing():
    """Canonical means canonical."""
    once = docx_bytes(paper_of("service_record"))
    assert canonical_zip(once) == once
