"""The commands as a shell sees them: ``qingyuan gateway`` and ``qingyuan simulate``."""

from __future__ import annotations

import json
import signal
import subprocess
import sys

import pytest

from qingyuan import cli
from qingyuan.engines.sense import spool


def simulated(capsys, *arguments: str) -> tuple[int, dict]:
    code = cli.main(["simulate", *arguments])
    return code, json.loads(capsys.readouterr().out)


def test_the_gateway_serves_until_told_to_stop_and_leaves_the_spool_in_good_order(tmp_path, capsys):
    command = [sys.executable, "-m", "qingyuan", "gateway", "--data", str(tmp_path / "a"), "--port", "0"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        ready = next(line for line in server.stdout if "网关已就绪" in line)
        target = ready.split("：")[1].split("，")[0]
        code, report = simulated(capsys, "--connect", target, "--hours", "1", "--limit", "60")
        assert code == 0 and report["uploads"] == report["acknowledged"] >= 60
        assert report["latency_ms"]["p99"] >= report["latency_ms"]["p50"] > 0
        before = len(list(spool.read(tmp_path / "a" / "spool")))
        again = cli.main(["simulate", "--connect", target, "--replay", str(tmp_path / "a")])
        replayed = json.loads(capsys.readouterr().out)
        assert again == 0 and replayed["answers"] == before
    finally:
        server.send_signal(signal.SIGTERM)
        server.stdout.read()
        assert server.wait(10) == 0
    again = spool.Spool(tmp_path / "a" / "spool", at_us=1)
    assert again.recovered == []
    again.close()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["simulate", "--connect", "nowhere"], "主机:端口"),
        (["simulate", "--preset", "atlantis"], "没有名为 atlantis"),
        (["simulate", "--anchor", "yesterday"], "ISO 8601"),
        (["gateway", "--port", "70000"], "70000"),
        (["gateway", "--mqtt", "host:x"], "--mqtt 应为"),
    ],
)
def test_wrong_use_is_one_line_and_exit_two(arguments, says, capsys):
    assert cli.main(arguments) == 2
    error = capsys.readouterr().err
    assert says in error and "Traceback" not in error


def test_a_simulation_without_a_server_says_so_before_it_computes_a_province(capsys):
    assert cli.main(["simulate", "--preset", "chongqing", "--connect", "127.0.0.1:1"]) == 2
    assert "连不上 127.0.0.1:1" in capsys.readouterr().err
