"""The long-running commands: serve, api, worker, collector."""

from pathlib import Path
from typing import Annotated

import typer

from inventory.errors import Refusal
from service.settings import Settings
from service.telemetry import start_logging

DemoOption = Annotated[bool, typer.Option("--demo", help="装入示例省份 / load the sample province (示例数据)")]


def _settings() -> Settings:
    settings = Settings()
    start_logging(settings)
    return settings


def serve(demo: DemoOption = False) -> None:
    """一台机器上运行全部：数据库、API 与控制台、工作进程、采集器 / everything on one machine."""
    from service.serving import serve as run

    try:
        code = run(_settings(), demo=demo)
    except Refusal as refusal:
        typer.echo(refusal.detail, err=True)
        code = 1
    raise typer.Exit(code)


def api() -> None:
    """API 与控制台 / API and console."""
    import uvicorn

    from service.app import create_app
    from service.db import connect

    settings = _settings()
    app = create_app(settings, connect(_database(settings)))
    uvicorn.run(app, host=settings.host, port=settings.port, log_level="warning", access_log=False, server_header=False,
                timeout_graceful_shutdown=5)  # fmt: skip


def worker() -> None:
    """工作进程：执行迁移与导入 / a worker: carries out migrations and imports."""
    from service.worker import run_worker

    settings = _settings()
    _database(settings)
    run_worker(settings)


def collector(
    targets: Annotated[str, typer.Option(help="目标清单：文件或网址 / target list: a file or a URL")],
    deliver: Annotated[Path | None, typer.Option(help="读数写入此目录 / write readings into this directory")] = None,
) -> None:
    """采集器：轮询设备、探测系统 / a collector: polls devices, probes systems."""
    from monitors.collector import CollectorSettings, run_collector

    settings = _settings()
    token = settings.collector_token.get_secret_value() if settings.collector_token else None
    run_collector(
        CollectorSettings(
            targets=targets, token=token, host=settings.collector_host, port=settings.collector_port, deliver=deliver
        )
    )


def _database(settings: Settings) -> str:
    if not settings.database_url:
        typer.echo(
            "请设置 YUNWANG_DATABASE_URL，或使用 yunwang serve / set YUNWANG_DATABASE_URL, or use yunwang serve",
            err=True,
        )
        raise typer.Exit(2)
    return settings.database_url
