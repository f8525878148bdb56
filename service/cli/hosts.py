"""`yunwang hosts trust`: take a host's public key into the register after a person has compared its fingerprint."""

import subprocess
from typing import Annotated, Any

import httpx
import typer

from service.cli.client import api, give_up

app = typer.Typer(no_args_is_help=True, help="主机 / hosts")


@app.callback()
def hosts() -> None:
    """主机 / hosts."""


@app.command()
def trust(
    number: Annotated[int, typer.Argument(help="主机编号 / host id", min=1)],
    yes: Annotated[bool, typer.Option("--yes", help="已另行核对，不再询问 / compared elsewhere, do not ask")] = False,
) -> None:
    """读取主机 SSH 公钥，显示指纹，确认后登记 / scan the host's SSH key, show it, store it once confirmed."""
    with api() as client:
        host, tag = _host(client, number)
        found = scan(_address(client, host), int(host["ssh_port"]))
        for key in found:
            print(fingerprint(key))
        if host["ssh_host_key"] and set(host["ssh_host_key"].splitlines()) != set(found):
            print(
                "与已登记的公钥不同！主机重装过，或有人冒充 / differs from the stored key: reinstalled, or impersonated"
            )
        if not yes:
            typer.confirm("与主机控制台所示指纹一致？/ do they match what the host's console shows?", abort=True)
        body = {"ssh_host_key": "\n".join(found)}
        client.patch(f"/hosts/{number}", json=body, headers={"If-Match": tag})


def scan(address: str, port: int) -> list[str]:
    """The host's public keys as `type base64`, sorted."""
    said = subprocess.run(
        ["ssh-keyscan", "-T", "10", "-p", str(port), address], capture_output=True, text=True, check=False
    )
    keys = sorted(line.split(" ", 1)[1] for line in said.stdout.splitlines() if line and not line.startswith("#"))
    if not keys:
        give_up(f"{address}:{port} 没有应答 SSH / does not answer SSH: {said.stderr.strip()}")
    return keys


def fingerprint(key: str) -> str:
    """What ssh-keygen says about a public key."""
    said = subprocess.run(["ssh-keygen", "-lf", "-"], input=key, capture_output=True, text=True, check=False)
    return said.stdout.strip()


def _host(client: httpx.Client, number: int) -> tuple[dict[str, Any], str]:
    answer = client.get(f"/hosts/{number}")
    return answer.json(), answer.headers["ETag"]


def _address(client: httpx.Client, host: dict[str, Any]) -> str:
    rows = client.get("/addresses", params={"host_id": host["id"]}).json()["items"]
    marked = [row for row in rows if row["management"]] or rows
    if not marked:
        give_up(f"主机 {host['name']} 没有登记地址 / host {host['name']} has no address")
    return str(marked[0]["address"])
