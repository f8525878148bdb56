"""The API: one module per noun; ROUTERS is what the app serves under /api/v1."""

from service.api import accounts, changes, credentials, indicators, migrations, register, runs, surveys, watching

ROUTERS = (
    *register.ROUTERS,
    accounts.router,
    changes.router,
    indicators.router,
    watching.router,
    surveys.router,
    migrations.router,
    runs.router,
    credentials.router,
)

__all__ = ["ROUTERS"]
