"""`counterfoil store`: web integrations."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from counterfoil.platform.cli.argument_types import store_called
from counterfoil.platform.cli.base_command import STORE_TROUBLE, CounterfoilCommand, UsageError
from counterfoil.platform.cli.store_options import NONE, add_settings
from counterfoil.platform.cli.store_text import count_rows, mapping_rows, setting_rows, webhook_sentences
from counterfoil.sales.models import OrderStatus
from counterfoil.sales.text.plural import count_of
from counterfoil.storable import number_of
from counterfoil.stores.db.encryption import Secret
from counterfoil.stores.integrations.connection import save_integration, test_connection
from counterfoil.stores.integrations.installation import stores_elsewhere, work_here
from counterfoil.stores.integrations.mapping_changes import mapping_changes, mapping_of
from counterfoil.stores.integrations.mapping_warnings import warnings
from counterfoil.stores.integrations.method_names import set_default_name
from counterfoil.stores.integrations.options import OF_FORM, OPTIONS
from counterfoil.stores.integrations.pause import pause_stores, resume_stores
from counterfoil.stores.integrations.validation import validate
from counterfoil.stores.integrations.webhooks import HooksShown, hooks_shown, want_hooks
from counterfoil.stores.json_output import Shape, store_document
from counterfoil.stores.models import NameKind, WebIntegration
from counterfoil.stores.updates.resend_statuses import PresentStatus, present_statuses, send_present_statuses

FLAGS = {option.name: option.flag_name for option in OPTIONS} | {"mapping": "--map"}


class Command(CounterfoilCommand):
    help = "Web integrations: each connects one BigCommerce store."

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(
            dest="action", required=True, metavar="add|list|show|test|set|pause|resume|send-statuses|work-here"
        )
        add = commands.add_parser("add", help="Connect a store.")
        change = commands.add_parser("set", help="Change settings of a store.")
        change.add_argument("which", metavar="CODE", help="Its import source code.")
        for each in (add, change):
            add_settings(each)
        listing = commands.add_parser("list", help="List the stores.")
        show = commands.add_parser("show", help="Show a store's settings and status.")
        test = commands.add_parser("test", help="Test the connection; lists any missing permissions.")
        send = commands.add_parser(
            "send-statuses", help="List the current statuses that differ in the store; send them."
        )
        send.add_argument("--yes", action="store_true", help="Send them; otherwise they’re only listed.")
        here = commands.add_parser(
            "work-here", help="Confirm that the database moved here and nothing uses the store from the old place."
        )
        here.add_argument("which", metavar="CODE", nargs="?", help="Only this store (all).")
        pause = commands.add_parser("pause", help="Stop importing; what was shipped is still sent.")
        resume = commands.add_parser("resume", help="Import again.")
        for each in (pause, resume):
            each.add_argument("which", metavar="CODE", nargs="*", help="Import source codes.")
            each.add_argument("--all", action="store_true", help="All stores.")
        for each in (show, test, send):
            each.add_argument("which", metavar="CODE", help="Its import source code.")
        for each in (add, change, listing, show, test, pause, resume, send, here):
            super().add_arguments(each)

    def handle(self, *_args: Any, **options: Any) -> None:
        getattr(self, f"_{options['action'].replace('-', '_')}")(options)

    def _add(self, options: dict[str, Any]) -> None:
        self._save(WebIntegration(code=options["code"] or "", description=""), options)

    def _set(self, options: dict[str, Any]) -> None:
        self._save(store_called(options["which"]), options)

    def _save(self, integration: WebIntegration, options: dict[str, Any]) -> None:
        for option in OF_FORM:
            value = options[option.key]
            if value is not None and not option.is_secret:
                setattr(integration, option.key, None if option.kind.none and value == NONE else value)
        client_secret = _secret("client_secret", options)
        access_token = _secret("access_token", options)
        if access_token is not None:
            integration.access_token = Secret.of(access_token)
        mapping = _mapping(integration, options["map"], only=options["map_only"])
        found = validate(integration, mapping)
        if found:
            lines = [f"  {FLAGS[name]}: {why}" for name, why in found.items()]
            raise UsageError("Not saved.\n" + "\n".join(lines))
        before = mapping_of(integration)
        save_integration(
            integration, by=self.me(), client_secret=client_secret, access_token=access_token, mapping=mapping
        )
        if options["webhooks"] is not None:
            want_hooks(integration, wanted=options["webhooks"])
        self._name_methods(integration, options)
        integration = store_called(integration.code)
        if options["json"]:
            self.print_json(store_document(integration))
            return
        if mapping is not None:
            changed = mapping_changes(integration, before, mapping)
            self.say(f"Order status mapping: {'; '.join(changed) or 'as it was'}.")
        for sentence in warnings(integration):
            self.say(f"Note: {sentence}")
        self.say(f"Saved. Test it with: counterfoil store test {integration.code}")

    def _name_methods(self, integration: WebIntegration, options: dict[str, Any]) -> None:
        for kind in NameKind:
            name = options[f"{kind.value}_default"]
            if name is not None:
                set_default_name(integration, kind, name, by=self.me())

    def _work_here(self, options: dict[str, Any]) -> None:
        integrations = [store_called(options["which"])] if options["which"] else stores_elsewhere()
        moved = work_here(integrations, by=self.me())
        if options["json"]:
            self.print_json({"work_here": moved})
            return
        codes = ", ".join(moved)
        self.say(f"From now on this installation works on {codes}." if moved else "No store is waiting for this.")

    def _pause(self, options: dict[str, Any]) -> None:
        self._say_paused(options, "paused", pause_stores(_chosen(options), by=self.me()))

    def _resume(self, options: dict[str, Any]) -> None:
        self._say_paused(options, "resumed", resume_stores(_chosen(options), by=self.me()))

    def _say_paused(self, options: dict[str, Any], word: str, codes: list[str]) -> None:
        if options["json"]:
            self.print_json({word: codes})
            return
        self.say(f"{word.capitalize()}: {', '.join(codes)}." if codes else f"Already {word}.")

    def _list(self, options: dict[str, Any]) -> None:
        rows = [store_document(integration) for integration in WebIntegration.objects.select_related("state")]
        if options["json"]:
            self.print_json(rows)
            return
        columns = {"code": "Code", "description": "Store", "api_path": "API path", "condition": "Condition"}
        self.print_table(rows, columns, empty="No web integrations yet: counterfoil store add.")

    def _show(self, options: dict[str, Any]) -> None:
        integration = store_called(options["which"])
        hooks = hooks_shown(integration)
        shape = store_document(integration) | {"webhooks": _hooks_shape(hooks)}
        if options["json"]:
            self.print_json(shape)
            return
        self.print_table(setting_rows(integration, shape), {"name": "Setting", "value": "Value"}, empty="")
        columns = {"status": "Order status", "there": "Becomes in the store"}
        self.say("")
        self.print_table(mapping_rows(integration, shape), columns, empty="No order status is mapped.")
        self.say("")
        columns = {"there": "Status in the store", "orders": "Orders"}
        self.print_table(count_rows(integration, shape), columns, empty="No orders counted in the store yet.")
        self.say("")
        for sentence in [*webhook_sentences(hooks), *(f"Note: {each}" for each in shape["warnings"])]:
            self.say(sentence)

    def _test(self, options: dict[str, Any]) -> None:
        checks = test_connection(store_called(options["which"]))
        if options["json"]:
            names = ("name", "ok", "note", "sentence", "next_step")
            self.print_json([{name: getattr(check, name) for name in names} for check in checks])
        else:
            for check in checks:
                mark = "✓" if check.ok else "–" if check.note else "✗"
                self.say(f"{mark} {check.name}: {check.sentence} {check.next_step}".rstrip())
        if not all(check.ok or check.note for check in checks):
            self.end(STORE_TROUBLE)

    def _send_statuses(self, options: dict[str, Any]) -> None:
        integration = store_called(options["which"])
        rows = [_status_row(each) for each in present_statuses(integration)]
        sent = send_present_statuses(integration, by=self.me()) if options["yes"] else 0
        if options["json"]:
            self.print_json({"sent": sent, "orders": rows})
            return
        columns = {"import_id": "Import ID", "status": "Order status", "from": "In the store", "to": "Would become"}
        self.print_table(rows, columns, empty="Every mapped status is already in the store.")
        if options["yes"]:
            self.say(f"{count_of(sent, 'status is', 'statuses are')} sent on the next sync.")
        elif rows:
            self.say(f"Nothing was sent. Send them with: counterfoil store send-statuses {integration.code} --yes")


def _hooks_shape(hooks: HooksShown) -> Shape:
    """How the store's own messages are doing."""
    counted = {"events": hooks.events, "last_event_at": hooks.last_event_at, "refused": dict(hooks.refused)}
    return {"state": hooks.word, "sentence": hooks.sentence, **counted}


