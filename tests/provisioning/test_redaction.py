"""Painting over: every way in which a known secret may be written down."""

import json
import shlex
from base64 import b64encode, encodebytes
from urllib.parse import quote, quote_plus

import pytest

from provisioning.runs.redaction import PAINT, Redaction

SECRET = 'it\'s «口令» 50% / "a+b"\\n'
WRITTEN = {
    "as it is": SECRET,
    "JSON": json.dumps(SECRET),
    "JSON, Chinese kept": json.dumps(SECRET, ensure_ascii=False),
    "JSON in JSON": json.dumps(json.dumps(SECRET)),
    "Python": repr(SECRET),
    "shell": shlex.quote(SECRET),
    "URL": quote(SECRET),
    "URL, all": quote(SECRET, safe=""),
    "form": quote_plus(SECRET),
    "base64": b64encode(SECRET.encode()).decode(),
    "URL-safe base64": b64encode(SECRET.encode(), altchars=b"-_").decode(),
    "base64 after one byte": b64encode(b"u" + SECRET.encode() + b"!").decode(),
    "base64 after two bytes": b64encode(b"u:" + SECRET.encode() + b"!!").decode(),
    "base64 in lines": encodebytes((SECRET * 5).encode()).decode(),
}


@pytest.mark.parametrize("written", WRITTEN)
def test_a_secret_is_painted_over_however_it_is_written(written: str) -> None:
    shown = Redaction([{"password": SECRET}, [SECRET * 5]]).text(f"before {WRITTEN[written]} after")

    assert shown.startswith("before ")
    assert shown.endswith(" after")
    assert len(shown.replace(PAINT, "")) < len("before  after") + 12


def test_each_line_of_a_key_is_painted_also_alone() -> None:
    key = "-----BEGIN KEY-----\nAAAAB3NzaC1yc2EAAAADAQABAAABgQ\nCk5vdCBhIGtleSBhdCBhbGwK\n-----END KEY-----\n"

    assert Redaction([(key,)]).text("got AAAAB3NzaC1yc2EAAAADAQABAAABgQ here") == f"got {PAINT} here"


def test_a_very_short_secret_is_painted_only_where_it_stands_alone() -> None:
    redaction = Redaction([{"pin": "42"}])

    assert redaction.text("pin=42, rows=142, 42") == f"pin={PAINT}, rows=142, {PAINT}"


def test_in_a_document_keys_and_secret_numbers_are_painted_and_flags_and_counts_are_not() -> None:
    redaction = Redaction([{"token": 918273, "on": True, "pin": 7, "none": None, "empty": ""}])

    shown = redaction.document({"x918273": [918273, 7, True, None, "7 True None"]})

    assert shown == {f"x{PAINT}": [PAINT, 7, True, None, f"{PAINT} True None"]}


def test_without_secrets_nothing_is_painted() -> None:
    assert Redaction([{}, ()]).document({"a": ["b", 1]}) == {"a": ["b", 1]}


def test_what_the_database_cannot_store_is_written_differently() -> None:
    assert Redaction([]).document({"a\0b": "\udc80"}) == {"a␀b": "?"}
