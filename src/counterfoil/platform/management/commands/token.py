"""`counterfoil token`: tokens with which other systems use the API."""

from argparse import ArgumentParser
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from counterfoil.accounts.api_tokens import TokenDraft, end_token, find_token, make_token, tokens
from counterfoil.accounts.audit import record_as
from counterfoil.accounts.models import ApiAct, ApiToken, Scope
from counterfoil.platform.argument_types import whole_number
from counterfoil.platform.cli.base_command import CounterfoilCommand
from counterfoil.stores.json_output import Shape


class Command(CounterfoilCommand):
    help = "API tokens for other systems: create, list, revoke, see history."

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="action", required=True, metavar="add|list|end|history")
        add = commands.add_parser("add", help="Create a token. It’s shown once.")
        add.add_argument("name", metavar="NAME", help="What it is for, as in Warehouse.")
        add.add_argument(
            "--scope", action="append", required=True, choices=Scope.values, help="What it may do; repeatable."
        )
        add.add_argument("--store", action="append", default=[], metavar="CODE", help="Only this store; repeatable.")
        add.add_argument(
            "--network", action="append", default=[], metavar="CIDR", help="Only from this network: 203.0.113.0/24."
        )
        add.add_argument("--until", type=date.fromisoformat, metavar="DATE", help="The last day (UTC) it works.")
        listing = commands.add_parser("list", help="List the tokens.")
        end = commands.add_parser("end", help="Revoke a token: it stops working immediately.")
        history = commands.add_parser("history", help="Show what was done with a token, newest first.")
        for each in (end, history):
            each.add_argument("name", metavar="NAME", help="As the list shows it.")
        history.add_argument(
            "--limit", type=whole_number(1, 1_000_000), default=100, metavar="N", help="At most N lines (100)."
        )
        for each in (add, listing, end, history):
            super().add_arguments(each)

    def handle(self, *_args: Any, **options: Any) -> None:
        getattr(self, f"_{options['action']}")(options)

    def _add(self, options: dict[str, Any]) -> None:
        until = options["until"]
        expires = datetime.combine(until, time.min, tzinfo=UTC) + timedelta(days=1) if until else None
        draft = TokenDraft(options["name"], options["scope"], options["store"], options["network"], expires)
        token, secret = make_token(draft, by=self.me())
        record_as(self.me(), f"Created an API token: {token.scope_labels}.", about=token.name)
        if options["json"]:
            self.print_json(_row(token) | {"token": secret})
            return
        self.say(f"{token.name}: {token.scope_labels}. Copy this token now; it won’t be shown again:")
        self.say(secret)

    def _list(self, options: dict[str, Any]) -> None:
        rows = [_row(token) for token in tokens()]
        if options["json"]:
            self.print_json(rows)
            return
        shown = [
            row | {name: ", ".join(row[name]) or "all" for name in ("scopes", "stores", "networks")} for row in rows
        ]
        columns = {"name": "Name", "ending": "Ends in", "scopes": "Scopes", "stores": "Stores", "networks": "Networks"}
        columns |= {"expires_at": "Expires", "last_used_at": "Last used", "ended_at": "Revoked"}
        self.print_table(shown, columns, empty="No tokens yet.")

    def _end(self, options: dict[str, Any]) -> None:
        token = find_token(options["name"])
        ended = end_token(token, by=self.me())
        if ended:
            record_as(self.me(), "Revoked an API token.", about=token.name)
        if options["json"]:
            self.print_json({"name": token.name, "ended": ended})
        else:
            self.say(f"{token.name} no longer works.")

    def _history(self, options: dict[str, Any]) -> None:
        acts = ApiAct.objects.filter(token__name=options["name"].strip())[: options["limit"]]
        names = ("at", "what", "about", "address", "request_id")
        rows = [{name: getattr(act, name) for name in names} for act in acts]
        if options["json"]:
            self.print_json(rows)
            return
        columns = {"at": "Time", "what": "What", "about": "About", "address": "From"}
        self.print_table(rows, columns, empty="This token hasn’t been used for any change.")


def _row(token: ApiToken) -> Shape:
    """One row of `token list --json`."""
    names = ("name", "ending", "scopes", "stores", "networks", "made_by", "made_at", "expires_at")
    return {name: getattr(token, name) for name in (*names, "last_used_at", "last_used_from", "ended_at", "ended_by")}
