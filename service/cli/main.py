"""All commands in one place; each group lives in a file of its own."""

import typer

from service.cli import credentials, database, exporting, hosts, importing, login, migrate, nouns, processes, report

app = typer.Typer(
    name="yunwang", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
    help="云网：电子政务云网资产台账与迁移工作台 / register and workbench of e-government networks and clouds",
)  # fmt: skip

app.command("serve")(processes.serve)
app.command("api")(processes.api)
app.command("worker")(processes.worker)
app.command("collector")(processes.collector)
app.command("login")(login.login)
app.command("put")(nouns.put)
app.command("list")(nouns.list_rows)
app.add_typer(database.app, name="db")
app.add_typer(migrate.app, name="migrate")
app.add_typer(credentials.app, name="credentials")
app.add_typer(hosts.app, name="hosts")
app.add_typer(report.app, name="report")
app.add_typer(importing.app, name="import")
app.add_typer(exporting.app, name="export")


def main() -> None:
    """Entry point."""
    app()
