"""The web application as `counterfoil web` serves it: a server process that ends with the one that started it."""

import signal

from counterfoil.platform.parent import follow_parent
from counterfoil.platform.wsgi import application

follow_parent(signal.SIGTERM)

__all__ = ["application"]
