"""The words of the permission matrices."""

from counterfoil.web.models import Role

EVERYONE = ("anonymous", Role.VIEWER, Role.CLERK, Role.MANAGER, Role.ADMINISTRATOR)
IN, OK, NO, ON = "login", 200, 403, 302  # sent to the login; shown; refused; done and led on
