"""What every page shows around its contents."""

from typing import Any

from django.http import HttpRequest

from counterfoil.stores.attention import attention_count


def navigation(request: HttpRequest) -> dict[str, Any]:
    """The number beside *Needs attention*, for those who are logged in."""
    if not request.user.is_authenticated or request.headers.get("HX-Request"):
        return {}
    return {"attention_count": attention_count()}
