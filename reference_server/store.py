"""SQLite store of what the server has given out. Codes, tokens and sessions are kept as keyed hashes only."""

import sqlite3
import time
from dataclasses import dataclass

from .secrets import keyed_hash, random_value, same

SCHEMA = """
CREATE TABLE IF NOT EXISTS grants (id TEXT PRIMARY KEY, client_id TEXT, username TEXT, scope TEXT, revoked_at REAL);
CREATE TABLE IF NOT EXISTS codes (hash BLOB PRIMARY KEY, grant_id TEXT, redirect_uri TEXT, challenge TEXT,
    challenge_method TEXT, issued_at REAL, expires_at REAL, used_at REAL);
CREATE TABLE IF NOT EXISTS tokens (hash BLOB PRIMARY KEY, kind TEXT, grant_id TEXT, scope TEXT, issued_at REAL,
    expires_at REAL, revoked_at REAL, rotated_at REAL);
CREATE TABLE IF NOT EXISTS sessions (hash BLOB PRIMARY KEY, username TEXT, issued_at REAL, expires_at REAL);
CREATE TABLE IF NOT EXISTS sign_ins (hash BLOB PRIMARY KEY, browser BLOB, nonce TEXT, verifier TEXT, request TEXT,
    expires_at REAL);
CREATE TABLE IF NOT EXISTS consents (who TEXT, client_id TEXT, scope TEXT);
CREATE TABLE IF NOT EXISTS bindings (hash BLOB PRIMARY KEY, thumbprint TEXT);
CREATE TABLE IF NOT EXISTS proofs (hash BLOB PRIMARY KEY);
CREATE TABLE IF NOT EXISTS failures (account TEXT PRIMARY KEY, count INTEGER, last_at REAL);
"""
AGING_TABLES = ("codes", "tokens", "sessions")


@dataclass(frozen=True, slots=True)
class Grant:
    """What a resource owner (or, for an app, the registration) gave a client. All tokens of a family share it."""

    id: str
    client_id: str
    username: str | None
    scope: tuple[str, ...]
    revoked_at: float | None = None


@dataclass(frozen=True, slots=True)
class Code:
    """RFC 6749 section 4.1.2: an authorization code and what it is bound to."""

    hash: bytes
    grant: Grant
    redirect_uri: str | None
    challenge: str | None
    challenge_method: str | None
    expires_at: float
    used_at: float | None

    @property
    def fresh(self) -> bool:
        """Neither expired nor withdrawn."""
        return self.grant.revoked_at is None and time.time() < self.expires_at


@dataclass(frozen=True, slots=True)
class Token:
    """RFC 6749 sections 1.4 and 1.5: an access or refresh token."""

    hash: bytes
    kind: str
    grant: Grant
    scope: tuple[str, ...]
    issued_at: float
    expires_at: float
    revoked_at: float | None
    rotated_at: float | None

    @property
    def fresh(self) -> bool:
        """Not expired yet."""
        return time.time() < self.expires_at

    @property
    def active(self) -> bool:
        """RFC 7662 section 4: fresh, not revoked by itself or with its grant, not replaced by a newer one."""
        return self.fresh and self.revoked_at is None and self.grant.revoked_at is None and self.rotated_at is None


@dataclass(frozen=True, slots=True)
class SignIn:
    """A sign-in at the external provider that has begun: the browser that it belongs to, what its answer is checked
    against, and the authorization request that waits for it."""

    hash: bytes
    browser: bytes
    nonce: str
    verifier: str
    request: str
    expires_at: float

    @property
    def fresh(self) -> bool:
        """Not expired yet."""
        return time.time() < self.expires_at


