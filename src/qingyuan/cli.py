"""The command line.  Each room brings its own commands; this file only knows where they are.

Exit 0 = done; 1 = the thing checked does not hold; 2 = wrong use or unreadable input, one clear line on stderr.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module

import click

from .errors import Corrupt, QingyuanError

COMMANDS = {
    # engines and law: no database, no Django
    "hj212": "qingyuan.engines.sense.console:hj212",
    "gateway": "qingyuan.engines.sense.console:gateway",
    "simulate": "qingyuan.engines.sense.console:simulate",
    "province": "qingyuan.engines.province.console:province",
    "lake": "qingyuan.engines.store.console:lake",
    "judge": "qingyuan.engines.judge.console:judge",
    "explain": "qingyuan.engines.judge.console:explain",
    "whatif": "qingyuan.engines.judge.console:whatif",
    "score": "qingyuan.engines.judge.console:score",
    "trace": "qingyuan.engines.trace.console:trace",
    "verify": "qingyuan.verification:verify",
    "draw": "qingyuan.engines.draw.console:draw",
    "law": "qingyuan.law.console:law",
    "clock": "qingyuan.law.console:clock",
    "penalty": "qingyuan.law.penalty.console:penalty",
    # the records and the screens
    "import": "qingyuan.imports:import_file",
    "bench": "qingyuan.benchmarks:bench",
    "demo": "qingyuan.demo:demo",
    "web": "qingyuan.processes:web",
    "worker": "qingyuan.processes:worker",
    "manage": "qingyuan.processes:manage",
    "backup": "qingyuan.backup:backup",
    "restore": "qingyuan.backup:restore",
    "doctor": "qingyuan.doctor:doctor",
}


class Rooms(click.Group):
    """A group that imports a command only when it is asked for, so that a codec needs no database."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        where = COMMANDS.get(name)
        if where is None:
            return None
        module, attribute = where.split(":")
        return getattr(import_module(module), attribute)


@click.group(cls=Rooms, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name=None, version=__import__("qingyuan").__version__)
def main_group() -> None:
    """清源 Qingyuan: from a sensor packet to a closed case."""


def main(argv: list[str] | None = None) -> int:
    """Run one command and turn every expected failure into one line and an exit code."""
    try:
        result = main_group.main(args=argv, standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.ClickException as error:
        error.show()
        return 2
    except Corrupt as error:
        click.echo(f"qingyuan: {error}", err=True)
        return 1
    except QingyuanError as error:
        click.echo(f"qingyuan: {error}", err=True)
        return 2
    except (click.Abort, KeyboardInterrupt):
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


if __name__ == "__main__":
    sys.exit(main())
