"""The key index finds every row that bears a key, whatever the keys look like."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kieng.records.key_index import KeyIndex, encoded_index, key_hashes

texts = st.lists(st.text(max_size=40), max_size=30)


@given(texts, st.lists(st.text(max_size=40), max_size=5), st.integers(0, 5))
def test_rows_of_sought_keys_are_found(tmp_path_factory, held, more, skip):
    held = held + held[:3]
    path = tmp_path_factory.mktemp("index") / "x.keys"
    path.write_bytes(encoded_index(pa.array(held, pa.string())))
    sought = held[skip:] + more
    found = KeyIndex(path).rows(np.unique(key_hashes(pa.array(sought, pa.string()))))
    assert found.tolist() == [row for row, key in enumerate(held) if key in sought]


@given(texts, st.integers(0, 10))
def test_a_hash_is_of_the_key_alone(keys, start):
    whole = key_hashes(pa.array(keys, pa.string()))
    assert key_hashes(pa.array(keys, pa.string()).slice(start)).tolist() == whole[start:].tolist()
    assert [key_hashes(pa.array([key]))[0] for key in keys] == whole.tolist()


def test_different_keys_hardly_ever_share_a_hash():
    keys = [f"so-tttt:{a}{b}" for a in range(300) for b in ("", "\0", "\0\0", "x" * 9, "é", "0")]
    assert len(set(key_hashes(pa.array(keys)).tolist())) == len(set(keys))


def test_few_keys_in_a_long_index(tmp_path):
    keys = pa.array([f"k{n}" for n in range(10_000)])
    (tmp_path / "x.keys").write_bytes(encoded_index(keys))
    index = KeyIndex(tmp_path / "x.keys")
    assert index.rows(np.unique(key_hashes(pa.array(["k77", "k9999", "none"])))).tolist() == [77, 9999]


def test_another_file_is_refused(tmp_path):
    (tmp_path / "x.keys").write_bytes(b"no key index at all, this")
    with pytest.raises(ValueError, match="no key index"):
        KeyIndex(tmp_path / "x.keys")
