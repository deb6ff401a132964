"""Why an imported order needs a person, for something beside it: one reason at a time, an edit in the store last."""

from django.db.models import Case, F, QuerySet, Value, When
from django.db.models.functions import Now
from django.utils import timezone

from counterfoil.stores.models import EDITED_IN_STORE, WebOrder

EDITED = "The order was edited in BigCommerce just before Counterfoil updated it there."
EDITED_MEANWHILE = "It was edited in BigCommerce during the acknowledgement."
NEXT_STEP = "Import the changes, or check the order in BigCommerce and mark this as done."


def give_reason(web_order: WebOrder, code: str, sentence: str, next_step: str) -> bool:
    """Something beside an imported order needs a person; False where it needs one for another reason already."""
    noted = WebOrder.objects.filter(pk=web_order.pk, reason_code="").update(
        reason_code=code, reason=sentence, next_step=next_step, reason_since=Now()
    )
    return noted > 0


def end_reason(web_orders: QuerySet[WebOrder], code: str) -> int:
    """The orders need nobody for this reason any more; where an edit in the store is pending, for that. One statement.

    Returns how many had the reason.
    """

    def then(pending: object, otherwise: object) -> Case:
        return Case(When(edit_pending=True, then=pending), default=otherwise)

    return web_orders.filter(reason_code=code).update(
        reason_code=then(Value(EDITED_IN_STORE), Value("")),
        reason=then(Value(EDITED), Value("")),
        next_step=then(Value(NEXT_STEP), Value("")),
        reason_since=then(F("reason_since"), Value(None)),
    )


def ask_about_edit(web_order: WebOrder) -> None:
    """As `end_reason` on the locked and unsaved order, once it has no other reason."""
    if web_order.edit_pending and not web_order.reason_code:
        web_order.reason_code, web_order.reason, web_order.next_step = EDITED_IN_STORE, EDITED, NEXT_STEP
        web_order.reason_since = timezone.now()
