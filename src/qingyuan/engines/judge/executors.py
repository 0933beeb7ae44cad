"""How units are mapped: one after the other, over processes, or over a Spark cluster.  The same functions, the same findings.

An executor is a function of the shape ``Mapper``; Spark's is in executors_spark.py.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import Any, TypeVar

from qingyuan.errors import BadInput

from . import executors_spark

Unit = TypeVar("Unit")
Result = TypeVar("Result")
Mapper = Callable[[Callable[[Unit], Result], Iterable[Unit]], Iterator[Result]]


def serial(work: Callable[[Unit], Result], units: Iterable[Unit]) -> Iterator[Result]:
    """Do one unit after the other in this process."""
    return map(work, units)


def processes(work: Callable[[Unit], Result], units: Iterable[Unit]) -> Iterator[Result]:
    """Spread units over one process per core; results come in the order of the units."""
    workers = os.cpu_count() or 1
    context = multiprocessing.get_context("forkserver")
    with _no_main(), ProcessPoolExecutor(workers, mp_context=context, initializer=_learn, initargs=(work,)) as pool:
        yield from pool.map(_do, units, chunksize=1)


_learnt: list[Callable[[Any], Any]] = []


def _learn(work: Callable[[Any], Any]) -> None:
    """Keep the work, and with it the source and its dimension tables, for all units of this process."""
    _learnt.append(work)


def _do(unit: Any) -> Any:
    return _learnt[-1](unit)


@contextlib.contextmanager
def _no_main() -> Iterator[None]:
    """Keep workers from running the caller's script again: the installed command has no main guard, and no worker needs it."""
    script = sys.modules["__main__"]
    file = script.__dict__.pop("__file__", None)
    try:
        yield
    finally:
        if file is not None:
            script.__dict__["__file__"] = file


EXECUTORS = {"serial": serial, "processes": processes}


def named(name: str) -> Callable[..., Iterator[Result]]:
    """Return an executor by name or by the address of a Spark cluster; raises BadInput with the names that exist."""
    if executors_spark.is_master(name):
        return executors_spark.over(name)
    if name not in EXECUTORS:
        raise BadInput(f"没有名为 {name} 的执行方式，可用：{'、'.join(EXECUTORS)}，或 Spark 集群地址（spark://主机:7077、local-cluster[2,1,1024]）", field="engine")
    return EXECUTORS[name]
