"""The three processes of a real installation, and Django's own commands for the operator."""

from __future__ import annotations

import os
import sys

import click


def use_django() -> None:
    """Load the settings and the records; every command that needs the database begins with this."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qingyuan.settings")
    import django

    django.setup()


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def manage(arguments: tuple[str, ...]) -> None:
    """Django's management commands (migrate, createsuperuser, check …)."""
    use_django()
    from django.core.management import execute_from_command_line

    execute_from_command_line(["qingyuan manage", *arguments])


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--workers", default=1, show_default=True)
def web(host: str, port: int, workers: int) -> None:
    """The screens and the API, served by granian."""
    use_django()
    from granian import Granian
    from granian.constants import Interfaces

    Granian("qingyuan.wsgi:application", address=host, port=port, interface=Interfaces.WSGI, workers=workers, blocking_threads=2).serve()


@click.command()
@click.option("--once", is_flag=True, help="one round of every loop, then end")
def worker(once: bool) -> None:
    """The loops: ingest, seal, judge, intake."""
    use_django()
    from qingyuan.worker import run

    run(once=once, out=sys.stderr)
