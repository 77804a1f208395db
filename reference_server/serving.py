"""The serving process: arguments, sockets, TLS, and how it ends."""

import argparse
import asyncio
import contextlib
import gc
import json
import os
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

import uvicorn

from . import demo
from .choosing import Choice, choose
from .federation import over_sockets
from .pipeline import Server
from .profile import profile_for
from .provider.bundled import bundled_provider
from .server import build, control_app, public_app
from .settings import Settings
from .variant import Variant
from .warming import warm_up

BAD_ARGUMENTS = 4
LOOPBACK = "127.0.0.1"
KEEP_ALIVE_SECONDS = 75
LAST_WORDS_SECONDS = 1


class Arguments(argparse.ArgumentParser):
    """Exits with the code that the suite has for bad usage."""

    def error(self, message: str) -> NoReturn:
        """A clear message; nothing has been started yet."""
        self.print_usage(sys.stderr)
        word = message.partition("arguments: ")[2].partition(" ")[0].partition("=")[0]
        near = get_close_matches(word, self._option_string_actions, n=1)
        self.end(message + (f"; did you mean {near[0]}?" if near else ""))

    def end(self, message: str) -> NoReturn:
        """A clear message, where the usage has nothing to do with it."""
        self.exit(BAD_ARGUMENTS, f"{self.prog.partition(' ')[0]}: {message}\n")


@dataclass(frozen=True, slots=True)
class Places:
    """Where the server can be reached."""

    base_url: str
    plain_http: str | None
    control: str | None
    ca_file: str | None
    provider: str | None


class Listener(uvicorn.Server):
    """One listening socket. Signals are this module's business, since there are several listeners."""

    def __init__(self, config: uvicorn.Config, ready: asyncio.Event) -> None:
        super().__init__(config)
        self.ready = ready

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Captures none."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Tells when connections are accepted."""
        await super().startup(sockets)
        self.ready.set()


def main(argv: Sequence[str] | None = None, name: str = "reference_server") -> int:
    """Serves until it is told to end; returns the exit code. `name` is the command's, for its messages."""
    parser = argument_parser()
    parser.prog = name
    arguments = parser.parse_args(argv)
    try:
        choice = choose(arguments.variant, arguments.defect)
        listening = bind(arguments.host, arguments.port)
        # The client library that the server uses refuses a provider without TLS.
        at_provider = None if arguments.no_tls else bind(arguments.host, arguments.provider_port)
    except (ValueError, OSError) as problem:
        parser.error(str(problem))
    # What has been imported stays: looking through it for garbage again and again would only cost time.
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    try:
        with tempfile.TemporaryDirectory(prefix="reference-server-") as folder, event_loop() as runner:
            runner.run(_serve(arguments, choice, listening, at_provider, Path(folder)))
    except OSError as problem:
        if problem.filename is None:
            raise
        parser.end(f"{problem.filename}: can't be written: {problem.strerror}")
    return 0


def argument_parser() -> Arguments:
    parser = Arguments(prog="reference_server", description="Serve the reference authorization server.")
    parser.add_argument("--host", default=LOOPBACK, help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=_port, default=0, help="port to listen on (default: any free one)")
    parser.add_argument("--no-tls", action="store_true", help="serve plain HTTP instead of TLS")
    parser.add_argument("--plain", action="store_true", help="listen for plain HTTP on a second port, and refuse it")
    parser.add_argument("--control", action="store_true", help="open the control port, on loopback")
    parser.add_argument("--provider-port", type=_port, default=0, help="port of the external provider (default: any)")
    parser.add_argument("--defect", action="append", default=[], metavar="NAME", help="break something on purpose")
    parser.add_argument("--variant", metavar="NAME", help="differ from the default in a conformant way")
    parser.add_argument(
        "--profile",
        type=Path,
        metavar="FILE",
        help="write the target profile to a file, and open the control port, which ages credentials",
    )
    parser.add_argument("--announce", action="store_true", help="print one line of JSON when ready")
    parser.add_argument("--warm-up", action="store_true", help="make ready at once what first requests would wait for")
    parser.add_argument("--exit-with-stdin", action="store_true", help="end when standard input is closed")
    return parser


def _port(text: str) -> int:
    """getaddrinfo would wrap a larger number around."""
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port")
    return int(text)


