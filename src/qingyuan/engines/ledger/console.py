"""``qingyuan verify FILE``: check an evidence bundle with nothing but the file."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import click

from qingyuan.errors import Corrupt

from . import bundle, captures


@click.command("verify")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--key", "key_file", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="机关公布的公钥文件（key.pub）；不给则只验证包内自洽")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出")
def verify(file: Path, key_file: Path | None, as_json: bool) -> int:
    """验证证据包，或者现场采集清单：任何一个字节被改动都会说明在哪里。"""
    manifest_of_captures = read_captures(file)
    if manifest_of_captures is not None:
        return verify_captures(manifest_of_captures, as_json)
    public_line = key_file.read_text(encoding="utf-8").strip() if key_file is not None else None
    try:
        found = bundle.verify(file, public_line=public_line)
        held = captures_in(file)
    except Corrupt as error:
        if not as_json:
            raise
        click.echo(json.dumps({"ok": False, "reason": str(error)}, ensure_ascii=False))
        return 1
    manifest = found.manifest
    if as_json:
        said = {
            "ok": True, "about": manifest["about"], "files": len(manifest["files"]), "packets": len(manifest["packets"]),
            "sealed_at": found.checkpoint.at.isoformat(), "leaves": found.checkpoint.size, "key_sha256": found.fingerprint,
            "key_checked": public_line is not None, "captures": [{"task": one.task, "count": len(one.digests), "absent": list(one.absent)} for one in held],
        }
        click.echo(json.dumps(said, ensure_ascii=False))
        return 0
    click.echo(f"证据包完好：{len(manifest['files'])} 个文件，其中 {len(manifest['packets'])} 个原始数据包")
    for one in held:
        where = f"第 {'、'.join(map(str, one.absent))} 条的文件不在包内或者内容不同" if one.absent else "文件均在包内"
        click.echo(f"其中现场采集清单完好：任务 {one.task}，{len(one.digests)} 条，{where}")
    click.echo(f"封存于 {found.checkpoint.at.isoformat()}，账本共 {found.checkpoint.size} 条")
    note = "与所给公钥一致" if public_line is not None else "请与机关公布的公钥指纹核对"
    click.echo(f"公钥指纹（SHA-256）{found.fingerprint}，{note}")
    return 0


def read_captures(file: Path) -> Any:
    """What a capture manifest says; None when the file is something else."""
    try:
        content = file.read_bytes() if file.is_file() else b""
        told = json.loads(content) if content[:1] == b"{" else None
    except ValueError:
        return None
    return told if isinstance(told, dict) and told.get("format") == captures.FORMAT else None


def verify_captures(told: Any, as_json: bool) -> int:
    """Check a manifest by itself: chain and signatures."""
    try:
        found = captures.verify(told)
    except Corrupt as error:
        if not as_json:
            raise
        click.echo(json.dumps({"ok": False, "reason": str(error)}, ensure_ascii=False))
        return 1
    if as_json:
        said = {"ok": True, "device": found.device, "task": found.task, "captures": list(found.digests), "key_sha256": found.fingerprint}
        click.echo(json.dumps(said, ensure_ascii=False))
        return 0
    click.echo(f"采集清单完好：任务 {found.task}，设备 {found.device}，{len(found.digests)} 条，签名和前后衔接均成立")
    click.echo(f"设备公钥指纹（SHA-256）{found.fingerprint}，请与登记的设备核对")
    return 0


def captures_in(file: Path) -> list[captures.Checked]:
    """The capture manifests a bundle holds, each checked against the files beside it."""
    with zipfile.ZipFile(file) as archive:
        files = {name: archive.read(name) for name in archive.namelist() if name.startswith("files/")}
    return [captures.verify(told, files) for _, told in captures.manifests_in(files)]
