"""Nothing secret leaves a play: every known value is painted over, also where it stands encoded."""

import json
import re
import shlex
from base64 import b64encode
from collections.abc import Iterable, Iterator
from textwrap import wrap
from urllib.parse import quote, quote_plus

PAINT = "••••••"
SHORT = 4  # characters; anything shorter is only hidden where it stands alone, or the whole text would be painted


class Redaction:
    """Knows what must not be seen, and paints it over in any text or document."""

    def __init__(self, secrets: Iterable[object]) -> None:
        values = {value for secret in secrets for value in _leaves(secret)}
        self._numbers = {value for value in values if len(value) >= SHORT}
        forms = {form for value in values for form in _forms(value)}
        self._long = sorted((form for form in forms if len(form) >= SHORT), key=len, reverse=True)
        alone = sorted(re.escape(form) for form in forms if len(form) < SHORT)
        self._short = re.compile(rf"(?<!\w)(?:{'|'.join(alone)})(?!\w)") if alone else None

    def text(self, text: str) -> str:
        # PostgreSQL stores neither NUL nor half a surrogate pair
        text = text.replace("\0", "␀").encode(errors="replace").decode()
        for form in self._long:
            text = text.replace(form, PAINT)
        return self._short.sub(PAINT, text) if self._short else text

    def document(self, value: object) -> object:
        """The same JSON document with every key and string painted, and numbers that are themselves secret."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self.text(str(key)): self.document(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.document(item) for item in value]
        if isinstance(value, int | float) and not isinstance(value, bool):
            return PAINT if str(value) in self._numbers else value
        return value


def _leaves(secret: object) -> Iterator[str]:
    if isinstance(secret, dict):
        yield from (leaf for item in secret.values() for leaf in _leaves(item))
    elif isinstance(secret, list | tuple):
        yield from (leaf for item in secret for leaf in _leaves(item))
    elif secret is not None and not isinstance(secret, bool) and str(secret).strip():
        yield str(secret)


def _forms(value: str) -> Iterator[str]:
    yield from {value, value.strip()}
    yield from (line.strip() for line in value.splitlines() if len(line.strip()) >= SHORT)
    yield from {json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1], repr(value)[1:-1]}
    # ansible quotes what it has quoted: a module's output inside an event holds JSON inside JSON
    yield json.dumps(json.dumps(value)[1:-1])[1:-1]
    yield from {quote(value, safe=""), quote(value), quote_plus(value), shlex.quote(value)[1:-1] or value}
    yield from _base64_forms(value)


def _base64_forms(value: str) -> Iterator[str]:
    """As base64 writes it, in lines or at each of the three places where it can begin inside a longer text."""
    text = value.encode()
    whole = b64encode(text).decode()
    found = {whole, *wrap(whole, 64), *wrap(whole, 76)}
    for before in range(3):
        signs = b64encode(b"\0" * before + text).decode().rstrip("=")
        # the first and the last sign may hold bits of a neighbour
        found.add(signs[before + 1 if before else 0 : -1 if (before + len(text)) % 3 else None])
    for form in found:
        if len(form) >= 2 * SHORT:
            yield from {form, form.replace("+", "-").replace("/", "_")}
