"""``python -m bigcommerce_sandbox``: starts the stand-in store."""

import argparse
import ipaddress
import os
import socket
import sys
from pathlib import Path

from bigcommerce_sandbox import state
from bigcommerce_sandbox.generator import generator
from bigcommerce_sandbox.generator.example_orders import place_examples
from bigcommerce_sandbox.generator.history import fill_history
from bigcommerce_sandbox.generator.products import MOST
from bigcommerce_sandbox.server import serve
from bigcommerce_sandbox.settings import CHOICES, DEFAULTS, QUOTAS, WrongSetting
from bigcommerce_sandbox.store import Store

SURPRISE_SECONDS = 20.0
_MANNER = ("pricing", "order_mix", "tenders", "odd_forms", "products_page", "list_lag_seconds")


def main() -> int:
    parent = os.getppid()  # before anything takes time: it may end meanwhile
    options = _parser().parse_args()
    listener = _listen(options.host, options.port)
    try:
        store = Store(options.store_hash, _defaults(options))
    except WrongSetting as wrong:
        sys.exit(str(wrong))
    scheme = "https" if options.tls_cert else "http"
    store.origin = f"{scheme}://{_shown(options.host)}:{listener.getsockname()[1]}"
    if options.state is None or not state.load(store, options.state):
        if options.examples is not None:
            place_examples(store, options.examples)
        store.stock(options.products, options.seed)
        if options.history_days:
            fill_history(store, options.orders, options.seed, options.history_days)
        else:
            generator.fill_store(store, options.orders, options.seed)
    serve(
        store,
        listener,
        ready=options.ready_file,
        state_file=options.state,
        parent=parent if options.with_parent else None,
        certificate=(options.tls_cert, options.tls_key) if options.tls_cert else None,
    )
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bigcommerce_sandbox", description="A stand-in BigCommerce store.")
    add = parser.add_argument
    add("--host", type=_loopback, default="127.0.0.1", help="a loopback address (127.0.0.1)")
    add("--port", type=int, default=8001, help="0 picks a free one (8001)")
    add("--store-hash", default="sandbox")
    add("--access-token", default=DEFAULTS["access_token"])
    add("--plan", choices=tuple(QUOTAS), default="standard", help="decides the quota of requests")
    add("--orders", type=int, default=0, metavar="N", help="how many orders to make at the start (0)")
    add(
        "--history-days",
        type=int,
        default=0,
        metavar="N",
        help="spread them over this many days, with more as time goes on (0)",
    )
    add("--products", type=_products, default=0, metavar="N", help=f"how many more products to stock, to {MOST} (0)")
    add("--seed", type=int, default=1, help="the same seed makes the same orders and products (1)")
    add("--examples", type=Path, metavar="DIR", help="place the vendor's example orders found in DIR/reference")
    add("--state", type=Path, metavar="FILE", help="keep the state here, and continue from it")
    add("--surprises", action="store_true", help="a new order automatically every 20 seconds")
    _add_manner_of_orders(parser)
    add("--allow-http-hooks", action="store_true", help="webhooks may also go to http and to any port")
    add("--with-parent", action="store_true", help="end when the parent process ends")
    add("--ready-file", type=Path, metavar="PATH", help="written when the store is ready")
    add("--tls-cert", metavar="PEM", help="serve HTTPS with this certificate")
    add("--tls-key", metavar="PEM")
    return parser


def _add_manner_of_orders(parser: argparse.ArgumentParser) -> None:
    """Each is a setting too, which can be changed while the store runs."""
    for flag, words in (
        ("--pricing", "whether the store's prices are with tax (inclusive); mixed: each order as it comes"),
        ("--order-mix", "which kinds of orders are made; wide: several rates, three decimals … too (usual)"),
        ("--tenders", "totals before store credit and gift certificates, or after them (before)"),
    ):
        name = _setting(flag)
        parser.add_argument(flag, choices=CHOICES[name], default=DEFAULTS[name], help=words)
    add = parser.add_argument
    add("--odd-forms", type=float, default=0.0, metavar="SHARE", help="share of orders with odd formats, 0 to 1 (0)")
    add("--products-page", type=int, default=250, metavar="N", help="most lines on a page of /products (250)")
    add(
        "--ignore-filters",
        default="",
        metavar="NAMES",
        help="filters of GET /orders to ignore: min_id,min_date_created",
    )
    add(
        "--list-lag-seconds",
        type=float,
        default=0.0,
        metavar="S",
        help="lists show orders as they were this many seconds ago (0)",
    )


def _setting(flag: str) -> str:
    return flag.strip("-").replace("-", "_")


def _products(text: str) -> int:
    if text.isdecimal() and int(text) <= MOST:
        return int(text)
    raise argparse.ArgumentTypeError(f"a whole number up to {MOST}")


def _loopback(host: str) -> str:
    name = {"localhost": "127.0.0.1"}.get(host, host)
    try:
        if ipaddress.ip_address(name).is_loopback:
            return name
    except ValueError:
        pass
    raise argparse.ArgumentTypeError("the sandbox store has no locks: it only listens on loopback")


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named as TCP, for asyncio only then switches Nagle's delay (40 ms a call) off.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as trouble:
        sys.exit(f"The sandbox store cannot listen on {host}:{port}: {trouble.strerror}.")
    return listener


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _defaults(options: argparse.Namespace) -> dict[str, object]:
    every = SURPRISE_SECONDS if options.surprises else 0.0
    return {
        "access_token": options.access_token,
        "plan": options.plan,
        "surprise_seconds": every,
        "allow_http_hooks": options.allow_http_hooks,
        "ignored_filters": [name for name in options.ignore_filters.split(",") if name],
        **{name: getattr(options, name) for name in _MANNER},
    }


if __name__ == "__main__":
    sys.exit(main())
