"""``qingyuan verify FILE``: check an evidence bundle with nothing but the file."""

from __future__ import annotations

import json
from pathlib import Path

import click

from qingyuan.errors import Corrupt

from . import bundle


@click.command("verify")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--key", "key_file", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="机关公布的公钥文件（key.pub）；不给则只验证包内自洽")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出")
def verify(file: Path, key_file: Path | None, as_json: bool) -> int:
    """验证证据包：任何一个字节被改动都会说明在哪里。"""
    public_line = key_file.read_text(encoding="utf-8").strip() if key_file is not None else None
    try:
        found = bundle.verify(file, public_line=public_line)
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
            "key_checked": public_line is not None,
        }
        click.echo(json.dumps(said, ensure_ascii=False))
        return 0
    click.echo(f"证据包完好：{len(manifest['files'])} 个文件，其中 {len(manifest['packets'])} 个原始数据包")
    click.echo(f"封存于 {found.checkpoint.at.isoformat()}，账本共 {found.checkpoint.size} 条")
    note = "与所给公钥一致" if public_line is not None else "请与机关公布的公钥指纹核对"
    click.echo(f"公钥指纹（SHA-256）{found.fingerprint}，{note}")
    return 0
