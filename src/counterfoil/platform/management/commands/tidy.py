"""`counterfoil tidy`: removes what is kept for a time only; the worker does it every hour."""

from typing import Any

from counterfoil.platform.cli.base_command import CounterfoilCommand
from counterfoil.platform.worker.retention import delete_expired

WORDS = {
    "versions": "old versions of orders",
    "log_lines": "lines of the web integration log",
    "audit_lines": "lines of the audit log",
    "sessions": "ended logins",
    "idempotency_keys": "responses to API requests",
    "api_acts": "API token history",
    "events": "events of webhooks and the API",
    "shipstation_notices": "processed notices from ShipStation",
}


class Command(CounterfoilCommand):
    help = "Removes what is only kept for a limited time: old versions of orders, old log lines. Workers do it hourly."

    def handle(self, *_args: Any, **options: Any) -> None:
        removed = delete_expired()
        if options["json"]:
            self.print_json(removed)
            return
        self.say("Removed: " + ", ".join(f"{number:,} {WORDS[what]}" for what, number in removed.items()) + ".")
