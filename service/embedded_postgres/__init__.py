"""A private PostgreSQL: started with the service, gone with it, open to nobody else.

Everything lies in one directory: `data` and `socket` (0700), `passfile`, `log`, `lock` and `alive` (0600). There is
no TCP port; a client needs the socket and the password. Only a service run by root may have to keep these files
elsewhere, see `home.py`; only a very deep directory makes the socket live elsewhere, see `sockets.py`.
"""

from service.embedded_postgres.binaries import find_binaries
from service.embedded_postgres.server import EmbeddedPostgres, running_url

__all__ = ["EmbeddedPostgres", "find_binaries", "running_url"]
