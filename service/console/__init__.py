"""The console: server-rendered pages, Chinese first with English beside, nothing fetched from outside."""

from service.console import history, home, login, migrations, rate, rate_rows, register, surveys
from service.console.layout import show_problem

PAGES = (
    login.router,
    home.router,
    history.router,
    migrations.router,
    rate.router,
    rate_rows.router,
    register.router,
    surveys.router,
)

__all__ = ["PAGES", "show_problem"]
