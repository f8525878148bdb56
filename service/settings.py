"""What an operator may set: environment variables with the prefix YUNWANG_, read once and passed in.

A container may carry any of them as a secret instead: the file /run/secrets/yunwang_database_url and its like.
"""

from pathlib import Path
from typing import Literal

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

SECRETS = Path("/run/secrets")  # where Docker and podman mount a container's secrets


class Settings(BaseSettings):
    """The service's settings; docs/reference/settings.md lists each (a test compares)."""

    model_config = SettingsConfigDict(
        env_prefix="YUNWANG_", frozen=True, extra="ignore", secrets_dir=SECRETS if SECRETS.is_dir() else None
    )

    database_url: str | None = None
    state_dir: Path = Path("var")
    host: str = "127.0.0.1"
    port: int = 8000
    collector_host: str = "127.0.0.1"
    collector_port: int = 9780
    collector_token: SecretStr | None = None
    log_format: Literal["text", "json"] = "text"
    secure_cookies: bool = False
    master_key_file: Path | None = None
    runs_dir: Path | None = None

    @property
    def master_key_path(self) -> Path:
        """Where the key that encrypts credentials lies (0600)."""
        return self.master_key_file or self.state_dir / "master.key"
