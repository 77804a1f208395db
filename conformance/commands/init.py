"""`init`: from a URL, clients and an account to a commented profile."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from conformance.base import exit_codes
from conformance.base.suggesting import did_you_mean
from conformance.commands import UsageFault
from conformance.discovery.user_inputs import MissingInput, add_flags, gather
from conformance.profile.client_role import CLIENT, SERVER

if TYPE_CHECKING:
    from conformance.commands import Commands
    from conformance.discovery.found_endpoints import Places
    from conformance.discovery.user_inputs import Inputs
    from conformance.harness.footprint import Issued
    from conformance.harness.session import Session
    from conformance.profile.loading import Profile

ENDPOINTS = ("authorization", "token", "revocation", "introspection", "token_info", "protected_resource", "metadata")


def add(commands: Commands) -> None:
    """Add the command's parser."""
    init = commands.add_parser("init", help="write the profile of a server from its URL and what it answers")
    init.add_argument("url", nargs="?", metavar="URL", help="the server, its issuer, or its metadata document")
    init.add_argument(
        "--role", choices=(SERVER, CLIENT), default=SERVER, help="what the profile is of (default: %(default)s)"
    )
    init.add_argument("--callable", default="", metavar="MODULE:FUNCTION", help="of a client: what makes one login")
    init.add_argument("--run", default="", metavar="COMMAND", help="of a client: the command that makes one login")
    init.add_argument("-o", "--output", type=Path, metavar="PROFILE.toml", help="where to write (default: stdout)")
    init.add_argument("--force", action="store_true", help="overwrite the file")
    init.add_argument("--name", help="a short name for reports (default: the host)")
    init.add_argument("--no-input", action="store_true", help="ask nothing, even at a terminal")
    init.add_argument(
        "--endpoint", action="append", default=[], metavar="NAME=URL", help=f"an endpoint: {', '.join(ENDPOINTS)}"
    )
    for where in ("authorization", "token"):
        init.add_argument(
            f"--{where}-parameter", action="append", default=[], metavar="NAME=VALUE", help=f"sent in {where} requests"
        )
    init.add_argument(
        "--header",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="sent with every request; may be env:NAME",
    )
    init.add_argument("--ca-file", type=Path, metavar="FILE", help="PEM file with the CA of the server's certificate")
    init.add_argument("--timeout", type=float, metavar="SECONDS", help="for one answer (default: 10)")
    add_flags(init)
    init.set_defaults(command=carry_out)


def carry_out(options: argparse.Namespace) -> int:
    """Learn about the deployment and write the profile. Raises UsageFault."""
    from conformance.base.outcomes import Inconclusive
    from conformance.discovery.learning import CredentialsRefused
    from conformance.profile.loading import ProfileError

    if options.output is not None and options.output.exists() and not options.force:
        raise UsageFault(f"{options.output} exists: name another file, or overwrite it with --force")
    if options.role == CLIENT:
        return _of_client(options)
    if options.url is None:
        raise UsageFault("a server's profile needs the server's URL")
    url = _checked_url(options.url)
    endpoints = _named_endpoints(options.endpoint)
    try:
        document = _document(url, options)
        _expect_answers(document, url)
        places = _find_places(document, url, endpoints)
        inputs = gather(options, may_ask=sys.stdin.isatty() and not options.no_input)
        text = _learned(document, places, inputs, options)
    except (MissingInput, CredentialsRefused, ProfileError, Inconclusive) as error:
        raise UsageFault(_in_flags(str(error))) from error
    _deliver(text, options.output)
    _tell_next(inputs, options.output)
    return exit_codes.OK


def _of_client(options: argparse.Namespace) -> int:
    """The profile of a client, which nobody can learn about before it is driven."""
    from conformance.discovery.client_profile import Said, client_profile

    grants = options.grants.split(",") if getattr(options, "grants", None) else ["authorization_code", "refresh_token"]
    command = shlex.split(options.run)
    name = options.name or (Path(command[-1]).stem if command else options.callable.partition(":")[0]) or "my client"
    _deliver(client_profile(Said(name, command, options.callable, grants, revocation=False)), options.output)
    if options.output is not None:
        _say(f"next: oauth2-conformance doctor {options.output}")
    return exit_codes.OK


