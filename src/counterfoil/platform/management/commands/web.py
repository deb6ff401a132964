"""`counterfoil web`: the pages."""

import gc
import os
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import CommandError
from django.db import connection
from django.urls import URLPattern, URLResolver, get_resolver

from counterfoil.platform.argument_types import whole_number
from counterfoil.platform.cli.base_command import CounterfoilCommand
from counterfoil.platform.processes.launcher import CANNOT_START, in_the_way
from counterfoil.platform.processes.privileges import become_server_user
from counterfoil.platform.processes.web_server import serve
from counterfoil.platform.wsgi import application
from counterfoil.stores.integrations.public_address import note_public_address

THREADS = min(8, 2 * (os.cpu_count() or 1) + 1)  # more would only wait for each other


class Command(CounterfoilCommand):
    help = "Runs the pages until Ctrl-C or SIGTERM."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="Address of the pages (127.0.0.1).")
        parser.add_argument("--port", type=whole_number(1, 65535), default=8000, help="Port of the pages (8000).")
        parser.add_argument(
            "--threads", type=whole_number(1, 64), default=THREADS, help=f"Requests at once ({THREADS})."
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        note_public_address()
        host, port = options["host"], options["port"]
        if trouble := in_the_way(host, port):
            raise CommandError(trouble, returncode=CANNOT_START)
        connection.close()
        _load(get_resolver())
        gc.freeze()
        serve(
            application,
            host=host,
            port=port,
            threads=options["threads"],
            trusts_proxy=settings.HTTPS,
            when_listening=become_server_user,
        )


def _load(pages: URLResolver | URLPattern) -> None:
    """Imports the pages, as the first request would. They stay to the end: looking through them for garbage would stop
    everyone for a tenth of a second now and then."""
    for each in getattr(pages, "url_patterns", ()):
        _load(each)
