"""One order as the store keeps it: the header, and the parts that the API serves beside it."""

from dataclasses import asdict, dataclass, field, fields
from typing import Any

from bigcommerce_sandbox.answers import Document

THIS_YEAR = 2026


@dataclass(slots=True)
class Terms:
    """What the amounts of an order follow from and what no document shows.

    ``inclusive``: prices are entered with tax (``totals`` says what that changes). ``step`` is the currency's smallest
    coin in ten-thousandths. ``rates`` are hundredths of a percent, by part ("goods", "shipping", "handling",
    "wrapping", "fees") and, as text, by the id of a line. ``year``: in whose manner the order is written.
    ``net``: the total is what is left after store credit and gift certificates.
    """

    inclusive: bool = True
    step: int = 100
    year: int = THIS_YEAR
    rates: dict[str, int] = field(default_factory=dict)
    tax_name: str = "Sales tax"
    net: bool = False

    @property
    def side(self) -> str:
        """The end of the names of the exact amounts; those of the other side are the store's estimates."""
        return "inc_tax" if self.inclusive else "ex_tax"


@dataclass(slots=True)
class Order:
    """``header`` holds the V2 fields but for links, dates, labels and ``is_deleted``, which are written on serving.

    ``lines``, ``addresses``, ``coupons``, ``taxes`` and ``messages`` are V2 documents; ``pickups`` are
    consignments without their line items; ``fees`` as in ``include=fees``; ``transactions`` and ``refunds`` are V3.
    ``created``, ``modified`` and ``shipped`` are store seconds; ``odd``: the odd forms that it is served in (``forms``)
    """

    id: int
    header: Document
    created: int
    modified: int
    lines: list[Document] = field(default_factory=list)
    addresses: list[Document] = field(default_factory=list)
    pickups: list[Document] = field(default_factory=list)
    coupons: list[Document] = field(default_factory=list)
    fees: list[Document] = field(default_factory=list)
    taxes: list[Document] = field(default_factory=list)
    messages: list[Document] = field(default_factory=list)
    shipments: list[Document] = field(default_factory=list)
    transactions: list[Document] = field(default_factory=list)
    refunds: list[Document] = field(default_factory=list)
    history: list[Document] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    shipped: int | None = None
    archived: bool = False
    terms: Terms = field(default_factory=Terms)
    odd: Document = field(default_factory=dict)
    raw: str | None = None  # latin-1: any bytes, served in place of the document
    cache: dict[Any, bytes] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        if isinstance(self.terms, dict):  # from the state file
            self.terms = Terms(**self.terms)

    @property
    def status_id(self) -> int:
        return int(self.header["status_id"])

    def line(self, line_id: object) -> Document | None:
        return next((line for line in self.lines if line["id"] == line_id), None)

    def address(self, address_id: object) -> Document | None:
        return next((address for address in self.addresses if address["id"] == address_id), None)

    def touch(self, second: int) -> None:
        """Every write: the time of modification never goes back, and what was cached is stale."""
        self.modified = max(self.modified, second)
        self.cache.clear()

    def set_status(self, status_id: int, who: str, second: int) -> None:
        """Moves the order and notes who did it; the same status again leaves no trace in the history."""
        if status_id != self.status_id:
            self.history.append({"at": second, "from": self.status_id, "to": status_id, "by": who})
        self.header["status_id"] = status_id
        self.touch(second)

    def stored(self) -> Document:
        """Everything about the order, as the control shows it and the state file keeps it."""
        kept = {part.name: getattr(self, part.name) for part in fields(self) if part.name != "cache"}
        return kept | {"terms": asdict(self.terms)}
