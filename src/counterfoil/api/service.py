"""The API as a whole: what is done with each request of it, and how failures are answered.

django-ninja gives routing, validation and the OpenAPI document. Answers are written by the serializers of the command
line (stores/order_documents.py, stores/json_output.py), so that both say the same.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate, ParamSpec

from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from ninja import NinjaAPI, Router
from ninja.errors import HttpError, ValidationError
from pydantic import BaseModel

from counterfoil.api.authentication import TokenAuth
from counterfoil.api.bodies import JsonParser
from counterfoil.api.problems import Problem, for_status, invalid, of_refusal
from counterfoil.api.schemas.common import ProblemDetails
from counterfoil.api.validation import problem_of
from counterfoil.sales.db.full_disk import full_disk
from counterfoil.sales.errors import Refused
from counterfoil.stores.json_output import json_text

Params = ParamSpec("Params")
Operation = Callable[Concatenate[HttpRequest, Params], HttpResponseBase]
READING, CHANGING = (401, 403, 404, 422, 429), (400, 401, 403, 404, 409, 412, 413, 415, 422, 429)

api = NinjaAPI(
    title="Counterfoil",
    version="1",
    docs_url=None,
    openapi_url=None,
    parser=JsonParser(),
    urls_namespace="api-1",
)


class Resource(Router):
    """The addresses of one kind of thing."""

    def __init__(self, tag: str) -> None:
        super().__init__(tags=[tag])

    def reads(
        self,
        path: str,
        answer: Any,
        *,
        scope: str = "read",
        query: type[BaseModel] | None = None,
        also: Sequence[int] = (),
        **more: Any,
    ) -> Callable[[Operation[Params]], Operation[Params]]:
        """Decorates what answers to GET. `query`: what may stand behind the question mark; `also`: further failures."""
        known = set(query.model_fields) if query is not None else set()
        return self._operation(self.get, path, {200: answer}, sorted({*READING, *also}), scope, known, more)

    def acts(
        self, method: str, path: str, answers: Mapping[int, Any], *, scope: str, **more: Any
    ) -> Callable[[Operation[Params]], Operation[Params]]:
        """Decorates what answers to POST, PATCH or DELETE."""
        return self._operation(getattr(self, method), path, answers, CHANGING, scope, set(), more)

    def _operation(
        self,
        register: Callable[..., Any],
        path: str,
        answers: Mapping[int, Any],
        failures: Sequence[int],
        scope: str,
        known: set[str],
        more: Mapping[str, Any],
    ) -> Callable[[Operation[Params]], Operation[Params]]:
        responses = dict(answers) | dict.fromkeys(failures, ProblemDetails)
        extra = {"security": [{"token": [scope]}], **more.get("openapi_extra", {})}
        options = {name: value for name, value in more.items() if name != "openapi_extra"}

        def decorate(view: Operation[Params]) -> Operation[Params]:
            @wraps(view)
            def checked(request: HttpRequest, *args: Params.args, **kwargs: Params.kwargs) -> HttpResponseBase:
                _refuse_unknown(request, known)
                return view(request, *args, **kwargs)

            register(path, response=responses, auth=TokenAuth(scope), openapi_extra=extra, **options)(checked)
            return view

        return decorate


def answer(found: object, *, status: int = 200, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """An answer in JSON: money as text, times as ISO 8601 in UTC."""
    response = HttpResponse(json_text(found), status=status, content_type="application/json")
    for name, value in (headers or {}).items():
        response[name] = value
    return response


def _refuse_unknown(request: HttpRequest, known: set[str]) -> None:
    unknown = [name for name in request.GET if name not in known]
    if unknown:
        there = f"There are: {', '.join(sorted(known))}." if known else "Leave it out."
        raise invalid(unknown[0][:100], f"There is no parameter “{unknown[0][:100]}”.", there)
    repeated = next((name for name, values in request.GET.lists() if len(values) > 1), "")
    if repeated:
        raise invalid(repeated, f"“{repeated}” appears twice in the URL.", "Send each parameter once.")


@api.exception_handler(Problem)
def _problem(_request: HttpRequest, problem: Problem) -> HttpResponse:
    return problem.response()


@api.exception_handler(Refused)
def _refused(_request: HttpRequest, refused: Refused) -> HttpResponse:
    return of_refusal(refused).response()


@api.exception_handler(Http404)
def _not_found(_request: HttpRequest, _missing: Http404) -> HttpResponse:
    return for_status(404).response()


@api.exception_handler(HttpError)
def _http_error(_request: HttpRequest, error: HttpError) -> HttpResponse:
    cause = error.__cause__
    return (cause if isinstance(cause, Problem) else for_status(error.status_code)).response()


@api.exception_handler(OperationalError)
def _database(_request: HttpRequest, trouble: OperationalError) -> HttpResponse:
    """The database is away, or its disk is full: nothing was done, and it may be sent again."""
    problem = for_status(HTTPStatus.SERVICE_UNAVAILABLE)
    problem.detail = full_disk(trouble) or problem.detail
    problem.headers["Retry-After"] = "60"
    return problem.response()


@api.exception_handler(ValidationError)
def _invalid(_request: HttpRequest, wrong: ValidationError) -> HttpResponse:
    """What was sent does not have the form that it must have: each field with a sentence."""
    return problem_of(wrong).response()
