"""The three kinds of error that cross a wall. Each sentence is for an order clerk."""


class TryAgain(Exception):
    """It did not work this time: a time-out, a busy store, an answer that could not be read.

    `after`: seconds to wait, where the store said so. `outcome_unknown`: a write that may have been carried out.
    `smaller`: a list answer that was too much for the store, so a smaller page may do. `answered`: the store said yes
    to a write, and what it showed could not be read. `of_one_order`: the store works well, so others may be tried.
    """

    def __init__(
        self,
        sentence: str,
        *,
        after: float | None = None,
        outcome_unknown: bool = False,
        smaller: bool = False,
        answered: bool = False,
        of_one_order: bool = False,
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.after = after
        self.outcome_unknown = outcome_unknown
        self.smaller = smaller
        self.answered = answered
        self.of_one_order = of_one_order


class QuotaSpent(TryAgain):
    """The store's quota is used up for now; `after` seconds from now there is more."""


class _Explained(Exception):
    """`sentence` says what is wrong, `next_step` what to do.

    `code` is a short name for programs; `store_words` is what the store said, word for word.
    """

    def __init__(self, code: str, sentence: str, next_step: str, *, store_words: str = "") -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.next_step = next_step
        self.store_words = store_words


class NeedsPerson(_Explained):
    """A person has to do something first."""


class OverShipped(NeedsPerson):
    """More was to be shipped than is left: of the line `order_product_id`, `available` are."""

    def __init__(self, order_product_id: int, available: int, *, store_words: str = "") -> None:
        super().__init__(
            "over_shipped",
            f"Only {available} can still ship in BigCommerce: the order was changed there, or someone shipped it.",
            "If the parcel is one of the order's shipments in BigCommerce, void it here and take over that shipment. "
            "If the order was changed there, void the parcel and process what is left again.",
            store_words=store_words,
        )
        self.order_product_id = order_product_id
        self.available = available


class StoreTrouble(_Explained):
    """The store cannot be used at all: unreachable, or it refuses the credentials. Its orders wait meanwhile.

    Codes: `unreachable`, `certificate`, `credentials`, `permission`, `api_path`, `origin`, `redirect`, `refused`.
    """
