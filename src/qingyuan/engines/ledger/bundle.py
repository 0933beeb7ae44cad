"""An evidence bundle: one file from which a stranger can check everything that is in it.

    manifest.json     what it is about; name, size and SHA-256 of every file; every packet with its place
    files/…           documents, tables, photos
    packets/N.bin     spool records, byte for byte, each with its proof
    proofs.json       inclusion of the manifest and of every packet in the ledger
    checkpoint        the signed tree head the proofs lead to         key.pub  the key it is signed with

The manifest is itself a leaf of the ledger.  The container is written in one fixed way (stored, no dates), so a changed
bit anywhere in it, also where no file lies, is seen.  What the file alone cannot prove is whose key it is: the
fingerprint is printed, to be compared with the one the agency has published.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qingyuan.errors import BadInput, Corrupt

from . import checkpoint, files, layout, log, proof, segment
from .entry import Entry, spelled
from .sealing import records_of

FORMAT = "qingyuan-bundle-1"
_TEXTS = ("manifest.json", "proofs.json", "checkpoint", "key.pub")


@dataclass(frozen=True)
class Verified:
    """What a bundle proves: its manifest, the checkpoint, and the fingerprint of the key (SHA-256, hex)."""

    manifest: Mapping[str, Any]
    checkpoint: checkpoint.Checkpoint
    fingerprint: str


def write(
    path: Path | str,
    *,
    data_dir: Path | str,
    about: Mapping[str, Any],
    documents: Mapping[str, bytes],
    packets: Iterable[tuple[int, int]],
    at: dt.datetime,
) -> str:
    """Write a bundle and return its SHA-256.  ``packets`` are (segment, offset) of sealed spool records.

    The manifest is entered in the ledger, a checkpoint is signed over it.  BadInput when a packet is not sealed yet.
    """
    places = sorted(set(packets))
    stretches = _stretches(log.Log(data_dir))
    proved = [_packet(data_dir, stretches, number, offset) for number, offset in places]
    inside = {f"files/{name}": content for name, content in documents.items()}
    inside |= {f"packets/{n}.bin": record for n, (record, _) in enumerate(proved)}
    manifest = spelled({
        "format": FORMAT,
        "about": dict(about),
        "at": at.isoformat(),
        "files": [{"name": n, "size": len(c), "sha256": hashlib.sha256(c).hexdigest()} for n, c in sorted(inside.items())],
        "packets": [{"name": f"packets/{n}.bin", "segment": s, "offset": o} for n, (s, o) in enumerate(places)],
    })
    index = log.append(data_dir, [hashlib.sha256(manifest).digest()], kind="bundle", at=at)
    signed = log.sign_checkpoint(data_dir, at)
    ledger = log.Log(data_dir)
    proofs = {"manifest": _leaf_proof(ledger, index, signed.size), "packets": [
        {**inner, **_leaf_proof(ledger, inner["index"], signed.size)} for _, inner in proved
    ]}
    inside |= {"manifest.json": manifest, "proofs.json": spelled(proofs), "checkpoint": signed.text.encode()}
    inside["key.pub"] = layout.public_key(data_dir).read_bytes()
    data = _container(inside)
    files.write_whole(Path(path), data)
    return hashlib.sha256(data).hexdigest()


def _stretches(ledger: log.Log) -> list[tuple[int, Entry]]:
    return [(n, entry) for n, entry in enumerate(ledger.entries()) if entry.kind == "spool"]


def _packet(data_dir: Path | str, stretches: list[tuple[int, Entry]], number: int, offset: int) -> tuple[bytes, dict[str, Any]]:
    """The record's bytes, and its place in its sealed stretch with the path to the stretch's root."""
    covering = [(n, e.place) for n, e in stretches if e.place["segment"] == number and e.place["began"] <= offset < e.place["ended"]]
    if not covering:
        raise BadInput(f"缓存段 {number} 第 {offset} 字节处的数据包还没有封存；封存每分钟进行一次，请稍后再试")
    index, place = covering[0]
    data = (layout.spool(data_dir) / f"{number:010d}.seg").read_bytes()
    records = records_of(data, number, place["began"], place["ended"])
    inner = [n for n, record in enumerate(records) if record.offset == offset]
    if not inner:
        raise BadInput(f"缓存段 {number} 第 {offset} 字节处不是一个完好的数据包")
    tree = _Tree([proof.leaf_hash(data[r.offset : r.ended]) for r in records])
    path = [h.hex() for h in proof.inclusion(inner[0], len(records), tree.get)]
    record = records[inner[0]]
    return data[record.offset : record.ended], {"index": index, "record": inner[0], "records": len(records), "record_path": path}


class _Tree:
    """A tree in memory, for the proofs inside one stretch."""

    def __init__(self, leaves: list[bytes]) -> None:
        self.hashes: list[bytes] = []
        for n, leaf in enumerate(leaves):
            self.hashes += proof.appended(n, leaf, self.get)

    def get(self, level: int, index: int) -> bytes:
        return self.hashes[proof.stored_index(level, index)]


def _leaf_proof(ledger: log.Log, index: int, size: int) -> dict[str, Any]:
    return {
        "index": index,
        "leaf": ledger.leaf_bytes(index).decode(),
        "path": [h.hex() for h in ledger.inclusion(index, size)],
    }


def _container(inside: Mapping[str, bytes]) -> bytes:
    """A zip file that depends on nothing but its contents."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(inside):
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.create_system, info.external_attr = 3, 0o644 << 16
            archive.writestr(info, inside[name])
    return buffer.getvalue()


