"""`counterfoil webhook-endpoint`: addresses of other systems that are told of events."""

from argparse import ArgumentParser
from typing import Any

from counterfoil.accounts.audit import record_as
from counterfoil.events.deliver import deliver_now
from counterfoil.events.endpoints import (
    EndpointDraft,
    add_endpoint,
    add_test,
    endpoints,
    find_endpoint,
    remove_endpoint,
    replace_secret,
    switch_off,
    switch_on,
)
from counterfoil.events.models import DeliveryState, EventType, WebhookEndpoint
from counterfoil.platform.cli.base_command import CounterfoilCommand
from counterfoil.sales.errors import Refused
from counterfoil.stores.json_output import Shape


class Command(CounterfoilCommand):
    help = "Webhook endpoints of other systems: add one, list them, switch one off or on, test it, remove it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = "add|list|off|on|test|secret|remove"
        commands = parser.add_subparsers(dest="action", required=True, metavar=actions)
        add = commands.add_parser("add", help="Add an endpoint. Its signing secret is shown once.")
        add.add_argument("name", metavar="NAME", help="The system that gets the events, as in ERP.")
        add.add_argument("url", metavar="URL", help="Where events are sent, as in https://erp.example.com/hooks.")
        add.add_argument(
            "--event", action="append", default=[], choices=EventType.values, help="Only this event; repeatable."
        )
        add.add_argument("--store", action="append", default=[], metavar="CODE", help="Only this store; repeatable.")
        listing = commands.add_parser("list", help="List the endpoints.")
        named = [
            commands.add_parser("off", help="Send nothing for now; events wait for 30 days."),
            commands.add_parser("on", help="Send the waiting events and new ones."),
            commands.add_parser("test", help="Send a test event right away; exits with 1 if it isn't delivered."),
            commands.add_parser("secret", help="Create a new secret; the old one also works for 24 hours."),
            commands.add_parser("remove", help="Remove an endpoint with its deliveries."),
        ]
        for each in named:
            each.add_argument("name", metavar="NAME", help="As the list shows it.")
        for each in (add, listing, *named):
            super().add_arguments(each)

    def handle(self, *_args: Any, **options: Any) -> None:
        getattr(self, f"_{options['action']}")(options)

    def _add(self, options: dict[str, Any]) -> None:
        draft = EndpointDraft(options["name"], options["url"], options["event"], options["store"])
        endpoint, secret = add_endpoint(draft, by=self.me())
        record_as(self.me(), "Added a webhook endpoint.", about=endpoint.name)
        self._show_secret(endpoint, secret, options)

    def _secret(self, options: dict[str, Any]) -> None:
        endpoint = find_endpoint(options["name"])
        secret = replace_secret(endpoint)
        record_as(self.me(), "Replaced the secret of a webhook endpoint.", about=endpoint.name)
        self._show_secret(endpoint, secret, options)

    def _show_secret(self, endpoint: WebhookEndpoint, secret: str, options: dict[str, Any]) -> None:
        if options["json"]:
            self.print_json(_row(endpoints().get(pk=endpoint.pk)) | {"secret": secret})
            return
        self.say(f"{endpoint.name}: {endpoint.url}. Copy this secret now; it won’t be shown again:")
        self.say(secret)

    def _list(self, options: dict[str, Any]) -> None:
        rows = [_row(endpoint) for endpoint in endpoints()]
        if options["json"]:
            self.print_json(rows)
            return
        shown = [row | {name: ", ".join(row[name]) or "all" for name in ("events", "stores")} for row in rows]
        columns = {"name": "Name", "url": "URL", "events": "Events", "stores": "Stores", "off_at": "Off since"}
        self.print_table(shown, columns | {"waiting": "Waiting"}, empty="No webhook endpoints yet.")

    def _off(self, options: dict[str, Any]) -> None:
        endpoint = find_endpoint(options["name"])
        if switch_off(endpoint, f"{self.me()} switched it off."):
            record_as(self.me(), "Switched a webhook endpoint off.", about=endpoint.name)
        self._say(options, endpoint, "is off", off=True)

    def _on(self, options: dict[str, Any]) -> None:
        endpoint = find_endpoint(options["name"])
        if switch_on(endpoint):
            record_as(self.me(), "Switched a webhook endpoint on.", about=endpoint.name)
        self._say(options, endpoint, "is on", off=False)

    def _test(self, options: dict[str, Any]) -> None:
        endpoint = find_endpoint(options["name"])
        record_as(self.me(), "Sent a test event to a webhook endpoint.", about=endpoint.name)
        sent = deliver_now(add_test(endpoint))
        delivered = sent.state == DeliveryState.DELIVERED
        if not delivered and not options["json"]:
            raise Refused(f"{endpoint.name} didn’t accept the test event. {sent.trouble}", "Check the URL.")
        self._say(options, endpoint, "accepted the test event", delivered=delivered, status=sent.status)

    def _remove(self, options: dict[str, Any]) -> None:
        endpoint = find_endpoint(options["name"])
        remove_endpoint(endpoint)
        record_as(self.me(), "Removed a webhook endpoint.", about=endpoint.name)
        self._say(options, endpoint, "is removed", removed=True)

    def _say(self, options: dict[str, Any], endpoint: WebhookEndpoint, what: str, **told: object) -> None:
        if options["json"]:
            self.print_json({"name": endpoint.name, **told})
        else:
            self.say(f"{endpoint.name} {what}.")


def _row(endpoint: WebhookEndpoint) -> Shape:
    """One row of `webhook-endpoint list --json`."""
    names = ("name", "url", "stores", "made_by", "made_at", "off_at", "off_reason")
    shown = {name: getattr(endpoint, name) for name in names}
    return shown | {"events": endpoint.types, "waiting": getattr(endpoint, "waiting", 0)}
