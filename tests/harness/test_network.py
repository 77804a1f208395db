"""How a target is reached: certificates, proxies, addresses, time limits, and the pace of requests."""

from __future__ import annotations

import base64
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance import __version__
from conformance.base.outcomes import Inconclusive
from conformance.harness.trial import Trial
from conformance.preflight.reaching import why_silent
from conformance.profile.loading import ProfileError, parse_profile
from conformance.running.whole_run import open_session
from conformance.wire.evidence import rendered
from conformance.wire.exchange import Reply, Request
from conformance.wire.guard import Guard, Pace
from conformance.wire.network import proxy_for
from conformance.wire.sockets import Backend
from conformance.wire.throttling import asked_wait
from conformance.wire.transport import NoAnswer
from tests.hostile.certificates import Authority
from tests.hostile.ordinary import profile, spoiled
from tests.hostile.raw import Peer, RawServer, Received, Script, answer, says


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority.at(tmp_path)


def trial_of(text: str) -> Trial:
    return Trial(open_session(parse_profile(text, "p.toml")))


# Certificates


def test_a_private_authority_is_trusted_where_the_profile_names_it(authority: Authority) -> None:
    with RawServer(spoiled(), authority.server()) as server:
        named = profile(server.url, target=f'ca_file = "{authority.ca_file}"')
        assert why_silent(parse_profile(named, "p")) is None
        silence = why_silent(parse_profile(profile(server.url), "p")) or ""
    assert "does not verify" in silence
    assert "`ca_file` under [target]" in silence


@pytest.mark.parametrize(
    ("name", "expired", "says"),
    [
        ("127.0.0.1", True, "the certificate has to be renewed"),
        ("other.example", False, "an address that the certificate"),
    ],
)
def test_a_wrong_certificate_is_told_in_words(authority: Authority, name: str, expired: bool, says: str) -> None:
    with RawServer(spoiled(), authority.server(name, expired=expired)) as server:
        text = profile(server.url, target=f'ca_file = "{authority.ca_file}"')
        silence = why_silent(parse_profile(text, "p")) or ""
    assert "the certificate does not verify" in silence
    assert says in silence


def test_a_server_that_asks_for_a_client_certificate_gets_it(authority: Authority, tmp_path: Path) -> None:
    certificate, key = authority.client(tmp_path)
    keys = f'ca_file = "{authority.ca_file}"\nclient_certificate = "{certificate}"\nclient_key = "{key}"'
    with RawServer(spoiled(), authority.server(asks_clients=True)) as server:
        trial = trial_of(profile(server.url, target=keys))
        assert trial.send.client_credentials().status == 200
        assert trial.send.handshake("token", only="TLSv1.2", verify=True).version == "TLSv1.2"
        without = profile(server.url, target=f'ca_file = "{authority.ca_file}"')
        assert why_silent(parse_profile(without, "p")) is not None


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('ca_file = "missing.pem"', "line 6: target.ca_file: missing.pem: can't be read"),
        ('client_certificate = "missing.pem"', "target.client_certificate: missing.pem: can't be read"),
        ('ca_file = "{folder}/empty.pem"', "holds no PEM certificate"),
        ('client_certificate = "{folder}/empty.pem"', "can't be used together"),
    ],
)
def test_a_certificate_that_cant_be_used_is_named(line: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("")
    text = profile("https://127.0.0.1:1", target=line.format(folder=tmp_path))
    with pytest.raises(ProfileError, match=says.replace("(", r"\(")):
        parse_profile(text, "p.toml")


# Proxies


class Tunnel:
    """An HTTP proxy that connects to one place, whatever name it is asked for."""

    def __init__(self, place: int) -> None:
        self.place = place
        self.asked: list[Received] = []

    def __call__(self, peer: Peer, request: Received) -> None:
        self.asked.append(request)
        if request.method != "CONNECT":
            peer.send(answer('{"access_token": "issued-at", "token_type": "b"}'))
            return
        peer.send(b"HTTP/1.1 200 Connected\r\n\r\n")
        with socket.create_connection(("127.0.0.1", self.place)) as onward:
            back = threading.Thread(target=_pump, args=(onward, peer.connection), daemon=True)
            back.start()
            _pump(peer.connection, onward)
            back.join(5)


def _pump(here: socket.socket, there: socket.socket) -> None:
    try:
        while data := here.recv(65536):
            there.sendall(data)
        there.shutdown(socket.SHUT_WR)
    except OSError:
        return


@pytest.fixture
def beyond(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Tunnel, str, RawServer]]:
    """A proxy with a password, the profile of a server that only the proxy can reach, and that server."""
    with RawServer(spoiled(), authority.server("as.example.test")) as server:
        tunnel = Tunnel(server.port)
        with RawServer(tunnel) as proxy:
            monkeypatch.setenv("HTTPS_PROXY", f"http://me:proxy%20secret@127.0.0.1:{proxy.port}")
            target = f'ca_file = "{authority.ca_file}"'
            text = profile("https://as.example.test", target=target).replace('"secret-of', '"env:SECRET-of')
            monkeypatch.setenv("SECRET-of-client-a", "secret-of-client-a")
            yield tunnel, text.replace('"password-of-alice"', '"env:SECRET-of-client-a"'), server


