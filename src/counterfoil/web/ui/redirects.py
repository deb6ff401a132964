"""Where a button leads back to."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme


def redirect_back(request: HttpRequest, otherwise: str, said: str = "", *, well: bool = True) -> HttpResponseRedirect:
    """Back to the page whose button was pressed (its hidden field `next`), with a message."""
    if said:
        (messages.success if well else messages.error)(request, said)
    target = safe_next(request, request.POST.get("next", ""))
    return HttpResponseRedirect(target) if target else redirect(otherwise)


def safe_next(request: HttpRequest, target: str) -> str:
    """The address where it is one of these pages, else ""."""
    is_ours = target.startswith("/") and url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
    return target if is_ours else ""
