"""Who asks is told by the connection, or by a proxy that the operator named; by nobody else."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from kieng.web.asker import address_of, asker_of
from kieng.web.environment import proxies as proxies_of
from kieng.web.environment import seconds_of_one

PROXY, FARTHER = "10.0.0.1", "10.0.0.2"


def meta(remote: str, forwarded: str | None = None) -> dict[str, Any]:
    return {"REMOTE_ADDR": remote} | ({} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded})


@pytest.fixture
def proxies(settings: Any) -> None:
    settings.PROXIES = ("10.0.0.0/30", "::1")


def test_a_stranger_is_not_believed():
    assert address_of(meta("203.0.113.9", "198.51.100.1")) == "203.0.113.9"


@pytest.mark.parametrize(
    ("forwarded", "who"),
    [
        ("198.51.100.1", "198.51.100.1"),
        ("6.6.6.6, 198.51.100.1", "198.51.100.1"),  # what the asker wrote stands before what the proxy saw
        (f"198.51.100.1, {FARTHER}", "198.51.100.1"),
        ("2001:db8:1:2:ffff::9", "2001:db8:1:2::/64"),
        ("::ffff:198.51.100.1", "198.51.100.1"),
        ("198.51.100.1:51234", "198.51.100.1"),
        ("[2001:db8:1:2::9]:51234", "2001:db8:1:2::/64"),
        ("nonsense", PROXY),
        ("", PROXY),
        (None, PROXY),
        (f"{FARTHER}, {FARTHER}", FARTHER),
    ],
)
def test_a_named_proxy_says_whom_it_answers(proxies, forwarded, who):
    assert asker_of(meta(PROXY, forwarded)) == who


def test_another_proxy_does_not(proxies):
    assert asker_of(meta("10.0.0.9", "198.51.100.1")) == "10.0.0.9"


def test_a_customer_of_ipv6_is_one_asker():
    assert asker_of(meta("2001:db8:1:2::1")) == asker_of(meta("2001:db8:1:2:ffff::9")) == "2001:db8:1:2::/64"
    assert asker_of(meta("2001:db8:1:3::1")) != asker_of(meta("2001:db8:1:2::1"))
    assert [asker_of(meta(one)) for one in (" 203.0.113.9", "nobody", "")] == [
        "203.0.113.9",
        "unknown",
        "unknown",
    ]


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (proxies_of, "10.0.0.5:80"),
        (proxies_of, "nginx"),
        *((seconds_of_one, t) for t in ("30", "30/0", "a/b", "")),
    ],
)
def test_what_the_environment_says_wrong_is_told_at_the_start(read, text):
    with pytest.raises(ImproperlyConfigured, match=r"KIENG_WEB_(PROXIES|SECONDS)"):
        read(text)


def test_what_it_says_right():
    assert proxies_of(" 10.0.0.5, ::1 ,10.1.0.0/16,") == ("10.0.0.5", "::1", "10.1.0.0/16")
    assert seconds_of_one("30/0.5") == (30.0, 0.5)
