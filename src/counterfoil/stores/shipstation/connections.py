"""Connections of ShipStation: made, changed, looked up by user name and password."""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.crypto import constant_time_compare

from counterfoil.sales.errors import Refused
from counterfoil.sales.models import OrderStatus, SalesOrder, StatusRole
from counterfoil.stores.integrations.validation import checked_stores
from counterfoil.stores.models import ShipStationConnection, ShipStationStatus
from counterfoil.stores.networks import checked_networks

SECRET_BYTES = 24
LONGEST_NAME = 100
_USERNAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{2,49}")
_DRAFTED = ("name", "username", "stores", "networks", "active", "statuses")
"""Fields that a draft sets. Others stay as they are: a new password may be made, a notice may come meanwhile."""
_OF_ROLE = {
    StatusRole.HOLD: ShipStationStatus.ON_HOLD,
    StatusRole.SHIPPED: ShipStationStatus.SHIPPED,
    StatusRole.CANCELLED: ShipStationStatus.CANCELLED,
}


@dataclass(frozen=True, slots=True)
class ConnectionDraft:
    """A connection as someone wants it. `statuses`: order status id → ShipStationStatus; no `networks`: any."""

    name: str
    username: str
    stores: Sequence[str] = ()
    statuses: Mapping[int, str] = field(default_factory=dict)
    active: bool = True
    networks: Sequence[str] = ()


def make_connection(draft: ConnectionDraft, *, by: str) -> tuple[ShipStationConnection, str]:
    """The connection and its password, which nobody can read later. Raises Refused."""
    connection = ShipStationConnection(made_by=by)
    password = _set_password(connection)
    _save(connection, draft)
    connection.refresh_from_db()
    return connection, password


def change_connection(connection: ShipStationConnection, draft: ConnectionDraft) -> None:
    """Makes it as the draft says; the password stays. Raises Refused."""
    _save(connection, draft)


def new_password(connection: ShipStationConnection) -> str:
    """A new password; the one before opens nothing any more."""
    password = _set_password(connection)
    connection.save(update_fields=["digest"])
    return password


def find_connection(name: str) -> ShipStationConnection:
    """The connection of this name; raises Refused."""
    found = ShipStationConnection.objects.filter(name=name.strip()).first()
    if found is None:
        raise Refused(f"There’s no ShipStation connection “{name}”.", "“counterfoil shipstation list” shows them.")
    return found


def connection_with(pk: int, username: str, password: str) -> ShipStationConnection | None:
    """The connection that this login opens, switched off or not. One statement, in even time for any password."""
    found = ShipStationConnection.objects.filter(pk=pk).first()
    same_name = constant_time_compare(found.username if found else "", username)
    same_password = constant_time_compare(found.digest if found else "", _digest(password))
    return found if same_name and same_password else None


def orders_of(connection: ShipStationConnection) -> QuerySet[SalesOrder]:
    """The sales orders that it may see."""
    orders = SalesOrder.objects.all()
    return orders.filter(source__in=connection.stores) if connection.stores else orders


def status_there(connection: ShipStationConnection, status: OrderStatus) -> str:
    """What an order status is called in the export: as a person chose, else by its role; cancelled always by it."""
    if status.role == StatusRole.CANCELLED:
        return str(ShipStationStatus.CANCELLED)  # whatever was chosen before it got the role: nobody ships it
    return connection.statuses.get(str(status.pk), "") or _by_role(status)


def _by_role(status: OrderStatus) -> str:
    return str(_OF_ROLE.get(StatusRole(status.role), ShipStationStatus.PAID))


def _set_password(connection: ShipStationConnection) -> str:
    password = secrets.token_urlsafe(SECRET_BYTES)
    connection.digest = _digest(password)
    return password


def _digest(password: str) -> str:
    """What is kept of a password. It is made here, of 192 random bits, so that no slow hash is needed."""
    return sha256(password.encode("utf-8", "surrogatepass")).hexdigest()


def _save(connection: ShipStationConnection, draft: ConnectionDraft) -> None:
    connection.name, connection.username = _checked_name(draft.name), _checked_username(draft.username)
    connection.stores, connection.active = checked_stores(draft.stores), draft.active
    connection.networks = checked_networks(draft.networks)
    connection.statuses = _with_chosen(connection.statuses, draft.statuses)
    try:
        with transaction.atomic():
            connection.save(update_fields=_DRAFTED if connection.pk else None)
    except IntegrityError:
        raise Refused(
            f"There’s already a connection with the name “{connection.name}” or the username “{connection.username}”.",
            "Choose others.",
        ) from None


def _checked_name(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise Refused(
            f"A connection needs a name of up to {LONGEST_NAME} characters.", "Choose one like Main warehouse."
        )
    return name


def _checked_username(username: str) -> str:
    username = username.strip()
    if not _USERNAME.fullmatch(username):
        raise Refused(
            "A username has 3 to 50 letters, digits, dots, dashes or underscores.", "Choose one like shipstation."
        )
    return username


def _with_chosen(before: Mapping[str, str], chosen: Mapping[int, str]) -> dict[str, str]:
    """What is sent for each status: those that were not chosen now stay; what a status is sent as by its role is left
    out, so that it follows the role.
    """
    known = {status.pk: _by_role(status) for status in OrderStatus.objects.filter(pk__in=chosen)}
    wrong = [word for word in chosen.values() if word not in ShipStationStatus.values]
    if wrong:
        raise Refused(
            f"ShipStation has no status “{wrong[0][:50]}”.", f"Choose: {', '.join(ShipStationStatus.values)}."
        )
    kept = {pk: word for pk, word in before.items() if int(pk) not in known}
    return kept | {str(pk): str(word) for pk, word in chosen.items() if pk in known and word != known[pk]}
