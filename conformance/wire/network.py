"""How a party is reached: certificates on both sides, proxies of the environment, time limits."""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies_environment, proxy_bypass_environment  # type: ignore[attr-defined]

from conformance.base.uris import host_and_port, is_loopback
from conformance.wire.sockets import Timeouts


class Unusable(Exception):
    """A file or setting that the network needs can't be used: `key` is its key under [target], the text says why."""

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(reason)
        self.key = key


@dataclass(frozen=True, slots=True)
class Proxy:
    """An HTTP proxy; its credentials, where it has some, are never shown."""

    url: str
    credentials: tuple[str, str] | None = field(default=None, repr=False)

    def __str__(self) -> str:
        return self.url


@dataclass(frozen=True, slots=True)
class Reach:
    """What a profile says of the way to a party: PEM files and their password, time limits in seconds.

    `ca_file` alone is trusted where it is given; `insecure` takes any certificate.
    """

    ca_file: str | None = None
    insecure: bool = False
    client_certificate: str | None = None
    client_key: str | None = None
    client_key_password: str | None = field(default=None, repr=False)
    timeout: float = 10.0
    connect_timeout: float | None = None
    read_timeout: float | None = None


@dataclass(frozen=True, slots=True)
class Network:
    """What a connection needs to know."""

    context: ssl.SSLContext
    timeouts: Timeouts
    proxies: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, reach: Reach) -> Network:
        """The network to a party, with the proxies that the environment names. Raises Unusable."""
        total = reach.timeout
        connect, read = (min(each or total, total) for each in (reach.connect_timeout, reach.read_timeout))
        timeouts = Timeouts(connect, read, total)
        return cls(tls_context(reach), timeouts, getproxies_environment())

    def proxy_for(self, url: str) -> Proxy | None:
        """The proxy to a URL by HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY; none for this machine itself."""
        return proxy_for(url, self.proxies)


def proxy_for(url: str, proxies: Mapping[str, str]) -> Proxy | None:
    """The proxy that some settings name for a URL; none for loopback, where it could reach nothing."""
    host, port = host_and_port(url)
    place = proxies.get(urlsplit(url).scheme) or proxies.get("all")
    if not place or is_loopback(url) or proxy_bypass_environment(f"{host}:{port}", dict(proxies)):
        return None
    parts = urlsplit(place if "://" in place else f"http://{place}")
    netloc = parts.netloc.rpartition("@")[2]
    credentials = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
    return Proxy(f"{parts.scheme}://{netloc}", credentials)


def tls_context(reach: Reach) -> ssl.SSLContext:
    """A client context: verifies, unless the party is to be taken as it is; shows the client certificate if any.

    It trusts `ca_file` alone when one is given. Raises Unusable.
    """
    if reach.insecure:
        context = unverifying_context()
    elif reach.ca_file is None:
        context = ssl.create_default_context()
    else:
        context = ssl.create_default_context(cafile=_readable("ca_file", reach.ca_file))
    return with_client_certificate(context, reach)


def unverifying_context() -> ssl.SSLContext:
    """A client context that takes any certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def with_client_certificate(context: ssl.SSLContext, reach: Reach) -> ssl.SSLContext:
    """The context with the client certificate, where there is one. Raises Unusable."""
    certificate, key = reach.client_certificate, reach.client_key
    if certificate is None:
        return context
    _readable("client_certificate", certificate)
    if key is not None:
        _readable("client_key", key)
    try:
        # A password of its own keeps OpenSSL from asking for one at the terminal.
        context.load_cert_chain(certificate, key, password=reach.client_key_password or "")
    except (ssl.SSLError, ValueError, OSError) as error:
        reason = getattr(error, "reason", None) or str(error) or "the key can't be decrypted"
        raise Unusable(
            "client_key" if key else "client_certificate",
            f"certificate and key can't be used together ({reason}): both are PEM, `client_key` belongs to "
            f"`client_certificate` (or stands in the same file), and `client_key_password` opens an encrypted key",
        ) from error
    return context


def check(reach: Reach, urls: Iterable[str]) -> None:
    """Raise Unusable when a file that the network needs, or a proxy to one of the URLs, isn't what it should be."""
    if reach.ca_file is not None:
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(_readable("ca_file", reach.ca_file))
        except ssl.SSLError as error:
            raise Unusable("ca_file", f"{reach.ca_file} holds no PEM certificate") from error
    if reach.client_certificate is not None:
        with_client_certificate(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), reach)
    for url in urls:
        proxy = proxy_for(url, getproxies_environment())
        if proxy is not None and urlsplit(proxy.url).scheme not in ("http", "https"):
            raise Unusable("base_url", f"the proxy {proxy} of the environment is no HTTP proxy: unset it or use one")


def _readable(key: str, path: str) -> str:
    try:
        with Path(path).open("rb"):
            return path
    except OSError as error:
        raise Unusable(key, f"{path}: can't be read: {error.strerror}") from error
