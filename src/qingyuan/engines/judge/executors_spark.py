"""Units over a Spark cluster: one task per batch, the same functions over the same files, results in the order of the units.

The data directory must lie where every executor sees it under the same path (shared storage), and every executor's Python
must have qingyuan.  Nothing of a rule, a source or a finding knows of Spark.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from qingyuan.errors import BadInput, QingyuanError

Unit = TypeVar("Unit")
Result = TypeVar("Result")
MASTERS = ("spark://", "k8s://", "local-cluster[", "local[", "yarn")


def is_master(name: str) -> bool:
    """Return whether an engine's name is the address of a Spark cluster."""
    return name.startswith(MASTERS)


def over(master: str) -> Callable[[Callable[[Unit], Result], Iterable[Unit]], Iterator[Result]]:
    """Return the mapper of one cluster.  Raises BadInput where Spark or Java is missing, or the cluster cannot be reached."""

    def mapped(work: Callable[[Unit], Result], units: Iterable[Unit]) -> Iterator[Result]:
        todo = list(units)
        if not todo:
            return
        context = _context(master)
        shared = context.broadcast(work)  # sent once to each executor, with the source and its dimension tables
        try:
            for result, wrong in context.parallelize(todo, len(todo)).map(lambda unit: _answer(shared.value, unit)).collect():
                if wrong is not None:
                    raise wrong
                yield result
        finally:
            shared.unpersist()

    return mapped


def _answer(work: Callable[[Unit], Result], unit: Unit) -> tuple[Result | None, QingyuanError | None]:
    """Do one unit in an executor; what a user did wrong comes home as it is, not wrapped in Java."""
    try:
        return work(unit), None
    except QingyuanError as wrong:
        return None, wrong


def _context(master: str) -> Any:
    """Return this process's Spark context; it lives as long as the process, so that a second stage need not start one."""
    try:
        from pyspark import SparkConf, SparkContext
    except ImportError:
        raise BadInput("没有安装 pyspark，不能用 Spark 执行；请安装 requirements-dev 中的 pyspark，或改用 --engine processes", field="engine") from None
    if shutil.which("java") is None and not os.environ.get("JAVA_HOME"):
        raise BadInput("没有找到 Java，不能用 Spark 执行；请安装 openjdk-17-jre-headless，或改用 --engine processes", field="engine")
    running = SparkContext._active_spark_context
    if running is not None and running.master == master:
        return running
    if running is not None:
        running.stop()
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    try:
        return SparkContext(conf=_settings(SparkConf(), master))
    except Exception as error:
        raise BadInput(f"连不上 Spark 集群 {master}：{_first_line(error)}；地址应形如 spark://主机:7077 或 local-cluster[2,1,1024]", field="engine") from error


def _settings(conf: Any, master: str) -> Any:
    """Return the settings a judging run needs; spark-defaults.conf and --conf of spark-submit stand above them."""
    told = {
        "spark.app.name": "qingyuan judge",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "ERROR",
        "spark.driver.memory": "512m",
        "spark.executorEnv.PYTHONPATH": os.pathsep.join([str(Path(__file__).resolve().parents[3]), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep),
    }
    for name, value in told.items():
        conf.setIfMissing(name, value)
    return conf.setMaster(master)


def stop() -> None:
    """End this process's Spark context, if there is one."""
    from pyspark import SparkContext

    if SparkContext._active_spark_context is not None:
        SparkContext._active_spark_context.stop()


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
