"""`counterfoil web`: the pages."""

import os
from argparse import ArgumentParser
from typing import Any

from django.db import connection
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from counterfoil.platform.command import CounterfoilCommand
from counterfoil.platform.numbers import whole_number
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
        connection.close()
        Granian(
            "counterfoil.platform.web_worker:application",
            address=options["host"],
            port=options["port"],
            interface=Interfaces.WSGI,
            blocking_threads=options["threads"],
            websockets=False,
            log_level=LogLevels.warning,
            respawn_failed_workers=True,
            workers_kill_timeout=8,
        ).serve()
