"""`counterfoil attention`: what needs a person."""

from typing import Any

from counterfoil.platform.cli.base_command import NEEDS_PERSON, CounterfoilCommand
from counterfoil.stores.attention.items import attention
from counterfoil.stores.json_output import attention_row


class Command(CounterfoilCommand):
    help = "Lists what needs attention, oldest first. Exits with 1 if there is anything."

    def handle(self, *_args: Any, **options: Any) -> None:
        rows = [attention_row(item) for item in attention()]
        if options["json"]:
            self.print_json(rows)
        else:
            columns = {
                "import_id": "Import ID",
                "store": "Store",
                "sentence": "Why",
                "next_step": "What to do",
                "since": "Since",
            }
            self.print_table(rows, columns, empty="All caught up.")
        if rows:
            self.end(NEEDS_PERSON)
