"""`counterfoil people`: who may log in, where the pages cannot be used for it."""

from argparse import ArgumentParser
from typing import Any

from allauth.mfa.models import Authenticator

from counterfoil.accounts import users
from counterfoil.accounts.audit import record_as
from counterfoil.accounts.mail.account_notices import tell
from counterfoil.accounts.models import Person, Role
from counterfoil.platform.cli.base_command import CounterfoilCommand, UsageError
from counterfoil.stores.integrations.public_address import public_address
from counterfoil.stores.json_output import Shape

WHAT = {
    "deactivate": "Log someone out and block the login.",
    "reactivate": "Let someone log in again.",
    "let-in": "Let someone who entered too many wrong passwords try again right away.",
    "remove-second-factor": "For someone who lost it: they can log in with just the password.",
}
COLUMNS = {
    "username": "Username",
    "name": "Name",
    "email": "E-mail",
    "role": "Role",
    "active": "Active",
    "second_factor": "Second factor",
    "last_login": "Last login",
}


class Command(CounterfoilCommand):
    help = "Lists who may log in; invites, changes roles, deactivates, lets in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="action", required=True, metavar="list|invite|role|deactivate|…")
        made = [commands.add_parser("list", help="List everyone.")]
        invite = commands.add_parser("invite", help="Create a link to choose a username and password.")
        invite.add_argument("email", metavar="EMAIL", help="Their e-mail address.")
        invite.add_argument("--role", choices=Role.values, default=Role.CLERK, help="What they may do (clerk).")
        role = commands.add_parser("role", help="Change what someone may do.")
        role.add_argument("username", metavar="NAME", help="Their username.")
        role.add_argument("role", choices=Role.values, metavar="ROLE", help=", ".join(Role.values))
        for name, what in WHAT.items():
            one = commands.add_parser(name, help=what)
            one.add_argument("username", metavar="NAME", help="Their username.")
            made.append(one)
        for each in (*made, invite, role):
            super().add_arguments(each)

    def handle(self, *_args: Any, **options: Any) -> None:
        getattr(self, f"_{options['action'].replace('-', '_')}")(options)

    def _list(self, options: dict[str, Any]) -> None:
        second = set(Authenticator.objects.filter(type=Authenticator.Type.TOTP).values_list("user_id", flat=True))
        rows = [_row(each, second) for each in Person.objects.order_by("username")]
        if options["json"]:
            self.print_json(rows)
        else:
            self.print_table(rows, COLUMNS, empty="No users yet.")

    def _invite(self, options: dict[str, Any]) -> None:
        role = Role(options["role"])
        invitation, token = users.invite(options["email"], role, by=None)
        record_as(self.me(), f"Invited someone as {role.label.lower()}.", about=invitation.email)
        address = public_address()
        path = f"{address}/invitation/{token}/"
        if options["json"]:
            self.print_json({"email": invitation.email, "role": role, "link": path, "until": invitation.expires_at})
        else:
            self.say(f"{invitation.email} is invited as {role.label.lower()}. The link works once, for seven days:")
            self.say(path if address else f"the address of the pages, followed by {path}")

    def _role(self, options: dict[str, Any]) -> None:
        person, role = _person(options), Role(options["role"])
        before = person.get_role_display()
        users.change_role(person, role, by=None)
        tell(person, f"Your role was changed: {before} → {role.label}.")
        self._done(options, person, f"Changed a role: {before} → {role.label}.", f"is {role.label.lower()} now.")

    def _deactivate(self, options: dict[str, Any]) -> None:
        person = _person(options)
        users.deactivate(person, by=None)
        self._done(options, person, "Deactivated someone.", "can no longer log in.")

    def _reactivate(self, options: dict[str, Any]) -> None:
        person = _person(options)
        users.reactivate(person)
        self._done(options, person, "Reactivated someone.", "can log in again.")

    def _remove_second_factor(self, options: dict[str, Any]) -> None:
        person = _person(options)
        if not users.remove_second_factor(person):
            raise UsageError(f"{person.username} has no second factor.")
        tell(person, "Your second factor was removed on the server.")
        self._done(options, person, "Removed someone’s second factor.", "can log in with just the password.")

    def _let_in(self, options: dict[str, Any]) -> None:
        name = options["username"]
        lifted = users.lift_lockout(name)
        if lifted:
            record_as(self.me(), "Lifted a lockout.", about=name)
        if options["json"]:
            self.print_json({"username": name, "lifted": lifted})
        else:
            self.say(f"{name} can try again." if lifted else f"{name} was not locked out.")

    def _done(self, options: dict[str, Any], person: Person, what: str, said: str) -> None:
        record_as(self.me(), what, about=person.username)
        if options["json"]:
            second = {person.pk} if Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP) else set()
            self.print_json(_row(person, second))
        else:
            self.say(f"{person.username} {said}")


def _person(options: dict[str, Any]) -> Person:
    person = Person.objects.filter(username__iexact=options["username"]).first()
    if person is None:
        raise UsageError(f"There's no user {options['username']}.")
    return person


def _row(person: Person, second_factors: set[int]) -> Shape:
    """One row of `people list --json`."""
    return {
        "username": person.username,
        "name": person.get_full_name(),
        "email": person.email,
        "role": person.role,
        "active": person.is_active,
        "second_factor": person.pk in second_factors,
        "last_login": person.last_login,
    }
