"""A form shows what is kept, and is sent later: nothing that someone else changed meanwhile is written over unseen."""

from collections.abc import Mapping

from counterfoil.sales.errors import Refused

Shown = Mapping[str, str]  # a field's name → what the form showed of it


class ChangedSinceShown(Refused):
    """Someone changed the row after the form was opened. `now`: what its changed fields are now, by their names."""

    def __init__(self, now: Mapping[str, str]) -> None:
        told = ", ".join(_told(name.replace("_", " "), value) for name, value in now.items())
        super().__init__(
            f"Someone changed this after you opened the page. Now: {told}.",
            "The form shows that along with your changes. Check it, then save again.",
        )
        self.now = dict(now)


def _told(name: str, value: str) -> str:
    return f"{name} “{value}”" if value else f"no {name}"


def refuse_changed(row: object, shown: Shown | None) -> None:
    """Raises ChangedSinceShown where a field of a locked row is not what the form showed; None: nothing is compared."""
    now = {name: getattr(row, name) for name, value in (shown or {}).items() if getattr(row, name) != value}
    if now:
        raise ChangedSinceShown(now)
