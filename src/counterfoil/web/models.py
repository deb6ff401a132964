"""The models of the app `web`: they are defined below the pages, in `accounts`."""

from counterfoil.accounts.models import ApiAct as ApiAct
from counterfoil.accounts.models import ApiToken as ApiToken
from counterfoil.accounts.models import AuditEntry as AuditEntry
from counterfoil.accounts.models import IdempotencyKey as IdempotencyKey
from counterfoil.accounts.models import Invitation as Invitation
from counterfoil.accounts.models import Mail as Mail
from counterfoil.accounts.models import Notice as Notice
from counterfoil.accounts.models import Notifications as Notifications
from counterfoil.accounts.models import Person as Person
from counterfoil.accounts.models import RequiredSecondFactor as RequiredSecondFactor
