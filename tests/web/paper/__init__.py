"""Tests of counterfoil.web.paper."""
