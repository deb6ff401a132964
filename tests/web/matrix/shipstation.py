"""ShipStation's connections and labels, for managers; its own address opens with its own login only."""

from counterfoil.stores.models import ShipStationConnection, ShipStationNotice
from counterfoil.stores.shipstation.connections import ConnectionDraft, make_connection
from tests.web.matrix.row import IN, MANAGERS_PRESS_ONLY, NO, OK, ON, WHAT, Example, Row


def a_connection(_: Example) -> list[int]:
    """The address of a connection that a label came from."""
    found = ShipStationConnection.objects.first()
    return [(found or make_connection(ConnectionDraft("Warehouse", "warehouse"), by="Ada")[0]).pk]


def a_notice(it: Example) -> list[int]:
    """The address of a label that was refused."""
    (connection,) = a_connection(it)
    said = {"order": it.order, "tracking_number": "1Z999AA10123456784", "carrier": "UPS", "sentence": "It is on hold."}
    return [
        ShipStationNotice.objects.get_or_create(connection_id=connection, key="1", state="refused", defaults=said)[0].pk
    ]


NOBODY = (401,) * 5
MANAGERS = (IN, NO, NO, OK, OK)
ROWS = (
    Row("api-shipstation", of=a_connection, get=NOBODY, post=NOBODY),
    Row("shipstation", get=MANAGERS, post=MANAGERS_PRESS_ONLY),
    Row("shipstation-add", get=MANAGERS_PRESS_ONLY, post=(IN, NO, NO, WHAT, WHAT)),
    Row("shipstation-connection", of=a_connection, get=MANAGERS, post=(IN, NO, NO, WHAT, WHAT)),
    Row("shipstation-password", of=a_connection, get=MANAGERS_PRESS_ONLY, post=(IN, NO, NO, OK, OK)),
    Row("shipstation-notice", of=a_notice, get=MANAGERS_PRESS_ONLY, post=(IN, NO, NO, ON, ON)),
)