def _status_row(each: PresentStatus) -> Shape:
    integration = each.web_order.integration
    return {
        "import_id": each.web_order.import_id,
        "status": each.order.status.name,
        "from_status_id": each.from_status,
        "to_status_id": each.to_status,
        "from": integration.status_text(each.from_status),
        "to": integration.status_text(each.to_status),
    }


def _chosen(options: dict[str, Any]) -> list[WebIntegration]:
    """The stores that are named, or all of them; raises UsageError where neither or both are asked for."""
    if options["all"] == bool(options["which"]):
        raise UsageError("Name a store by its import source code, or say --all.")
    return list(WebIntegration.objects.all()) if options["all"] else [store_called(code) for code in options["which"]]


def _secret(name: str, options: dict[str, Any]) -> str | None:
    """From a flag, a file or the environment; None when it was not given."""
    path: Path | None = options[f"{name}_file"]
    if path is not None:
        try:
            return path.read_text().strip()
        except (OSError, UnicodeDecodeError) as trouble:
            raise UsageError(f"{path} can’t be read: {getattr(trouble, 'strerror', 'it is not text')}") from trouble
    given: str | None = options[name] or os.environ.get(f"COUNTERFOIL_{name.upper()}")
    return given


def _mapping(integration: WebIntegration, pairs: list[str] | None, *, only: bool) -> dict[int, int] | None:
    """The whole mapping as it is to be: order status's id → BigCommerce status; None where nothing was said of it.

    `Shipped=2` assigns one, `Shipped=` none; the others stay, unless these are the only ones.
    """
    if pairs is None and not only:
        return None
    statuses = {status.name.casefold(): status.pk for status in OrderStatus.objects.all()}
    mapping = {} if only else mapping_of(integration)
    for pair in pairs or ():
        if "=" not in pair:
            raise UsageError(f'--map {pair}: name the BigCommerce status, as in --map "{pair}=2".')
        name, _, number = (part.strip() for part in pair.rpartition("="))
        if name.casefold() not in statuses:
            raise UsageError(f"--map {pair}: there is no order status “{name}”.")
        bigcommerce_status = number_of(number, 14)
        if number and bigcommerce_status is None:
            raise UsageError(f"--map {pair}: BigCommerce statuses have the numbers 0 to 14.")
        mapping.pop(statuses[name.casefold()], None)
        if bigcommerce_status is not None:
            mapping[statuses[name.casefold()]] = bigcommerce_status
    return mapping
