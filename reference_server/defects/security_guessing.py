"""Breaches of RFC 6749 sections 10.3, 10.4 and 10.10: values that can be guessed, and guessing that nobody stops."""

import os
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from ..defect import Defect
from ..pipeline import Call, Edit, Step, named, replace
from ..steps.client_authentication import refuse_throttled
from ..steps.grant_password import note_password_failure, refuse_locked_owner
from ..steps.token_response import access_token_lifetime
from .conditions import only

Maker: TypeAlias = Callable[[Call], str]


# How values are made


def counted(call: Call) -> str:
    """The number of the row that it will have, in steps so wide that a random one is hardly ever taken."""
    query = "SELECT (SELECT count(*) FROM codes) + (SELECT count(*) FROM tokens)"
    return f"{call.server.store.connection.execute(query).fetchone()[0] * 999_999_937:032}"


def timed(call: Call) -> str:
    """The time, and the number of the process."""
    return f"{time.time_ns():016x}{os.getpid():08x}"


def short(call: Call) -> str:
    """As much as fits a voucher."""
    return os.urandom(6).hex()


def random_uuid(call: Call) -> str:
    """Random, but for the six bits that say so."""
    return str(uuid.uuid4())


def half_as_long(call: Call) -> str:
    """128 bits: what is demanded, and less than what is recommended."""
    return os.urandom(16).hex()


# Where they are issued: the same as the right steps, but for the value.


def access_token_by(make: Maker) -> Edit:
    """Access tokens of the token endpoint."""

    def step(call: Call) -> None:
        call.access_token = make(call)
        lifetime = access_token_lifetime(call)
        call.server.store.add_token(call.access_token, "access_token", call.grant, call.scope, lifetime)

    return replace("issue", "make_access_token", named("make_access_token", step))


def refresh_token_by(make: Maker) -> Edit:
    """Refresh tokens."""

    def step(call: Call) -> None:
        if not call.with_refresh_token or "refresh_token" not in call.client.grants:
            return
        call.refresh_token = make(call)
        lifetime = call.server.settings.refresh_token_lifetime
        call.server.store.add_token(call.refresh_token, "refresh_token", call.grant, call.grant.scope, lifetime)

    return replace("issue", "make_refresh_token", named("make_refresh_token", step))


def code_by(make: Maker) -> Edit:
    """Authorization codes."""

    def step(call: Call) -> None:
        code, challenge = make(call), call.parameters.get("code_challenge")
        method = (call.parameters.get("code_challenge_method") or "plain") if challenge else None
        uri, lifetime = call.parameters.get("redirect_uri"), call.server.settings.code_lifetime
        call.server.store.add_code(code, call.grant, uri, challenge, method, lifetime)
        call.answer["code"] = code

    return replace("authorization.code_response", "make_code", named("make_code", step))


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of value, and the requirements that speak of it."""

    name: str
    says: str
    issue: Callable[[Maker], Edit]
    unguessable: tuple[str, ...]
    unpredictable: str
    bits: str


@dataclass(frozen=True, slots=True)
class Weakness:
    """A way to make values, and which of the requirements it misses."""

    name: str
    says: str
    make: Maker
    guessable: bool = False
    predictable: bool = False
    too_short: bool = True

    def breaks(self, kind: Kind) -> tuple[str, ...]:
        """What a kind of value breaks when it is made in this way; all ways are short of the recommended length."""
        found = kind.unguessable if self.guessable else ()
        found += (kind.unpredictable,) if self.predictable else ()
        found += (f"{kind.bits}-128-bits",) if self.too_short else ()
        return (*found, f"{kind.bits}-160-bits")


KINDS = (
    Kind(
        "access-tokens",
        "Access tokens of the token endpoint",
        access_token_by,
        ("rfc6749-10.3-access-tokens-unguessable",),
        "rfc6749-10.10-access-tokens-unpredictable",
        "rfc6749-10.10-access-token",
    ),
    Kind(
        "refresh-tokens",
        "Refresh tokens",
        refresh_token_by,
        ("rfc6749-10.4-refresh-tokens-unguessable",),
        "rfc6749-10.10-refresh-tokens-unpredictable",
        "rfc6749-10.10-refresh-token",
    ),
    Kind(
        "codes",
        "Authorization codes",
        code_by,
        (),
        "rfc6749-10.10-codes-unpredictable",
        "rfc6749-10.10-code",
    ),
)
WEAKNESSES = (
    Weakness("counted", "are row numbers", counted, guessable=True, predictable=True),
    Weakness("timed", "are made of the time and the process", timed, guessable=True, predictable=True),
    Weakness("short", "have 48 bits", short, guessable=True),
    Weakness("random-uuid", "are random UUIDs, of 122 bits", random_uuid),
    Weakness("128-bit", "have 128 bits, and not the 160 that are recommended", half_as_long, too_short=False),
)


# Guessing that nobody stops


def at(endpoint: str, step: Step) -> Step:
    """The step, at all endpoints but one."""
    return only(lambda call: call.endpoint != endpoint, step)


def not_by_public_client(call: Call) -> bool:
    """At the sign-in page, or by a client that has a secret."""
    return call.endpoint != "token" or call.client.confidential


def forgive_users(call: Call) -> None:
    """Forgets the failures of everybody at somebody's success."""
    call.server.store.connection.execute("DELETE FROM failures WHERE account LIKE 'user %'")


