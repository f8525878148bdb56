"""The API: one module per noun; ROUTERS is what the app serves under /api/v1."""

from service.api import accounts, changes, indicators, register, watching

ROUTERS = (
    *register.ROUTERS,
    accounts.router,
    changes.router,
    indicators.router,
    watching.router,
)

__all__ = ["ROUTERS"]
