"""Where a button leads back to."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme


def back(request: HttpRequest, otherwise: str, said: str = "", *, well: bool = True) -> HttpResponseRedirect:
    """Back to the page whose button was pressed (its hidden field `next`), with a message."""
    if said:
        (messages.success if well else messages.error)(request, said)
    target = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}) and target.startswith("/"):
        return HttpResponseRedirect(target)
    return redirect(otherwise)
