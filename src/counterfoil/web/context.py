"""What every page shows around its contents."""

from typing import Any

from django.http import HttpRequest

from counterfoil.stores.attention import attention_count
from counterfoil.web.models import Person, Role


def navigation(request: HttpRequest) -> dict[str, Any]:
    """What the person may do, and the number beside *Needs attention*; that one not for a part of a page."""
    person = getattr(request, "user", None)
    if not isinstance(person, Person):
        return {}
    may = {role.value: person.may(role) for role in Role}
    if request.headers.get("HX-Request"):
        return {"may": may}
    return {"may": may, "attention_count": attention_count()}