def forgive_clients(call: Call) -> None:
    """Forgets the failures of all clients at the success of one."""
    if call.authenticated:
        call.server.store.connection.execute("DELETE FROM failures WHERE account LIKE 'client %'")


DEFECTS = (
    *(
        Defect(
            name=f"{weakness.name}-{kind.name}",
            says=f"{kind.says} {weakness.says}.",
            breaks=weakness.breaks(kind),
            edits=(kind.issue(weakness.make),),
        )
        for weakness in WEAKNESSES
        for kind in KINDS
    ),
    Defect(
        name="secret-guessing-unlimited-at-token-endpoint",
        says="The token endpoint takes no notice of how often a client's secret was wrong.",
        breaks=("rfc6749-10.10-client-secret-guessing-stopped",),
        edits=(replace("client_authentication", "refuse_throttled", at("token", refuse_throttled)),),
    ),
    Defect(
        name="password-guessing-unlimited-in-password-grant",
        says="An account that is locked for sign-in is open for the password grant.",
        breaks=("rfc6749-10.10-password-guessing-stopped",),
        edits=(replace("resource_owner.password", "refuse_locked_owner", at("token", refuse_locked_owner)),),
    ),
    Defect(
        name="wrong-passwords-not-counted-in-password-grant",
        says="Wrong passwords in the password grant are not counted, though a lock holds there as well.",
        breaks=("rfc6749-10.10-password-guessing-stopped",),
        edits=(replace("resource_owner.password", "note_password_failure", at("token", note_password_failure)),),
    ),
    Defect(
        name="wrong-passwords-not-counted-at-sign-in",
        says="Wrong passwords at the sign-in page are not counted, though a lock holds there as well.",
        breaks=("rfc6749-10.10-sign-in-guessing-stopped",),
        edits=(replace("resource_owner.password", "note_password_failure", at("sign_in", note_password_failure)),),
    ),
    Defect(
        name="any-password-ends-a-row-of-failures",
        says="Whoever signs in with the right password ends the rows of failures of all accounts.",
        breaks=("rfc6749-10.10-password-guessing-stopped", "rfc6749-10.10-sign-in-guessing-stopped"),
        edits=(
            replace(
                "resource_owner.password", "forget_password_failures", named("forget_password_failures", forgive_users)
            ),
        ),
    ),
    Defect(
        name="password-guessing-unlimited-by-public-clients",
        says="An account that is locked is open for the password grant of a public client.",
        breaks=("rfc6749-10.10-password-guessing-stopped",),
        edits=(
            replace("resource_owner.password", "refuse_locked_owner", only(not_by_public_client, refuse_locked_owner)),
        ),
    ),
    Defect(
        name="any-secret-ends-a-row-of-failures",
        says="A client with the right secret ends the rows of failures of all clients.",
        breaks=("rfc6749-10.10-client-secret-guessing-stopped",),
        edits=(replace("client_authentication", "forget_failures", named("forget_failures", forgive_clients)),),
    ),
    Defect(
        name="password-guessing-unlimited-at-sign-in",
        says="An account that is locked for the password grant is open for sign-in.",
        breaks=("rfc6749-10.10-sign-in-guessing-stopped",),
        edits=(replace("resource_owner.password", "refuse_locked_owner", at("sign_in", refuse_locked_owner)),),
    ),
)