def test_the_proxy_of_the_environment_is_taken_and_told(beyond: tuple[Tunnel, str, RawServer]) -> None:
    tunnel, text, server = beyond
    trial = trial_of(text)
    assert trial.send.client_credentials().status == 200
    assert trial.send.handshake("token", verify=True).succeeded
    assert [request.line for request in tunnel.asked] == ["CONNECT as.example.test:443 HTTP/1.1"] * 2
    credentials = "Basic " + base64.b64encode(b"me:proxy secret").decode()
    assert {request.header("Proxy-Authorization") for request in tunnel.asked} == {credentials}
    assert server.received[0].header("Host") == "as.example.test"
    shown = rendered(trial.exchanges[0], trial.session.redactor)
    assert shown["remarks"][0].startswith("sent through the proxy http://127.0.0.1:")
    assert "proxy secret" not in str(shown)


def test_a_proxy_that_refuses_is_told(beyond: tuple[Tunnel, str, RawServer], monkeypatch: pytest.MonkeyPatch) -> None:
    with RawServer(says(answer(b"", "407 Proxy Authentication Required", ""))) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        silence = why_silent(parse_profile(beyond[1], "p")) or ""
    assert "the proxy refused: 407 Proxy Authentication Required" in silence


@pytest.mark.parametrize(
    ("url", "settings", "proxy"),
    [
        ("https://as.example", {"https": "http://p:1"}, "http://p:1"),
        ("https://as.example", {"http": "http://p:1"}, None),
        ("http://as.example", {"http": "p:1"}, "http://p:1"),
        ("https://as.example", {"all": "http://u:s@p:1"}, "http://p:1"),
        ("https://as.example", {"https": "http://p:1", "no": "as.example"}, None),
        ("https://a.as.example", {"https": "http://p:1", "no": ".as.example"}, None),
        ("https://as.example", {"https": "http://p:1", "no": "*"}, None),
        ("https://127.0.0.1:8443", {"https": "http://p:1"}, None),
        ("https://[::1]:8443", {"https": "http://p:1"}, None),
        ("https://localhost", {"all": "http://p:1"}, None),
    ],
)
def test_which_proxy_is_taken(url: str, settings: dict[str, str], proxy: str | None) -> None:
    found = proxy_for(url, settings)
    assert (found and found.url) == proxy


# Addresses


@pytest.mark.skipif(not Path("/proc/net/if_inet6").exists(), reason="this system has no IPv6")
def test_ipv6_a_base_path_and_other_hosts() -> None:
    with RawServer(says(answer("{}")), address="::1") as far, RawServer(says(answer("{}"))) as near:
        text = profile(f"{far.url}/tenant/") + f'[endpoints]\nintrospection = "{near.url}/inspect"\ntoken = "t"\n'
        trial = trial_of(text)
        trial.send.client_credentials()
        trial.send.introspection("x")
    assert [request.line for request in far.received] == ["POST /tenant/t HTTP/1.1"]
    assert far.received[0].header("Host") == f"[::1]:{far.port}"
    assert [request.line for request in near.received] == ["POST /inspect HTTP/1.1"]
    with pytest.raises(Inconclusive, match="the profile's hosts only"):
        trial.send.raw("GET", "http://127.0.0.1:1/elsewhere")


def test_requests_say_who_asks_and_carry_the_profiles_headers() -> None:
    with RawServer(says(answer("{}"))) as server:
        target = 'headers = { X-Gateway-Key = "key-of-the-gateway" }'
        trial_of(profile(server.url, target=target)).send.client_credentials()
    request = server.received[0]
    assert request.header("User-Agent") == f"oauth2-conformance/{__version__}"
    assert request.header("X-Gateway-Key") == "key-of-the-gateway"
    assert request.header("Accept-Encoding") == "identity"


# Time


