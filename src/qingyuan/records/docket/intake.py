"""What may come in: recognised by its bytes, limited in size, and opened carefully before it is believed.

Evidence is kept as it is, but a file that would hurt whoever opens it later (a PDF or an archive that unpacks without end, an
image of a billion pixels) is refused with a sentence that says why.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pikepdf
import yaml
from PIL import Image

from qingyuan.errors import BadInput

MEGABYTE = 1 << 20
NAMES = {"document": "PDF 文件", "image": "图片", "archive": "Office 文档或压缩包", "audio": "录音", "video": "录像", "text": "文本"}
SUFFIXES = {
    "application/pdf": {"pdf"}, "image/jpeg": {"jpg", "jpeg"}, "image/png": {"png"}, "image/heic": {"heic", "heif"},
    "video/mp4": {"mp4", "m4v", "mov"}, "audio/wav": {"wav"}, "audio/mpeg": {"mp3"}, "video/x-msvideo": {"avi"},
    "application/zip": {"zip"}, "application/vnd.openxmlformats-officedocument.wordprocessingml.document": {"docx"},
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": {"xlsx"}, "text/plain": {"txt", "csv", "json", "log"},
    "application/vnd.apache.parquet": {"parquet"},
}  # fmt: skip


@dataclass(frozen=True)
class Recognised:
    """What the bytes are, whatever the name says."""

    media_type: str
    family: str


@lru_cache(maxsize=1)
def limits() -> dict[str, Any]:
    return yaml.safe_load((Path(__file__).parent / "uploads.yaml").read_text("utf-8"))


def examine(name: str, content: bytes) -> Recognised:
    """Recognise and check one upload.  Raises BadInput with a sentence an officer can act on."""
    if not content:
        raise BadInput(f"“{name}”是空文件，请重新选择", field="content")
    found = recognise(content)
    if found is None:
        raise BadInput(f"“{name}”不是能收取的文件类型；可以上传 PDF、图片、录音、录像、Word、Excel、压缩包或文本", field="content")
    suffix = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    known = {s for group in SUFFIXES.values() for s in group}
    if suffix in known and suffix not in SUFFIXES[found.media_type]:
        raise BadInput(f"“{name}”的内容不是 {suffix.upper()} 文件（实际是{NAMES[found.family]}），请核对后重新上传", field="content")
    limit = limits()["limits"][found.family]
    if len(content) > limit * MEGABYTE:
        raise BadInput(f"“{name}”有{len(content) / MEGABYTE:.0f}MB，超过{NAMES[found.family]}{limit}MB 的上限；请分段后上传", field="content")
    check = {"application/pdf": _check_pdf, "image/jpeg": _check_image, "image/png": _check_image}.get(found.media_type)
    if found.family == "archive":
        check = _check_archive
    if check is not None:
        check(name, content)
    return found


def recognise(content: bytes) -> Recognised | None:
    """The type by its first bytes; None when it is nothing we take."""
    head = content[:16]
    for mark, media_type, family in (
        (b"%PDF-", "application/pdf", "document"), (b"\xff\xd8\xff", "image/jpeg", "image"), (b"\x89PNG\r\n\x1a\n", "image/png", "image"),
        (b"ID3", "audio/mpeg", "audio"), (b"\xff\xfb", "audio/mpeg", "audio"), (b"PAR1", "application/vnd.apache.parquet", "archive"),
    ):  # fmt: skip
        if head.startswith(mark):
            return Recognised(media_type, family)
    if head[4:8] == b"ftyp":
        is_picture = head[8:12] in (b"heic", b"heix", b"mif1", b"hevc")
        return Recognised("image/heic", "image") if is_picture else Recognised("video/mp4", "video")
    if head[:4] == b"RIFF":
        return {b"WAVE": Recognised("audio/wav", "audio"), b"AVI ": Recognised("video/x-msvideo", "video")}.get(head[8:12])
    if head.startswith(b"PK\x03\x04"):
        return Recognised(_office_type(content), "archive")
    return Recognised("text/plain", "text") if _is_text(content) else None


def _office_type(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist()[:2000])
    except zipfile.BadZipFile:
        return "application/zip"
    base = "application/vnd.openxmlformats-officedocument."
    if "word/document.xml" in names:
        return base + "wordprocessingml.document"
    return base + "spreadsheetml.sheet" if "xl/workbook.xml" in names else "application/zip"


def _is_text(content: bytes) -> bool:
    if b"\0" in content[:65536]:
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False


def _check_image(name: str, content: bytes) -> None:
    try:
        with Image.open(io.BytesIO(content)) as image:
            width, height = image.size
            if width * height > limits()["pixels"]:
                raise BadInput(f"“{name}”有{width}×{height}像素，超出上限，打开会耗尽内存；请缩小后上传", field="content")
            image.verify()
    except BadInput:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BadInput(f"“{name}”的像素超出上限，打开会耗尽内存；请缩小后上传", field="content") from error
    except Exception as error:  # Pillow raises many kinds; all mean the same to an officer
        raise BadInput(f"“{name}”打不开，图片已损坏；请重新拍摄或导出", field="content") from error


def _check_archive(name: str, content: bytes) -> None:
    if content.startswith(b"PAR1"):
        return
    allowed = limits()["unpacked"] * MEGABYTE
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if len(members) > limits()["members"]:
                raise BadInput(f"“{name}”里有{len(members)}个文件，超过{limits()['members']}个的上限；请分包上传", field="content")
            if sum(member.file_size for member in members) > allowed:
                raise BadInput(f"“{name}”解开后超过{limits()['unpacked']}MB，可能是压缩炸弹，没有收取", field="content")
            for member in members:
                allowed -= _unpacked_size(archive, member, allowed)
                if allowed < 0:
                    raise BadInput(f"“{name}”解开后超过{limits()['unpacked']}MB，可能是压缩炸弹，没有收取", field="content")
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, zlib.error, EOFError) as error:
        raise BadInput(f"“{name}”打不开，压缩包已损坏或者加密；请重新导出", field="content") from error


def _unpacked_size(archive: zipfile.ZipFile, member: zipfile.ZipInfo, allowed: int) -> int:
    """Bytes a member really opens into; the size it declares may be a lie, so it is read, but never past ``allowed``."""
    if member.file_size > allowed:
        return member.file_size
    size = 0
    with archive.open(member) as stream:
        while piece := stream.read(MEGABYTE):
            size += len(piece)
            if size > allowed:
                break
    return size


def _check_pdf(name: str, content: bytes) -> None:
    try:
        with pikepdf.open(io.BytesIO(content)) as file:
            if file.is_encrypted:
                raise BadInput(f"“{name}”设了密码或者权限，无法核验和归档；请去掉密码后上传", field="content")
            if len(file.pages) > limits()["pages"]:
                raise BadInput(f"“{name}”有{len(file.pages)}页，超过{limits()['pages']}页的上限；请分卷上传", field="content")
            _refuse_bomb(name, file)
    except pikepdf.PasswordError as error:
        raise BadInput(f"“{name}”设了打开密码，无法核验和归档；请去掉密码后上传", field="content") from error
    except pikepdf.PdfError as error:
        raise BadInput(f"“{name}”打不开，PDF 已损坏；请重新导出", field="content") from error


def _refuse_bomb(name: str, file: pikepdf.Pdf) -> None:
    """Unpack every Flate stream a piece at a time and stop at the limit."""
    allowed = limits()["unpacked"] * MEGABYTE
    for thing in file.objects:
        if not isinstance(thing, pikepdf.Stream):
            continue
        filters = thing.get("/Filter")
        names = [str(f) for f in filters] if isinstance(filters, pikepdf.Array) else [str(filters)]
        if names.count("/FlateDecode") > 1:
            raise BadInput(f"“{name}”含多重压缩的内容，可能是压缩炸弹，没有收取；请重新打印成 PDF", field="content")
        if names[0] == "/FlateDecode":
            allowed -= _inflated(thing.read_raw_bytes(), allowed)
        if allowed < 0:
            raise BadInput(f"“{name}”解开后超过{limits()['unpacked']}MB，可能是压缩炸弹，没有收取", field="content")


def _inflated(raw: bytes, allowed: int) -> int:
    engine, size = zlib.decompressobj(), 0
    try:
        piece = engine.decompress(raw, MEGABYTE)
        while piece:
            size += len(piece)
            if size > allowed:
                break
            piece = engine.decompress(engine.unconsumed_tail, MEGABYTE)
    except zlib.error:
        return size
    return size
