from __future__ import annotations

import pytest

from corpus.errors import WarehouseError
from corpus.redaction import described, redacted


@pytest.mark.parametrize(
    ("said", "allowed"),
    [
        ("https://anna:hunter2@host.example/a", "https://***@host.example/a"),
        ("cannot read 'ftp://anna@host.example'", "cannot read 'ftp://***@host.example'"),
        ("https://h.example/p?a=1&access_token=s3cret&b=2", "https://h.example/p?a=1&access_token=***&b=2"),
        ("https://h.example/p?X-Amz-Signature=abc#t", "https://h.example/p?X-Amz-Signature=***#t"),
        ("urls:https://h.example/?sig=abc", "urls:https://h.example/?sig=***"),
        ("two: https://a:b@x.example https://c:d@y.example", "two: https://***@x.example https://***@y.example"),
    ],
)  # fmt: skip
def test_passwords_and_tokens_of_addresses_are_hidden(said: str, allowed: str) -> None:
    assert redacted(said) == allowed


@pytest.mark.parametrize(
    "said",
    [
        "https://host.example/@anna/post?page=2&topic=keys",
        "mail anna@host.example about the token",
        "key=value and sig=1 in a sentence",
        "/srv/pages/a.html",
    ],
)
def test_everything_else_stays_as_it_is(said: str) -> None:
    assert redacted(said) == said


def test_our_errors_are_told_and_foreign_ones_only_named_with_their_place() -> None:
    assert described(WarehouseError("cannot read https://a:b@h.example")).endswith("https://***@h.example")
    try:
        int("a sentence of a page")
    except ValueError as error:
        said = described(error)
    assert said.startswith("ValueError in test_redaction.py:")
    assert "sentence of" not in said