def bind(host: str, port: int) -> socket.socket:
    """A socket made by name of its protocol: asyncio turns Nagle's algorithm off only for those."""
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    listening = socket.socket(family, kind, protocol or socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(address)
    return listening


def url_of(scheme: str, host: str, listening: socket.socket) -> str:
    name = f"[{host}]" if ":" in host else host
    return f"{scheme}://{name}:{listening.getsockname()[1]}"


def event_loop() -> asyncio.Runner:
    if find_spec("uvloop") is None:
        return asyncio.Runner()
    import uvloop

    return asyncio.Runner(loop_factory=uvloop.new_event_loop)


async def _serve(
    arguments: argparse.Namespace,
    choice: Choice,
    listening: socket.socket,
    at_provider: socket.socket | None,
    folder: Path,
) -> None:
    """Starts all listeners, says where they are, and waits for the end."""
    host, tls = arguments.host, not arguments.no_tls
    base_url = url_of("https" if tls else "http", host, listening)
    ca_file = folder / "ca.pem" if tls else None
    known = None if at_provider is None else demo.external_provider(url_of("https", host, at_provider))
    settings = Settings(issuer=base_url, require_tls=tls, external_provider=known)
    server = build(settings, choice.edits, reach=partial(over_sockets, str(ca_file) if ca_file else None))
    plain = bind(host, 0) if arguments.plain and tls else None
    # Who tests the server by its profile would otherwise wait minutes for its tokens to expire.
    control = bind(LOOPBACK, 0) if arguments.control or arguments.profile else None
    if ca_file is not None:
        _write_certificates(ca_file, server.settings, host)
    listeners = [start_listener(public_app(server), listening, server.settings, folder if tls else None)]
    if plain is not None:
        listeners.append(start_listener(public_app(server), plain, server.settings))
    if control is not None:
        listeners.append(start_listener(control_app(server), control, server.settings))
    provider = bundled_provider(server.settings)
    if provider is not None and at_provider is not None:
        listeners.append(start_listener(provider.app, at_provider, server.settings, folder))
    _end_on_request([listener for listener, _ in listeners], arguments.exit_with_stdin)
    for listener, _ in listeners:
        await listener.ready.wait()
    places = Places(
        base_url,
        None if plain is None else url_of("http", host, plain),
        None if control is None else url_of("http", LOOPBACK, control),
        str(ca_file) if ca_file else None,
        None if provider is None else provider.issuer,
    )
    _report(arguments, server, places, choice.variant)
    if arguments.warm_up:
        threading.Thread(target=warm_up, args=(provider,), daemon=True).start()
    await asyncio.gather(*(task for _, task in listeners))
    if server.federation is not None:
        await server.federation.close()
    server.close()


def _write_certificates(ca_file: Path, settings: Settings, host: str) -> None:
    # Imported only where there is TLS.
    from .certificates import write_certificates

    names = settings.certificate_names or tuple(dict.fromkeys(("localhost", "127.0.0.1", "::1", host)))
    write_certificates(ca_file, names, settings.certificate_days)


def start_listener(
    app: object, listening: socket.socket, settings: Settings, tls_folder: Path | None = None
) -> tuple[Listener, asyncio.Task[None]]:
    """Makes one listener serve one socket."""
    config = uvicorn.Config(
        app,  # type: ignore[arg-type]  # uvicorn's own ASGI types are narrower than the specification
        http="auto",
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        log_level="critical",  # uvicorn has nothing to say that an exit code or an answer does not
        access_log=False,
        proxy_headers=False,  # the scheme decides about TLS, so nobody may forge it
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=LAST_WORDS_SECONDS,
    )
    config.load()
    if tls_folder is not None:
        from .certificates import tls_context

        config.ssl = tls_context(tls_folder, settings)
    listener = Listener(config, asyncio.Event())
    return listener, asyncio.create_task(listener.serve([listening]))


def _end_on_request(listeners: list[Listener], with_stdin: bool) -> None:
    """Ends on SIGINT or SIGTERM, or when the parent's end of standard input is gone."""
    loop = asyncio.get_running_loop()

    def end() -> None:
        for listener in listeners:
            listener.should_exit = True

    def end_at_once() -> None:
        for listener in listeners:
            listener.should_exit = listener.force_exit = True

    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, end)
    if with_stdin:
        # Nobody is there any more to whom connections that are open could matter.
        threading.Thread(target=_await_end_of_stdin, args=(loop, end_at_once), daemon=True).start()


def _await_end_of_stdin(loop: asyncio.AbstractEventLoop, end: Callable[[], None]) -> None:
    # Below sys.stdin, whose lock would stand in the way when the interpreter ends.
    while os.read(0, 4096):
        pass
    with contextlib.suppress(RuntimeError):  # the loop has ended already
        loop.call_soon_threadsafe(end)


def _report(arguments: argparse.Namespace, server: Server, places: Places, variant: Variant | None) -> None:
    """Says that the server is ready, to a program or to a person."""
    overlay = None if variant is None else variant.profile
    profile = profile_for(server, places.base_url, places.plain_http, places.control, places.ca_file, overlay)
    if arguments.profile is not None:
        arguments.profile.write_text(profile, "utf-8")
    if arguments.announce:
        print(json.dumps({**asdict(places), "profile": profile}), flush=True)
        return
    print(f"Serving {places.base_url}", flush=True)
    others = {"Provider": places.provider, "Plain HTTP": places.plain_http, "Control": places.control}
    for label, value in (*others.items(), ("CA", places.ca_file)):
        if value is not None:
            print(f"{label}: {value}", flush=True)