# What a profile's key is called on this command line.
FLAGS = {
    "as `ca_file` under [target]": "by --ca-file FILE",
    "target.ca_file": "--ca-file FILE",
    "target.timeout": "--timeout SECONDS",
    "target.headers": "--header NAME=VALUE",
}


def _in_flags(text: str) -> str:
    """A message that speaks of keys, for somebody who has no profile yet."""
    for key, flag in FLAGS.items():
        text = text.replace(key, flag)
    return text


def _expect_answers(document: Mapping[str, Any], url: str) -> None:
    """Raise UsageFault where nothing answers at the URL, with what explains it."""
    from conformance.harness.silence import silence_at

    with _session(document, {}) as session:
        silence = silence_at(session, url)
    if silence is not None:
        flag, remedy = FLAGS.get(f"target.{silence.key}", ""), _in_flags(silence.remedy)
        named = remedy if not flag or flag in remedy else f"{flag}: {remedy}"
        raise UsageFault(f"nothing answers at {url}: {_in_flags(silence.says)} ({named})")


def _say(text: str) -> None:
    """To the person: standard output is for the profile."""
    from conformance.reporting.text import visible

    print(visible(text), file=sys.stderr)


def _checked_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageFault(f"{text}: is not an http or https URL, such as https://{text.partition('://')[2] or text}")
    return text.partition("#")[0].partition("?")[0].rstrip("/")


def _pairs(words: list[str], flag: str) -> dict[str, str]:
    """NAME=VALUE words as a table. Raises UsageFault."""
    for word in words:
        if "=" not in word or word.startswith("="):
            raise UsageFault(f"{flag} {word}: must be NAME=VALUE")
    return {name: value for name, _, value in (word.partition("=") for word in words)}


def _document(url: str, options: argparse.Namespace) -> dict[str, Any]:
    """The profile as far as it is known before anything was asked."""
    from conformance.discovery.found_endpoints import issuer_of

    target: dict[str, Any] = {"name": options.name or urlsplit(url).netloc, "base_url": issuer_of(url)}
    if options.ca_file is not None:
        if not options.ca_file.is_file():
            raise UsageFault(f"--ca-file {options.ca_file}: there is no such file")
        target["ca_file"] = str(options.ca_file.resolve())
    if options.timeout is not None:
        target["timeout"] = options.timeout
    if options.header:
        target["headers"] = _pairs(options.header, "--header")
    return {"target": target}


@contextmanager
def _session(document: Mapping[str, Any], typed: Mapping[str, str]) -> Iterator[Session]:
    """A session with what a document describes; `typed` are secrets that no variable holds."""
    from conformance.base.toml_writing import as_toml
    from conformance.profile.loading import parse_profile
    from conformance.running.whole_run import open_session

    session = open_session(parse_profile(as_toml(document), "what was given", environment={**os.environ, **typed}))
    try:
        yield session
    finally:
        session.close()


def _named_endpoints(words: list[str]) -> dict[str, str]:
    """What `--endpoint` names. Raises UsageFault."""
    told = _pairs(words, "--endpoint")
    unknown = sorted(set(told) - set(ENDPOINTS))
    if unknown:
        raise UsageFault(
            f"--endpoint {', '.join(unknown)}: known are {', '.join(ENDPOINTS)}{did_you_mean(unknown[0], ENDPOINTS)}"
        )
    return told


def _find_places(document: Mapping[str, Any], url: str, told: Mapping[str, str]) -> Places:
    """Where the endpoints are; flags rule over what was found. Raises UsageFault without a token endpoint."""
    from conformance.discovery.found_endpoints import find_places

    with _session(document, {}) as session:
        places = find_places(session, url)
    absolute = {name: urljoin(f"{document['target']['base_url']}/", place) for name, place in told.items()}
    places = replace(places, endpoints={**places.endpoints, **absolute})
    _say(f"Endpoints: {places.how}.")
    for remark in places.remarks:
        _say(f"  {remark}")
    for name, place in places.endpoints.items():
        _say(f"  {name:<18} {place}")
    if "token" not in places.endpoints:
        raise UsageFault(f"{url}: no token endpoint was found: name it with --endpoint token=URL")
    if "protected_resource" not in absolute and "userinfo" in places.endpoints:
        return replace(places, endpoints={**places.endpoints, "protected_resource": places.endpoints["userinfo"]})
    return places