@pytest.mark.parametrize(
    ("target", "script", "says"),
    [
        ("read_timeout = 0.1", lambda peer, request: peer.hang(), "no complete answer"),
        ("", lambda peer, request: peer.trickle(answer(" " * 600), 1), "no complete answer"),
    ],
    ids=["silence", "slowness"],
)
def test_time_limits_hold(target: str, script: Script, says: str) -> None:
    started = time.monotonic()
    with RawServer(script) as server, pytest.raises(Inconclusive, match=says):
        trial_of(profile(server.url, 0.5, target)).send.client_credentials()
    # The limit is half a second; what trickles on without one takes ten minutes.
    assert time.monotonic() - started < 300


def test_requests_keep_their_pace() -> None:
    with RawServer(says(answer("{}"))) as server:
        loaded = parse_profile(profile(server.url, more="[limits]\nrequests_per_second = 40"), "p")
        trial = Trial(open_session(loaded, "gw0", workers=2))
        started = time.monotonic()
        for _ in range(5):
            trial.send.client_credentials()
    # Two workers share the forty: four intervals of a twentieth of a second.
    assert time.monotonic() - started > 0.19


# Throttling


def throttled_first(times: int, headers: str = "Retry-After: 0\r\n") -> Script:
    seen: list[int] = []

    def script(peer: Peer, request: Received) -> None:
        seen.append(1)
        peer.send(answer("{}") if len(seen) > times else answer("{}", "429 Too Many Requests", headers))

    return script


def test_a_throttled_request_is_sent_again_and_both_are_evidence() -> None:
    with RawServer(throttled_first(2)) as server:
        trial = trial_of(profile(server.url))
        assert trial.send.client_credentials().status == 200
    assert [exchange.reply and exchange.reply.status for exchange in trial.exchanges] == [429, 429, 200]


@pytest.mark.parametrize(
    ("headers", "says"),
    [
        ("Retry-After: 0\r\n", "429 to POST"),
        ("Retry-After: 3600\r\n", "asks to wait 3600 s; set `requests_per_second`"),
    ],
)
def test_a_throttling_that_stays_decides_nothing(headers: str, says: str) -> None:
    with RawServer(throttled_first(1000, headers)) as server:
        trial = trial_of(profile(server.url))
        with pytest.raises(Inconclusive, match=says):
            trial.send.client_credentials()
        with trial.given.throttled_answers():
            assert trial.send.client_credentials().status == 429


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("5", 5.0),
        ("", None),
        ("soon", None),
        ("-3", None),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
        ("9" * 400, 999999999.0),
    ],
)
def test_how_long_a_target_asks_to_wait(value: str, seconds: float | None) -> None:
    reply = Reply(Request("GET", "http://a/"), 429, (("Retry-After", value),))
    assert asked_wait(reply) == seconds


# Targets that fall silent


class Silent:
    """A transport whose answers are as a test says: by URL, True for an answer."""

    has_sockets = True

    def __init__(self, answers: dict[str, bool]) -> None:
        self.answers = answers
        self.asked: list[str] = []

    def send(self, request: Request) -> Reply:
        """An answer or none."""
        self.asked.append(request.url)
        if not self.answers.get(request.url):
            raise NoAnswer("nothing")
        return Reply(request, 200)


def ask(guard: Guard, url: str, times: int) -> list[str]:
    found = []
    for _ in range(times):
        try:
            guard.send(Request("GET", url))
        except NoAnswer as error:
            found.append(str(error))
    return found


def test_a_target_that_is_gone_is_not_asked_any_more() -> None:
    silent = Silent({})
    found = ask(Guard(silent, 0.1, Pace()), "http://a/x?n=1", 20)  # type: ignore[arg-type]
    assert len(silent.asked) == 6
    assert found[:5] == ["nothing"] * 5
    assert found[5].startswith("http://a no longer answers: 5 requests in a row were not answered (nothing)")


def test_one_place_that_is_gone_leaves_the_others() -> None:
    silent = Silent({"http://a/": True, "http://a/y": True})
    guard = Guard(silent, 0.1, Pace())  # type: ignore[arg-type]
    assert "GET http://a/x no longer answers" in ask(guard, "http://a/x", 6)[5]
    assert ask(guard, "http://a/y", 6) == []


def test_requests_that_are_dropped_for_what_they_carry_end_nothing() -> None:
    silent = Silent({"http://a/": True, "http://a/x": True})
    guard = Guard(silent, 0.1, Pace())  # type: ignore[arg-type]
    assert ask(guard, "http://a/x?attack", 20) == ["nothing"] * 20


def test_an_engine_that_reads_timeouts_is_told_by_name() -> None:
    """A Deadline stands where httpcore has numbers: a version that does anything with them must not pass unnoticed."""
    with pytest.raises(TypeError, match="this version of httpcore doesn't hand timeouts down as they are"):
        Backend().connect_tcp("127.0.0.1", 1, timeout=5.0)
