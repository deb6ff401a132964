"""Custom scripts: a merchant's own Python, run on each order after its conversion.

A script is an installed package with an entry point of the group "counterfoil" that names a module (or object) with a
function `counterfoil_convert`, marked with `hookimpl`. It may fill custom fields, or refuse the order with a sentence.
It runs in a process of its own (`counterfoil.intake.script_process`), for so many seconds: it should be quick, and give
the same for the same order. In the tests of scripts (`counterfoil.testing`) it runs where it is called.
"""

import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.metadata import entry_points
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

import pluggy
import structlog
from django.db import InterfaceError, OperationalError

from counterfoil.bigcommerce import NeedsPerson

if TYPE_CHECKING:  # a script's module is imported before Django is set up, in its own tests
    from counterfoil.sales.orders.drafts import OrderDraft

GROUP = "counterfoil"
HOOK = "counterfoil_convert"
LONGEST_MESSAGE = 500
RETRY = "Correct the script and start Counterfoil again, then retry."
hookspec = pluggy.HookspecMarker(GROUP)
hookimpl = pluggy.HookimplMarker(GROUP)
logger = structlog.get_logger("counterfoil")


class Refuse(Exception):
    """A script's word that the order is not to be imported: a sentence for the order clerk, and what to do."""

    def __init__(self, sentence: str, next_step: str = "") -> None:
        super().__init__(sentence)
        self.sentence = str(sentence)
        self.next_step = str(next_step)


class ScriptFailed(NeedsPerson):
    """A script ended in an error of its own (`cause`), or was stopped; `trace` shows where."""

    def __init__(
        self, sentence: str, trace: str, *, next_step: str = RETRY, cause: BaseException | None = None
    ) -> None:
        super().__init__("script", sentence, next_step)
        self.trace = trace
        self.cause = cause


class ScriptStopped(ScriptFailed):
    """A script did not come to an end: what it would have filled is not known, and not empty either."""


def _no_lines() -> Mapping[int, dict[str, Any]]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class ScriptFields:
    """The custom fields of an order while it is converted: what the field mapping filled, and what a script adds.

    Each is a dictionary from a field's name to its value; `lines` has one for each line, by the line's id in the store.
    """

    order: dict[str, Any] = field(default_factory=dict)
    client: dict[str, Any] = field(default_factory=dict)
    lines: Mapping[int, dict[str, Any]] = field(default_factory=_no_lines)


@hookspec
def counterfoil_convert(order: dict[str, Any], draft: "OrderDraft", fields: ScriptFields) -> None:
    """Called for each order after its conversion. `order` is the store's document (money as text), `draft` what will
    be imported; to change them changes nothing. Fill `fields`, or raise Refuse.
    """


@dataclass(frozen=True, slots=True)
class Script:
    """One installed script: its name, and its function with the arguments that it takes."""

    name: str
    function: Callable[..., object]
    takes: tuple[str, ...]


def _no_word(_name: str) -> None:
    """Nobody waits for it."""


@dataclass(frozen=True, slots=True)
class Scripts:
    """The scripts in the order of their names; `broken`: why one of them could not be loaded, with its trace."""

    scripts: tuple[Script, ...] = ()
    broken: ScriptFailed | None = None

    def __bool__(self) -> bool:
        return bool(self.scripts) or self.broken is not None

    def run(
        self,
        order: dict[str, Any],
        draft: "OrderDraft",
        fields: ScriptFields,
        *,
        before: Callable[[str], object] = _no_word,
    ) -> None:
        """Runs each, right here; raises NeedsPerson where one refuses, ScriptFailed where one fails.

        `before` is told the name of each before it runs.
        """
        if self.broken is not None:
            raise ScriptFailed(self.broken.sentence, self.broken.trace)
        given = {"order": order, "draft": draft, "fields": fields}
        for script in self.scripts:
            before(script.name)
            _run(script, given)


class RunsScripts(Protocol):
    """What runs scripts on an order: here, or in a process of their own. False where there is none."""

    def __bool__(self) -> bool: ...

    def run(self, order: dict[str, Any], draft: "OrderDraft", fields: ScriptFields) -> None:
        """Runs each on an order and fills `fields`; raises NeedsPerson, or ScriptFailed, which is one."""


@lru_cache(maxsize=1)
def installed() -> RunsScripts:
    """The scripts that are installed next to the program, to run in a process of their own; looked for once."""
    from counterfoil.intake.script_process.processes import PROCESSES  # needs Django set up

    PROCESSES.close()
    return PROCESSES if entry_points(group=GROUP) else Scripts()


def loaded(before: Callable[[str], object] = _no_word) -> Scripts:
    """The scripts installed next to the program, loaded into this process; `before` is told each one's name."""
    found: dict[str, object] = {}
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name):
        before(entry.name)
        try:
            found[entry.name] = entry.load()
            scripts_of({entry.name: found[entry.name]})
        except Exception as error:
            logger.exception("script not loaded", script=entry.name)
            return Scripts(broken=failed(f"The script “{entry.name}” couldn’t be loaded", error))
    return Scripts(scripts_of(found))


def scripts_of(plugins: Mapping[str, object]) -> tuple[Script, ...]:
    """The scripts of these modules or objects, by name. Raises ValueError where one has no hook.

    Also raises pluggy's PluginValidationError where a hook takes an argument, or has a name, that there is not.
    """
    scripts = []
    for name, plugin in sorted(plugins.items()):
        manager = pluggy.PluginManager(GROUP)
        manager.add_hookspecs(sys.modules[__name__])
        manager.register(plugin, name=name)
        manager.check_pending()
        hooks = getattr(manager.hook, HOOK).get_hookimpls()
        if not hooks:
            raise ValueError(f"it has no function {HOOK} marked with hookimpl")
        scripts += [Script(name, hook.function, tuple(hook.argnames)) for hook in hooks]
    return tuple(scripts)


def _run(script: Script, given: Mapping[str, Any]) -> None:
    try:
        script.function(*[given[name] for name in script.takes])
    except Refuse as refusal:
        sentence = refusal.sentence.strip()[:LONGEST_MESSAGE] or f"The script “{script.name}” refuses the order."
        step = refusal.next_step or "Correct the order in BigCommerce, or the script, then retry."
        raise NeedsPerson("script_refused", sentence, step) from None
    except (OperationalError, InterfaceError):
        raise  # the database went away, which is no fault of the script
    except (Exception, SystemExit) as error:  # whatever it is, it stops this one order
        logger.exception("script failed", script=script.name)
        raise failed(f"The script “{script.name}” failed", error) from None


def failed(what: str, error: BaseException) -> ScriptFailed:
    """The error of a script as a person reads it; `what` begins the sentence."""
    said = " ".join(str(error).split())[:LONGEST_MESSAGE]
    trace = "".join(traceback.format_exception(type(error), error, error.__traceback__, limit=-8))
    return ScriptFailed(f"{what}: {type(error).__name__}{': ' if said else ''}{said}.", trace, cause=error)


def empty_fields(draft: "OrderDraft") -> ScriptFields:
    """No values yet, for this order and its lines."""
    return ScriptFields(lines=MappingProxyType({line.source_id: {} for line in draft.lines if line.source_id}))