def _learned(document: dict[str, Any], places: Places, inputs: Inputs, options: argparse.Namespace) -> str:
    """Ask the deployment, and write down what it answered."""
    from conformance.discovery.grant_attempts import Asker
    from conformance.discovery.learning import CredentialsRefused, learn_client, learn_features
    from conformance.discovery.unseen import lines_of_unseen
    from conformance.discovery.writing import Learned, base_url_for, profile_text

    document["target"]["base_url"] = base_url_for(document["target"]["base_url"], places.endpoints.values())
    document["endpoints"] = {name: url for name, url in places.endpoints.items() if name != "userinfo"}
    parameters = {
        f"{where}_parameters": pairs
        for where in ("authorization", "token")
        if (pairs := _pairs(getattr(options, f"{where}_parameter"), f"--{where}-parameter"))
    }
    document["clients"] = {name: {**table, **parameters} for name, table in inputs.clients.items()}
    document |= {name: dict(table) for name, table in inputs.owners.items()}
    with _session(document, inputs.typed) as session:
        asker = Asker(session)
        clients = {}
        for name, client in session.target.clients.items():
            _say(f"Asking as [clients.{name}] ...")
            try:
                clients[name] = learn_client(asker, client, places, inputs.scopes)
            except CredentialsRefused as error:
                raise UsageFault(_refused(name, document["clients"][name], str(error))) from error
            _say(f"  works: {', '.join(clients[name].grants) or 'no grant'}")
            for grant, why in clients[name].refused.items():
                _say(f"  not {grant}: {why}")
        features = learn_features(asker, clients, places)
        sent = f"{asker.requests} request{'' if asker.requests == 1 else 's'}"
        _say(f"Beside the grants: {', '.join(features.claimed) or 'nothing'}. Sent: {sent}.")
        lacking = tuple(lines_of_unseen(places, clients, features, inputs.scopes))
        text = profile_text(Learned(places, clients, document, features, asker.requests, lacking))
        issued = session.watch.take().issued
    for line in lacking:
        _say(f"Not seen: {line}.")
    _revoke(_check(text, inputs), issued.values())
    return text


def _refused(name: str, table: Mapping[str, str], why: str) -> str:
    return (
        f"[clients.{name}]: the server refuses its credentials, with HTTP Basic and in the body: {why}\n"
        f"  check client_id {table['client_id']!r} and the value of ${table['client_secret'].removeprefix('env:')}"
    )


def _check(text: str, inputs: Inputs) -> Profile:
    """The profile that is written: were it none, that would be a fault of the suite."""
    from conformance.profile.loading import parse_profile

    return parse_profile(text, "the written profile", environment={**os.environ, **inputs.typed})


def _revoke(profile: Profile, issued: Collection[Issued]) -> None:
    """Leave no tokens behind, where the server revokes them."""
    from conformance.harness.clearing import revoke_all
    from conformance.running.whole_run import open_session

    with closing(open_session(profile)) as session:
        cleared = revoke_all(session, issued)
    if cleared.left:
        _say(f"Left to expire: {cleared.left} of the {len(issued)} tokens that were issued ({cleared.why}).")


def _deliver(text: str, output: Path | None) -> None:
    if output is None:
        print(text, end="")
        return
    from conformance.base.toml_writing import rewritten

    try:
        if output.exists():
            # What was no profile has nothing of its owner to keep.
            with suppress(ValueError):
                text = rewritten(output.read_text(encoding="utf-8-sig"), text)
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageFault(f"{output}: can't be written: {error.strerror}") from error


def _tell_next(inputs: Inputs, output: Path | None) -> None:
    """What is missing for more, and the next command."""
    missing = [item for item in inputs.absent if item.name in ("other_client_id", "username", "redirect_uri")]
    for item in missing:
        _say(f"Not given: {item.question} ({item.sources}). What needs it stays untested.")
    if inputs.typed:
        _say(f"The profile reads secrets from the environment: export {' '.join(inputs.typed)} first.")
    if output is not None:
        _say(f"Written: {output}. Next: oauth2-conformance doctor {output}")