class Store:
    """One connection; every method is one short transaction."""

    def __init__(self, path: str, key: bytes) -> None:
        self.key = key
        self.connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self.connection.executescript(SCHEMA)

    def close(self) -> None:
        """Gives an in-memory database's memory back."""
        self.connection.close()

    # grants

    def open_grant(self, client_id: str, username: str | None, scope: tuple[str, ...]) -> Grant:
        """Records a new grant."""
        grant = Grant(random_value(), client_id, username, scope)
        row = (grant.id, client_id, username, " ".join(scope))
        self.connection.execute("INSERT INTO grants (id, client_id, username, scope) VALUES (?, ?, ?, ?)", row)
        return grant

    def revoke_grant(self, grant: Grant) -> None:
        """Ends everything that was issued under a grant."""
        self.connection.execute("UPDATE grants SET revoked_at = ? WHERE id = ?", (time.time(), grant.id))

    def revoke_all_grants(self, grant: Grant) -> None:
        """Ends everything that the same owner (or, for an app, the registration) ever gave the same client."""
        self.connection.execute(
            "UPDATE grants SET revoked_at = ? WHERE client_id = ? AND username IS ? AND revoked_at IS NULL",
            (time.time(), grant.client_id, grant.username),
        )

    def revoke_older_tokens(self, grant: Grant) -> None:
        """Ends the other grants of the same client and owner that tokens were issued under; codes are none."""
        self.connection.execute(
            "UPDATE grants SET revoked_at = ? WHERE client_id = ? AND username IS ? AND id != ? AND revoked_at IS NULL"
            " AND id IN (SELECT grant_id FROM tokens)",
            (time.time(), grant.client_id, grant.username, grant.id),
        )

    def find_grant(self, client_id: str, username: str | None, scope: tuple[str, ...]) -> Grant | None:
        """The grant of exactly that scope that is in force, if there is one."""
        row = self.connection.execute(
            "SELECT id, client_id, username, scope, revoked_at FROM grants"
            " WHERE client_id = ? AND username IS ? AND scope = ? AND revoked_at IS NULL",
            (client_id, username, " ".join(scope)),
        ).fetchone()
        return None if row is None else _grant(row)

    # consents

    def keep_consent(self, who: str, client_id: str, scope: tuple[str, ...]) -> None:
        """Records what somebody has approved for a client."""
        self.connection.execute("INSERT INTO consents VALUES (?, ?, ?)", (who, client_id, " ".join(scope)))

    def has_consented(self, who: str, client_id: str, scope: tuple[str, ...]) -> bool:
        """Whether somebody has approved this scope for a client before."""
        rows = self.connection.execute("SELECT scope FROM consents WHERE who = ? AND client_id = ?", (who, client_id))
        return any(set(scope) <= set(approved.split()) for (approved,) in rows)

    def forget_consents(self, who: str, client_id: str) -> None:
        """Takes back all that somebody has approved for a client."""
        self.connection.execute("DELETE FROM consents WHERE who = ? AND client_id = ?", (who, client_id))

    # codes

    def add_code(
        self,
        code: str,
        grant: Grant,
        redirect_uri: str | None,
        challenge: str | None,
        method: str | None,
        lifetime: int,
    ) -> None:
        """Records an authorization code with everything that its redemption is checked against."""
        now = time.time()
        row = (keyed_hash(self.key, code), grant.id, redirect_uri, challenge, method, now, now + lifetime, None)
        self.connection.execute("INSERT INTO codes VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)

    def find_code(self, code: str) -> Code | None:
        """Finds used and expired codes too: only so can a replay be noticed."""
        row = self.connection.execute(
            "SELECT hash, redirect_uri, challenge, challenge_method, expires_at, used_at,"
            " id, client_id, username, scope, revoked_at FROM codes JOIN grants ON id = grant_id WHERE hash = ?",
            (keyed_hash(self.key, code),),
        ).fetchone()
        return None if row is None else Code(row[0], _grant(row[6:]), *row[1:6])

    def use_code(self, code: Code) -> bool:
        """Marks a code as used in one statement; of two requests at once only one gets True."""
        cursor = self.connection.execute(
            "UPDATE codes SET used_at = ? WHERE hash = ? AND used_at IS NULL", (time.time(), code.hash)
        )
        return cursor.rowcount == 1

    # tokens

    def add_token(self, value: str, kind: str, grant: Grant, scope: tuple[str, ...], lifetime: int) -> Token:
        """Records an access or refresh token."""
        now = time.time()
        token = Token(keyed_hash(self.key, value), kind, grant, scope, now, now + lifetime, None, None)
        row = (token.hash, kind, grant.id, " ".join(scope), now, token.expires_at, None, None)
        self.connection.execute("INSERT INTO tokens VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
        return token

    def find_token(self, value: str) -> Token | None:
        """Finds a token of either kind, in whatever state it is."""
        row = self.connection.execute(
            "SELECT hash, kind, tokens.scope, issued_at, expires_at, tokens.revoked_at, rotated_at,"
            " id, client_id, username, grants.scope, grants.revoked_at"
            " FROM tokens JOIN grants ON id = grant_id WHERE hash = ?",
            (keyed_hash(self.key, value),),
        ).fetchone()
        return None if row is None else Token(row[0], row[1], _grant(row[7:]), tuple(row[2].split()), *row[3:7])

    def revoke_token(self, token: Token) -> None:
        """Ends one token."""
        self.connection.execute("UPDATE tokens SET revoked_at = ? WHERE hash = ?", (time.time(), token.hash))

    def rotate_token(self, token: Token) -> bool:
        """Retires a refresh token in one statement; of two requests at once only one gets True."""
        cursor = self.connection.execute(
            "UPDATE tokens SET rotated_at = ? WHERE hash = ? AND rotated_at IS NULL", (time.time(), token.hash)
        )
        return cursor.rowcount == 1

    # keys

    def bind(self, value: str, thumbprint: str) -> None:
        """RFC 9449 section 6: records the key that a token is bound to."""
        self.connection.execute("INSERT INTO bindings VALUES (?, ?)", (keyed_hash(self.key, value), thumbprint))

    def key_of(self, token_hash: bytes) -> str | None:
        """The key that a token is bound to; None for a bearer token."""
        row = self.connection.execute("SELECT thumbprint FROM bindings WHERE hash = ?", (token_hash,)).fetchone()
        return None if row is None else str(row[0])

    def use_proof(self, identifier: str) -> bool:
        """Records that a proof was used; False where it was before."""
        row = (keyed_hash(self.key, identifier),)
        return self.connection.execute("INSERT OR IGNORE INTO proofs VALUES (?)", row).rowcount == 1

    # sessions

    def start_session(self, session_id: str, username: str, lifetime: int) -> None:
        """Records who is signed in with a browser."""
        now = time.time()
        row = (keyed_hash(self.key, session_id), username, now, now + lifetime)
        self.connection.execute("INSERT INTO sessions VALUES (?, ?, ?, ?)", row)

    def end_session(self, session_id: str) -> None:
        """Forgets a session."""
        self.connection.execute("DELETE FROM sessions WHERE hash = ?", (keyed_hash(self.key, session_id),))

    def session_user(self, session_id: str) -> str | None:
        """The name of the user that a session belongs to, while it lasts."""
        row = self.connection.execute(
            "SELECT username FROM sessions WHERE hash = ? AND expires_at > ?",
            (keyed_hash(self.key, session_id), time.time()),
        ).fetchone()
        return None if row is None else str(row[0])

    # sign-ins at the external provider

    def begin_sign_in(
        self, state: str, session_id: str, nonce: str, verifier: str, request: str, lifetime: int
    ) -> None:
        """Records what the answer of the provider will be checked against."""
        browser = keyed_hash(self.key, session_id)
        row = (keyed_hash(self.key, state), browser, nonce, verifier, request, time.time() + lifetime)
        self.connection.execute("INSERT INTO sign_ins VALUES (?, ?, ?, ?, ?, ?)", row)

    def find_sign_in(self, state: str) -> SignIn | None:
        """The sign-in that a state belongs to, while it lasts."""
        row = self.connection.execute(
            "SELECT * FROM sign_ins WHERE hash = ? AND expires_at > ?", (keyed_hash(self.key, state), time.time())
        ).fetchone()
        return None if row is None else SignIn(*row)

    def is_of_browser(self, sign_in: SignIn, session_id: str | None) -> bool:
        """Whether a sign-in began in the browser that this session belongs to; in none without a session."""
        return session_id is not None and same(sign_in.browser, keyed_hash(self.key, session_id))

    def end_sign_in(self, sign_in: SignIn) -> bool:
        """Forgets a sign-in in one statement; of two answers at once only one gets True."""
        return self.connection.execute("DELETE FROM sign_ins WHERE hash = ?", (sign_in.hash,)).rowcount == 1

    # failed authentications

    def is_locked(self, account: str, limit: int, seconds: int) -> bool:
        """Whether an account has failed so often in a row that it is closed for a while."""
        row = self.connection.execute("SELECT count, last_at FROM failures WHERE account = ?", (account,)).fetchone()
        return row is not None and row[0] >= limit and time.time() < row[1] + seconds

    def note_failure(self, account: str, seconds: int) -> None:
        """Counts one more failure; failures before a pause as long as a lock no longer count."""
        now = time.time()
        self.connection.execute(
            "INSERT INTO failures VALUES (?, 1, ?) ON CONFLICT (account) DO UPDATE SET last_at = excluded.last_at,"
            " count = CASE WHEN failures.last_at + ? < excluded.last_at THEN 1 ELSE failures.count + 1 END",
            (account, now, seconds),
        )

    def forget_failures(self, account: str) -> None:
        """A success ends the row of failures."""
        self.connection.execute("DELETE FROM failures WHERE account = ?", (account,))

    # time

    def age(self, credential: str, seconds: float) -> bool:
        """Makes one code, token or session older, by shifting its own times; no clock is touched."""
        key = keyed_hash(self.key, credential)
        cursors = [
            self.connection.execute(
                f"UPDATE {table} SET issued_at = issued_at - ?, expires_at = expires_at - ? WHERE hash = ?",
                (seconds, seconds, key),
            )
            for table in AGING_TABLES
        ]
        return any(cursor.rowcount for cursor in cursors)


def _grant(row: tuple[str, str, str | None, str, float | None]) -> Grant:
    grant_id, client_id, username, scope, revoked_at = row
    return Grant(grant_id, client_id, username, tuple(scope.split()), revoked_at)
