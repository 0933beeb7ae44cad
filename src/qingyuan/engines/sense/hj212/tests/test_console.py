import json

from click.testing import CliRunner

from qingyuan.cli import main
from qingyuan.engines.sense.hj212.console import hj212
from qingyuan.engines.sense.hj212.message import parse

from .vectors import SOUND, vectors


def decode(data: bytes, *options: str) -> list[dict[str, object]]:
    """The JSON lines that decode prints for these bytes."""
    result = CliRunner().invoke(hj212, ["decode", "--json", *options], input=data)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_decode_accounts_for_every_byte() -> None:
    data = b"noise" + b"".join(SOUND) + b"##01"
    rows = decode(data)
    assert sum(r["bytes"] for r in rows) == len(data)
    assert [r["offset"] for r in rows] == [sum(r["bytes"] for r in rows[:i]) for i in range(len(rows))]


def test_encode_is_the_inverse_of_decode() -> None:
    clean = b"".join(raw for raw in SOUND if parse(raw).ok) + b"noise"
    lines = "".join(json.dumps(r) + "\n" for r in decode(clean))
    result = CliRunner().invoke(hj212, ["encode"], input=lines)
    assert result.stdout_bytes == clean


def test_decode_opens_encrypted_packets_with_a_key() -> None:
    raw = next(v["bytes"] for v in vectors("official-encrypted") if v["enc"] == "latin1")
    (row,) = decode(raw, "--key", "0" * 16)
    assert row["encrypted"] is True and row["ok"] is True


def test_bad_json_is_one_line_and_exit_2(tmp_path, capsys) -> None:
    wrong = tmp_path / "x.jsonl"
    wrong.write_text('{"st":"32"}\n{oops\n', encoding="utf-8")
    assert main(["hj212", "encode", str(wrong)]) == 2
    assert "第2行不是JSON" in capsys.readouterr().err


def test_a_key_of_the_wrong_length_is_refused_with_its_section(tmp_path, capsys) -> None:
    empty = tmp_path / "x"
    empty.write_bytes(b"")
    assert main(["hj212", "decode", str(empty), "--key", "short"]) == 2
    assert "HJ 212-2025 §6.4" in capsys.readouterr().err


def test_the_human_form_says_what_is_wrong() -> None:
    result = CliRunner().invoke(hj212, ["decode"], input=b"xx" + SOUND[0][:-6] + b"1C08\r\n")
    assert "垃圾 2字节" in result.stdout and "校验码写1C08，应为1C80" in result.stdout
