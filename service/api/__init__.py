"""The API: one module per noun; ROUTERS is what the app serves under /api/v1."""

from service.api import accounts, changes, register, watching

ROUTERS = (
    *register.ROUTERS,
    accounts.router,
    changes.router,
    watching.router,
)

__all__ = ["ROUTERS"]
