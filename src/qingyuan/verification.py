"""``qingyuan verify FILE``: an evidence bundle, a capture manifest or a signed document, with nothing but the file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from qingyuan.engines.ledger.console import verify as verify_bundle
from qingyuan.records.docket.writing import signature
from qingyuan.records.docket.writing.signature import Read


@click.command("verify")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--key", "key_file", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="机关公布的公钥（证据包）或者根证书（PDF）；不给则只验证文件自洽")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出")
@click.pass_context
def verify(ctx: click.Context, file: Path, key_file: Path | None, as_json: bool) -> Any:
    """验证证据包、现场采集清单，或者带电子签名的文书 PDF：任何一个字节被改动都会说明。"""
    if file.is_file() and file.open("rb").read(5) == b"%PDF-":
        return verify_pdf(file, key_file, as_json)
    return ctx.invoke(verify_bundle, file=file, key_file=key_file, as_json=as_json)


def verify_pdf(file: Path, key_file: Path | None, as_json: bool) -> int:
    """Whose signature, and whether a byte changed; the exit status is 1 for a file that is not as it was signed."""
    found = signature.read(file.read_bytes(), root=key_file.read_bytes() if key_file else None)
    problem = problem_of(found)
    if as_json:
        said = {"ok": not problem, "reason": problem}
        if found is not None:
            said |= {"signer": found.signer, "issuer": found.issuer, "at": found.at.isoformat() if found.at else None, "certificate_sha256": found.fingerprint}
            said |= {"is_intact": found.is_intact, "is_whole": found.is_whole, "is_trusted": found.is_trusted}
        click.echo(json.dumps(said, ensure_ascii=False))
        return 1 if problem else 0
    click.echo(problem or "文书完好：签名之后没有改动一个字节")
    if found is not None:
        click.echo(f"签名人 {found.signer}，颁发者 {found.issuer}，签名时间 {found.at.isoformat() if found.at else '未写明'}")
        note = "证书由所给根证书颁发" if found.is_trusted else "请与机关公布的证书指纹核对"
        click.echo(f"证书指纹（SHA-256）{found.fingerprint}，{note}")
    return 1 if problem else 0


def problem_of(found: Read | None) -> str:
    """What is wrong, as a sentence; "" when nothing is."""
    if found is None:
        return "这个 PDF 没有能读出的电子签名；未签名的原件请在文书核验页上比对摘要"
    if not found.is_intact:
        return "已签名的内容被改动，签名无效"
    if not found.is_whole:
        return "签名之后被添加了内容，不是签名时的原样"
    return "证书不是所给根证书颁发的，签名人不可信" if found.is_trusted is False else ""
