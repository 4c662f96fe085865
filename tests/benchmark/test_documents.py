from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmark.documents import parse_json, parse_toml, read_json, read_toml
from trackers.errors import InputError

FINITE = st.floats(allow_nan=False, allow_infinity=False)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**80), 2**80) | FINITE | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@given(PLAIN)
def test_what_is_written_is_read(value: object) -> None:
    assert parse_json(json.dumps(value)) == value


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "Expecting value"),
        ("NaN", "NaN is no number of JSON"),
        ('{"a": [-Infinity]}', "-Infinity is no number of JSON"),
        ("1e999", "the number 1e999 is too large"),
        ("-1e999", "the number -1e999 is too large"),
        ("1" * 400, "is too large"),
        ("1" * 10_000, "is too large"),
        ('{"a": 1, "b": {"a": 2, "a": 3}}', "the key 'a' stands twice"),
        ("[" * 51 + "]" * 51, "nests deeper than 50 levels"),
        ("[" * 1_000_000, "nests deeper than 50 levels"),
        ('{"a":' * 100_000, "nests deeper than 50 levels"),
        (b"\xff", "can't decode byte 0xff"),
        (b'"\xed\xa0\x80"', "can't decode byte"),
        ('\ufeff{"a": 1}', "BOM"),
        ("[1,]", "line 1 column"),
        ("{'a': 1}", "Expecting property name"),
        ('"a\nb"', "Invalid control character"),
    ],
)
def test_what_is_no_json_of_ours_is_refused_with_the_reason(text: str | bytes, reason: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_json(text)
    file = tmp_path / "a.json"
    file.write_bytes(text.encode("utf-8") if isinstance(text, str) else text)
    with pytest.raises(InputError) as raised:
        read_json(file, "mend it")
    assert str(raised.value).startswith(f"{file} cannot be read (")
    assert str(raised.value).endswith("); mend it")
    assert len(str(raised.value).splitlines()) == 1


def test_fifty_levels_are_read() -> None:
    assert parse_json("[" * 50 + "]" * 50) is not None


def test_a_file_that_is_larger_than_any_document_is_not_parsed(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("benchmark.documents.LARGEST", 2**20)
    (tmp_path / "a.json").write_bytes(b" " * (2**20 + 1))
    with pytest.raises(InputError, match="larger than 1 MB"):
        read_json(tmp_path / "a.json", "mend it")


@pytest.mark.parametrize("kind", ["missing", "a folder"])
def test_what_is_no_file_is_one_line(tmp_path: Path, kind: str) -> None:
    file = tmp_path / "a.json"
    if kind == "a folder":
        file.mkdir()
    with pytest.raises(InputError, match=r"a\.json cannot be read \(.*\); mend it"):
        read_json(file, "mend it")


@pytest.mark.parametrize(
    "text",
    [
        "a = ", "a = 1\na = 2", "[[" * 3, "a = " + "[" * 5000, "\x00", "a = nan", "a = [-inf]", "a = 1e999",
        "\ufeffa = 1", "a = {b = 9223372036854775808}", "a = 0x" + "f" * 9999, "a = " + "9" * 9999,
        b"a = '\xff'", b"a = '\xed\xa0\x80'",
    ],
)  # fmt: skip
def test_toml_that_is_none_is_one_line(text: str | bytes, tmp_path: Path) -> None:
    with pytest.raises(ValueError):
        parse_toml(text)
    file = tmp_path / "a.toml"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(InputError, match=r"a\.toml cannot be read \(.*\); mend it") as raised:
        read_toml(file, "mend it")
    assert len(str(raised.value).splitlines()) == 1


def test_toml_has_numbers_of_64_bits() -> None:
    assert parse_toml(b"a = [9223372036854775807, 0x8, 1.5]") == {"a": [2**63 - 1, 8, 1.5]}


def never_another_exception(content: bytes) -> None:
    try:
        value = parse_json(content)
    except ValueError:
        return
    assert json.loads(json.dumps(value, allow_nan=False)) == value


DAMAGE = st.tuples(PLAIN.map(lambda value: json.dumps(value).encode()), st.integers(0, 200), st.binary(max_size=4))


def damaged(parts: tuple[bytes, int, bytes]) -> bytes:
    content, place, inserted = parts
    return content[:place] + inserted + content[place + 1 :]


@given(st.binary(max_size=200) | st.text(alphabet='[]{}":,0123456789eE.-NaInfity\\u', max_size=80).map(str.encode))
def test_any_bytes_are_a_value_or_a_value_error(content: bytes) -> None:
    never_another_exception(content)


@given(DAMAGE.map(damaged))
def test_any_damage_is_a_value_or_a_value_error(content: bytes) -> None:
    never_another_exception(content)


@pytest.mark.slow
@settings(max_examples=20_000)
@given(DAMAGE.map(damaged) | st.binary(max_size=400))
def test_much_damage_is_a_value_or_a_value_error(content: bytes) -> None:
    never_another_exception(content)
