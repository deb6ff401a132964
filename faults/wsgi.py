"""The pages with a planted bug, as COUNTERFOIL_FAULTS_PLANT names it; served as `counterfoil web` serves them."""

import os

from counterfoil.platform.web_worker import application
from faults.planted import plant

plant(os.environ.get("COUNTERFOIL_FAULTS_PLANT") or None)

__all__ = ["application"]
