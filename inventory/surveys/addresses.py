"""Cells with a form of their own: credit codes, telephones, web addresses, IP addresses."""

import re
import unicodedata
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from inventory.agencies.uscc import check_uscc
from inventory.errors import Invalid
from inventory.surveys.cells import READERS, as_text, tidy
from inventory.surveys.columns import Column, Kind
from inventory.surveys.faults import Unfit

PARTS = re.compile(r"[、,，;；\s]+")
HOST = r"(?:[\w-]+(?:\.[\w-]+)+|\[[0-9a-fA-F:]+\])"
PORTS = 65_536
URL = re.compile(rf"(?:[a-zA-Z][a-zA-Z0-9+.-]*://(?:[\w.-]+|\[[0-9a-fA-F:]+\])|{HOST})(?::(\d{{1,5}}))?(?:[/?#]\S*)?")
PHONE = re.compile(r"(?=(?:\D*\d){5})[\d+\-()#*转,、;/ ]{5,100}")


def _parts(value: object) -> list[str]:
    return [part for part in PARTS.split(unicodedata.normalize("NFKC", tidy(value))) if part]


def as_uscc(value: object, _: Column) -> str:
    """The credit code in capitals, its check character verified."""
    code = re.sub(r"\s+", "", unicodedata.normalize("NFKC", tidy(value))).upper()
    try:
        return check_uscc(code)
    except Invalid as refused:
        zh, _slash, en = refused.detail.partition(" / ")
        raise Unfit("bad_uscc", zh, en, "请对照登记证书核对，并把单元格设为文本格式",
                    "compare it with the certificate and format the cell as text") from None  # fmt: skip


def as_phone(value: object, column: Column) -> str:
    words = as_text(unicodedata.normalize("NFKC", tidy(value)), column)
    if PHONE.fullmatch(words):
        return words
    raise Unfit("bad_phone", "不是电话号码", "not a telephone number",
                "请填区号-号码或手机号，如 0531-00000000", "give area code and number, or a mobile number")  # fmt: skip


def as_url(value: object, column: Column) -> str:
    """One or more web addresses or host names, joined by 、."""
    parts = _parts(value)
    for part in parts:
        match = URL.fullmatch(part)
        if match is None or (match[1] is not None and not 0 < int(match[1]) < PORTS):
            raise Unfit("bad_url", "不是域名或网址", "not a host name or web address",
                        "请填写如 http://www.example.gov.cn/ 的网址；没有的留空",
                        "write it like http://www.example.gov.cn/")  # fmt: skip
    return as_text("、".join(parts), column)


def _address(part: str, kind: type[IPv4Network | IPv6Network]) -> str:
    first, dash, last = part.partition("-")
    if not dash:
        network = ip_network(part, strict=False)
        fits = isinstance(network, kind)
        written = str(network) if "/" in part else str(network.network_address)
    else:
        version = 4 if kind is IPv4Network else 6
        ends = [ip_address(first), ip_address(last)]
        fits = all(end.version == version for end in ends) and int(ends[0]) <= int(ends[1])
        written = "-".join(str(end) for end in ends)
    if not fits:
        raise ValueError(part)
    return written


def _addresses(value: object, column: Column, kind: type[IPv4Network | IPv6Network]) -> str:
    try:
        return as_text("、".join(_address(part, kind) for part in _parts(value)), column)
    except ValueError:
        name, example = ("IPv4", "10.1.2.3") if kind is IPv4Network else ("IPv6", "2001:db8::1")
        raise Unfit(f"bad_{name.lower()}", f"不是{name}地址", f"not an {name} address",
                    f"请填写如 {example} 的地址，多个用顿号分开",
                    f"write it like {example}, several parted by 、") from None  # fmt: skip


def as_ipv4(value: object, column: Column) -> str:
    """IPv4 addresses, ranges (a-b) or prefixes, joined by 、."""
    return _addresses(value, column, IPv4Network)


def as_ipv6(value: object, column: Column) -> str:
    """IPv6 addresses, ranges or prefixes, joined by 、."""
    return _addresses(value, column, IPv6Network)


ALL_READERS = READERS | {
    Kind.USCC: as_uscc, Kind.PHONE: as_phone, Kind.URL: as_url, Kind.IPV4: as_ipv4, Kind.IPV6: as_ipv6,
}  # fmt: skip
