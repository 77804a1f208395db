"""Makes a target forget what a resource owner has approved, as `[sign_in] forget` of the profile says.

A URL gets a POST with the form fields `username` and `client_id`; anything else is a command, in which `{username}` and
`{client_id}` are replaced, run without a shell in the profile's folder.
"""

from __future__ import annotations

import shlex
import subprocess
from urllib.parse import urlencode

from conformance.base.outcomes import Inconclusive
from conformance.harness.parameters import FORM
from conformance.harness.recorder import Recorder
from conformance.profile.target import Client, ResourceOwner
from conformance.wire.exchange import Request

MOST_SECONDS = 60


def forget(recorder: Recorder, owner: ResourceOwner, client: Client) -> None:
    """Forget what an account has approved to a client. Inconclusive where the command or the URL fails."""
    how = recorder.target.sign_in.forget or ""
    names = {"username": owner.username, "client_id": client.client_id}
    if not recorder.target.sign_in.forgets_by_url:
        _run(how, names, recorder.target.sign_in.folder)
        return
    reply = recorder.exchange(Request("POST", how, (("Content-Type", FORM),), urlencode(names).encode()))
    if not reply.is_success:
        raise Inconclusive(f"`forget` under [sign_in] should answer with a status 2xx, but got {reply}")


def _run(command: str, names: dict[str, str], folder: str) -> None:
    words = [word.replace("{username}", names["username"]) for word in shlex.split(command)]
    words = [word.replace("{client_id}", names["client_id"]) for word in words]
    try:
        subprocess.run(words, cwd=folder, capture_output=True, text=True, check=True, timeout=MOST_SECONDS)
    except subprocess.CalledProcessError as error:
        said = (error.stderr or error.stdout).strip().splitlines()
        why = f" ({said[-1]})" if said else ""
        raise Inconclusive(f"`forget` under [sign_in] ended with the status {error.returncode}{why}") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Inconclusive(f"`forget` under [sign_in] can't be run: {error}") from error
