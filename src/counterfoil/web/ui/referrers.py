"""Answers at an address that holds a token."""

from typing import TypeVar

from django.http.response import HttpResponseBase

Answer = TypeVar("Answer", bound=HttpResponseBase)


def without_referrer(answer: Answer) -> Answer:
    """Nothing that is asked for from this page says where it was asked from, not even to ourselves: proxies log it.

    Not for a page with a form: browsers then send "Origin: null" along with it, which Django refuses.
    """
    answer["Referrer-Policy"] = "no-referrer"
    answer["Cache-Control"] = "no-store"
    return answer
