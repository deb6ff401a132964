"""`counterfoil worker`: a worker."""

from argparse import ArgumentParser
from typing import Any

from django.db import connection

from counterfoil.platform.argument_types import whole_number
from counterfoil.platform.cli.base_command import CounterfoilCommand
from counterfoil.platform.processes.privileges import become_server_user
from counterfoil.platform.worker import loop
from counterfoil.stores.integrations.installation import this_installation
from counterfoil.stores.integrations.public_address import note_public_address


class Command(CounterfoilCommand):
    help = "Runs a worker until Ctrl-C or SIGTERM. You can run several."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--concurrency", type=whole_number(1, 4), default=4, help="Stores at once, 4 at most (4).")

    def handle(self, *_args: Any, **options: Any) -> None:
        note_public_address()
        this_installation()  # found out as root, who may look into the data directory
        connection.close()
        become_server_user()
        loop.run(concurrency=options["concurrency"])
