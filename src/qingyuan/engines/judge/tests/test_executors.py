"""One laptop or a cluster: serial, processes and Spark find the same, copied series across facilities included."""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import shutil

import pytest

from qingyuan.cli import main
from qingyuan.engines.judge import executors, executors_spark
from qingyuan.engines.judge.run import judge
from qingyuan.engines.province.lay_out import Drawing, finish
from qingyuan.engines.province.plan import CHINA, Division, Planting
from qingyuan.engines.store import planting
from qingyuan.errors import BadInput

CLUSTER = "local-cluster[2,1,1024]"
BEGAN, ENDED = dt.datetime(2026, 9, 14, tzinfo=CHINA), dt.datetime(2026, 9, 16, tzinfo=CHINA)
HOUR = dt.timedelta(hours=1)
COUNTY = Division("990102000000", "清河区", "county", "990100000000", 104.0, 36.6)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Five facilities in different buckets over two days, with an exceedance, a flat line, a silence and a copy of a neighbour's numbers."""
    drawing = Drawing(5, random.Random(5))
    drawing.divisions.append(COUNTY)
    made = [drawing.facility(COUNTY, f"示范{place}热力", ("boiler",)) for place in range(4)] + [drawing.facility(COUNTY, "示范水务", ("sewage",))]
    mns = [next(point.mn for point in drawing.points if point.facility == one.code) for one in made]
    planted = (
        Planting("hourly_mean_exceedance", made[0].code, mns[0], "a21002", BEGAN + 3 * HOUR, BEGAN + 8 * HOUR, "exceed", {"times": 1.6}),
        Planting("flat_line", made[1].code, mns[1], "a21026", BEGAN + 5 * HOUR, BEGAN + 30 * HOUR, "freeze"),
        Planting("copied_between_points", made[2].code, mns[2], "", BEGAN, ENDED, "borrow", {"from_mn": mns[3]}),
        Planting("offline", made[4].code, mns[4], "", BEGAN + 20 * HOUR, BEGAN + 29 * HOUR, "silence"),
    )
    plan = finish(drawing, "small", "示范", ENDED, planted=planted)
    folder = tmp_path_factory.mktemp("lake")
    planting.plant(folder, plan, BEGAN, ENDED, kinds=("minute", "hour", "day"))
    return folder


@pytest.fixture(scope="module")
def cluster():
    """A real cluster: a master, two workers, two executors, each a process of its own."""
    if shutil.which("java") is None and not os.environ.get("JAVA_HOME"):
        pytest.skip("NO JAVA HERE: Spark executors are not tested (install openjdk-17-jre-headless)")
    yield CLUSTER
    executors_spark.stop()


def lines(data, engine, rules=None):
    return [one.line() for one in judge(data, began=BEGAN, ended=ENDED, rules=rules, executor=engine)]


def process_of(unit):
    return os.getpid()


def test_processes_find_what_one_process_finds(data):
    assert lines(data, "processes") == lines(data, "serial") != []


@pytest.mark.services
def test_a_spark_cluster_finds_what_one_process_finds(data, cluster):
    assert os.getpid() not in set(executors.named(cluster)(process_of, range(4))), "executors are processes of their own"
    found = lines(data, cluster)
    assert found == lines(data, "serial")
    told = [json.loads(line) for line in found]
    assert {"hourly_mean_exceedance", "flat_line", "offline"} <= {one["rule"] for one in told}
    copied = [one["working"]["rows"] for one in told if one["rule"] == "copied_between_points"]
    assert copied and all(left["facility"] != right["facility"] for left, right in copied)


@pytest.mark.services
def test_the_command_line_judges_on_a_cluster(data, cluster, capsys):
    window = ["--data", str(data), "--from", "2026-09-14", "--to", "2026-09-16", "--rule", "hourly_mean_exceedance", "--json"]
    assert main(["judge", *window, "--engine", cluster]) == 0
    on_cluster = capsys.readouterr().out
    assert main(["judge", *window]) == 0
    assert capsys.readouterr().out == on_cluster != ""


@pytest.mark.services
def test_what_a_user_did_wrong_comes_home_from_an_executor_in_one_sentence(data, cluster, capsys):
    window = ["--data", str(data), "--from", "2026-09-14", "--to", "2026-09-16", "--rule", "flat_line"]
    assert main(["whatif", *window, "--param", "colour=1", "--engine", cluster]) == 2
    assert "没有参数 colour" in capsys.readouterr().err


def test_an_unknown_engine_is_told_which_there_are():
    with pytest.raises(BadInput, match=r"serial、processes，或 Spark"):
        executors.named("hadoop")


def test_without_java_a_cluster_is_refused_in_words(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(BadInput, match="openjdk-17-jre-headless"):
        list(executors.named(CLUSTER)(abs, [1]))
