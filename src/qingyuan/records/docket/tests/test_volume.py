"""The bound file: one PDF, in order, numbered, with an outline; and the bundle a stranger can check."""

from __future__ import annotations

import io
import json

import pikepdf
import pyarrow as pa
import pypdf
import pytest

from qingyuan.engines.ledger import bundle
from qingyuan.errors import Corrupt, NotAllowed
from qingyuan.records.docket import actions, bundles, volume
from qingyuan.records.docket.door import freeze, seal_bundle
from qingyuan.records.docket.tests.cast import AT, page, photo

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(cast):
    """A small but whole file."""
    cast.issue("on_site_record")
    cast.take()
    cast.take("营业执照.pdf", page("营业执照"), kind="documentary")
    rows = pa.table({"mn": ["A"] * 3, "factor": ["a21002"] * 3, "value": [588.0, 612.0, None]})
    freeze(docket=cast.docket, rows=rows, outlet="F1/DA001", factor="a21002", by=cast.officer, at=AT)
    for kind in ("filing_approval", "investigation_report"):
        cast.issue(kind)
    decision = cast.issue("penalty_decision")
    actions.serve(document=decision, how="direct", receiver="陈立", on=AT.date(), by=cast.officer, at=AT)
    return cast.docket


def test_the_main_volume_is_in_the_order_of_the_file_audit(file):
    """正卷: decision and proof of service, filing, investigation and evidence."""
    titles = [leaf.title for leaf in volume.leaves(file)]
    assert titles == [
        "行政处罚决定书", "送达回证", "立案审批表", "现场检查（勘察）笔录", "证据1：窑尾照片.jpg", "证据2：营业执照.pdf",
        "证据3：自动监测数据提取件（DA001 a21002）.parquet",
    ]  # fmt: skip
    assert [leaf.title for leaf in volume.leaves(file, "supplementary")] == ["案件调查报告"]


def test_page_numbers_in_the_contents_are_those_on_the_pages(file):
    """Every leaf begins where the contents say, by number, label and outline."""
    bound = volume.bind(file, case_number="清环立〔2026〕1号", cause="超标排放", party="清河水泥有限公司")
    found = volume.leaves(file)
    reader = pypdf.PdfReader(io.BytesIO(bound))
    ahead = len(reader.pages) - sum(leaf.pages for leaf in found)
    assert ahead == 3
    contents = reader.pages[1].extract_text()
    assert "证据目录" in reader.pages[2].extract_text().replace(" ", "")
    for leaf in found:
        assert volume.page_span(leaf) in contents
        text = reader.pages[ahead + leaf.first - 1].extract_text()
        assert str(leaf.first) in text.split()
        assert reader.page_labels[ahead + leaf.first - 1] == str(leaf.first)
    outline = [item for item in reader.outline if not isinstance(item, list)]
    assert [item.title for item in outline][:3] == ["卷皮", "卷内目录", "处罚决定书及送达回证"]
    nested = [entry for item in reader.outline if isinstance(item, list) for entry in item]
    assert [reader.get_destination_page_number(entry) for entry in nested] == [ahead + leaf.first - 1 for leaf in found]


def test_the_same_file_is_bound_to_the_same_bytes(file):
    """A stranger binds it again and compares."""
    assert volume.bind(file) == volume.bind(file)


def test_an_empty_file_is_not_bound(cast):
    """A clear sentence."""
    with pytest.raises(NotAllowed, match="没有材料"):
        volume.bind(cast.docket)


def test_a_script_in_a_party_s_pdf_does_not_come_along(cast):
    """What is bound does not act when it is opened."""
    with pikepdf.open(io.BytesIO(page())) as hostile:
        action = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
        hostile.pages[0].obj.AA = pikepdf.Dictionary(O=action)
        hostile.pages[0].obj.Annots = hostile.make_indirect(
            pikepdf.Array([hostile.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=action))])
        )
        out = io.BytesIO()
        hostile.save(out)
    cast.take("许可证.pdf", out.getvalue(), kind="documentary")
    with pikepdf.open(io.BytesIO(volume.bind(cast.docket))) as bound:
        kept = b"".join(obj.unparse() for obj in bound.objects if isinstance(obj, pikepdf.Dictionary))
    assert b"JavaScript" not in kept


def test_the_description_holds_every_digest_and_page(file):
    """Machines read what people read, and where it stands."""
    told = bundles.description(file)
    assert [d["kind"] for d in told["documents"]][:2] == ["on_site_record", "filing_approval"]
    assert all(len(d["sha256"]) == 64 and len(d["sm3"]) == 64 for d in told["documents"])
    assert told["documents"][-1]["page"] == 5
    assert told["evidence"][0]["custody"][0]["action"] == "collected"
    assert told["extracts"][0]["rows"] == 3
    json.dumps(told)


def test_a_bundle_is_verified_with_nothing_but_the_file(file, tmp_path):
    """`qingyuan verify` accepts it, and refuses it once a bit is changed."""
    data, path = tmp_path / "telemetry", tmp_path / "docket.zip"
    data.mkdir()
    seal_bundle(file, path, data=data, at=AT)
    names = {entry["name"] for entry in bundle.verify(path).manifest["files"]}
    assert {"files/docket.json", "files/volume.pdf", "files/documents/001.pdf", "files/evidence/001"} <= names
    content = bytearray(path.read_bytes())
    content[content.find(photo()[:64]) + 30] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(Corrupt):
        bundle.verify(path)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_the_page_number_is_upright_at_the_top_right_of_a_turned_page(cast, turn):
    """A scan lies on its side; its page number does not."""
    with pikepdf.open(io.BytesIO(page())) as scan:
        scan.pages[0].obj.Rotate = turn
        scan.pages[0].obj.MediaBox = [0, 0, 700, 400]
        out = io.BytesIO()
        scan.save(out)
    cast.take("扫描件.pdf", out.getvalue(), kind="documentary")
    with pikepdf.open(io.BytesIO(volume.bind(cast.docket))) as bound:
        drawn = bound.pages[3]
        a, b, c, d, e, f = (float(v) for v in drawn.Contents[-1].read_bytes().split(b"cm")[0].split()[2:8])
        wide, high = (float(v) for v in drawn.Resources.XObject.PageNumber0.BBox[2:4])
    corner = (a * wide + c * high + e, b * wide + d * high + f)
    assert corner == pytest.approx({0: (700, 400), 90: (0, 400), 180: (0, 0), 270: (700, 0)}[turn], abs=0.1)