def verify(path: Path | str, *, public_line: str | None = None) -> Verified:
    """Check a bundle with nothing but the file.  Corrupt with the reason on any change; BadInput when it is no bundle.

    ``public_line``: the agency's published key; without it the bundle's own key is used and only consistency is proved.
    """
    inside = _unpack(Path(path))
    name_of_key = inside["key.pub"].decode("utf-8", "replace").removesuffix("\n")
    if public_line is not None and public_line.strip() != name_of_key:
        raise Corrupt("证据包不是用所给公钥的账本封存的")
    _, public = checkpoint.read_verifier_line(name_of_key)
    signed = checkpoint.read(inside["checkpoint"].decode("utf-8", "replace"), public)
    manifest, proofs = _json(inside, "manifest.json"), _json(inside, "proofs.json")
    leaf = _proved_leaf(proofs["manifest"], signed, "清单")
    if leaf.kind != "bundle" or leaf.digest != hashlib.sha256(inside["manifest.json"]).digest():
        raise Corrupt("清单（manifest.json）与账本中封存的不一致")
    _check_files(manifest, inside)
    _check_packets(manifest, proofs, inside, signed)
    return Verified(manifest, signed, hashlib.sha256(public).hexdigest())


def _unpack(path: Path) -> dict[str, bytes]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadInput(f"读不到证据包 {path}：{error.strerror}") from error
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            inside = {info.filename: archive.read(info) for info in archive.infolist()}
    except Exception as error:  # zipfile raises a dozen kinds on bad bytes
        if data[:4] == b"PK\x03\x04":
            raise Corrupt(f"证据包的容器被改动过：{error}") from error
        raise BadInput(f"{path} 不是证据包；应为 qingyuan bundle 生成的文件") from error
    missing = [name for name in _TEXTS if name not in inside]
    if missing and not set(inside) & set(_TEXTS):
        raise BadInput(f"{path} 不是证据包；其中没有 {'、'.join(missing)}")
    if missing:
        raise Corrupt(f"证据包缺少 {'、'.join(missing)}")
    if _container(inside) != data:
        raise Corrupt("证据包的容器被改动过：重新生成的容器与原文件不同")
    return inside


def _json(inside: Mapping[str, bytes], name: str) -> Any:
    try:
        said = json.loads(inside[name])
    except ValueError as error:
        raise Corrupt(f"{name} 读不出来，已被改动") from error
    if spelled(said) != inside[name]:
        raise Corrupt(f"{name} 不是固定写法，已被改动")
    return said


def _hashes(path: list[str]) -> list[bytes]:
    hashes = [bytes.fromhex(h) for h in path]
    if [h.hex() for h in hashes] != path:
        raise Corrupt("证明中的散列不是固定写法，已被改动")
    return hashes


def _proved_leaf(said: Mapping[str, Any], signed: checkpoint.Checkpoint, what: str) -> Entry:
    try:
        data, path, index = said["leaf"].encode(), _hashes(said["path"]), said["index"]
    except (KeyError, ValueError, AttributeError, TypeError) as error:
        raise Corrupt(f"{what}的证明读不出来，已被改动") from error
    if not isinstance(index, int) or not proof.includes(proof.leaf_hash(data), index, signed.size, path, signed.root):
        raise Corrupt(f"{what}的证明不成立：它不在签名的账本里")
    return Entry.from_bytes(data)


def _check_files(manifest: Mapping[str, Any], inside: Mapping[str, bytes]) -> None:
    listed = {one["name"]: one for one in manifest["files"]}
    there = set(inside) - set(_TEXTS)
    for name in sorted(there ^ set(listed)):
        raise Corrupt(f"{name} {'不在清单里' if name in there else '在清单里，但文件不见了'}")
    for name, one in listed.items():
        if hashlib.sha256(inside[name]).hexdigest() != one["sha256"]:
            raise Corrupt(f"{name} 的内容与清单不一致，已被改动")


def _check_packets(manifest: Mapping[str, Any], proofs: Any, inside: Mapping[str, bytes], signed: checkpoint.Checkpoint) -> None:
    if not isinstance(proofs.get("packets"), list) or len(proofs["packets"]) != len(manifest["packets"]):
        raise Corrupt("数据包的证明数目与清单不一致")
    for packet, said in zip(manifest["packets"], proofs["packets"], strict=True):
        name = packet["name"]
        entry = _proved_leaf(said, signed, name)
        place, record = entry.place, inside[name]
        fits = entry.kind == "spool" and place["segment"] == packet["segment"] and place["records"] == said.get("records")
        if not fits or not place["began"] <= packet["offset"] < place["ended"]:
            raise Corrupt(f"{name} 的位置与封存的段不一致")
        if not _is_in(record, said, entry):
            raise Corrupt(f"{name} 的证明不成立：它不在封存的段里")
        if not segment.is_record(record, packet["segment"], packet["offset"]):
            raise Corrupt(f"{name} 不是缓存段 {packet['segment']} 第 {packet['offset']} 字节处的数据包")


def _is_in(record: bytes, said: Mapping[str, Any], entry: Entry) -> bool:
    try:
        path = _hashes(said["record_path"])
        return proof.includes(proof.leaf_hash(record), int(said["record"]), int(said["records"]), path, entry.digest)
    except (KeyError, ValueError, TypeError):
        return False
