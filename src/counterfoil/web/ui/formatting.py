"""How the pages show money, moments and states, and what "today" is to who reads them."""

import re
from datetime import UTC, date, datetime, time, tzinfo
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from counterfoil.dates import clock_text, day_text
from counterfoil.sales.models import OrderLine, OrderStatus
from counterfoil.sales.money import MINUS, money_text
from counterfoil.web.ui import status_colors

ZONE_COOKIE = "zone"
LONGEST_ZONE = 64


def money(amount: Decimal | None, currency: str = "") -> SafeString | str:
    """An amount as its currency is written, without its name; moments.js shows it in the reader's own form."""
    if amount is None:
        return ""
    text = money_text(amount, currency)
    value = text.replace(",", "").replace(MINUS, "-")
    return SafeString(f'<data class="amount" value="{value}">{text}</data>')  # digits and signs: nothing to escape


def is_zero(amount: Decimal) -> bool:
    """Whether an amount is nothing."""
    return amount == 0


def field_name(words: str) -> str:
    """A field's name in a sentence: "po number" is a PO number."""
    return re.sub(r"\bpo\b", "PO", words)


def money_in(amount: Decimal, currency: str) -> SafeString:
    """An amount with its currency, which never part at a line's end."""
    return format_html(
        '<span class="money">{} <span class="currency">{}</span></span>', money(amount, currency), currency
    )


def moment(at: datetime | None, *, seconds: bool = False) -> SafeString | str:
    """A moment in UTC; moments.js shows it in the reader's time zone, in the same form."""
    if at is None:
        return "–"
    at = at.astimezone(UTC)
    day, clock = f"{at:%Y-%m-%d}", f"{at:%H:%M:%S}"
    return SafeString(  # digits and names of months: nothing to escape
        f'<time datetime="{day}T{clock}Z" title="{day} {clock} UTC"{" data-seconds" if seconds else ""}>'
        f"{day_text(at)}, {clock_text(at, seconds=seconds)}</time>"
    )


def with_code(text: str) -> SafeString:
    """A sentence of the API's document; what stands between backticks as code."""
    said, *rest = text.split("`")
    pairs = zip(rest[::2], [*rest[1::2], ""], strict=False)
    return format_html("{}{}", said, format_html_join("", "<code>{}</code>{}", pairs))


def part(line: OrderLine) -> SafeString:
    """What a line is called: our part number, and next to it what the store sold it as, where that is another."""
    ours = format_html('<span class="part">{}</span>', line.our_part_number or "–")
    return format_html("{}{}", ours, sold_as(line))


def sold_as(line: OrderLine) -> SafeString | str:
    """What the store sold a line as; "" where that is our part number."""
    if not line.sold_as:
        return ""
    return format_html(' <span class="muted small">sold as <span class="part">{}</span></span>', line.sold_as)


def order_status(status: OrderStatus) -> SafeString:
    """One of our order statuses."""
    return state(status.name, status_colors.order_status_tone(status))


@lru_cache(maxsize=512)  # a page shows the same few in each row
def state(text: str, tone: str) -> SafeString:
    """A state with its color; the text says all, the color only helps."""
    return format_html('<span class="state state-{}">{}</span>', tone, text)


def zone_of(request: HttpRequest | None) -> tzinfo:
    """As moments.js told it with a cookie; UTC where scripts are off."""
    name = request.COOKIES.get(ZONE_COOKIE, "") if request else ""
    try:
        return ZoneInfo(name) if 0 < len(name) <= LONGEST_ZONE else UTC
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def beginning_of(day: date, zone: tzinfo) -> datetime:
    """The first moment of a day there."""
    return datetime.combine(day, time.min, zone)
