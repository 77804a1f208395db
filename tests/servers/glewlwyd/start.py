"""Starts Glewlwyd from unpacked Debian packages, on loopback, with a fresh SQLite database.

What profile.toml speaks of is created by the server's own administration API. Prints one JSON line, {"base_url": ...},
when all is there; runs in the foreground until it is stopped.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import HTTPCookieProcessor, HTTPSHandler, Request, build_opener

from registration import REQUESTS

PATIENCE = 20  # seconds until the server has to answer
MEDIA_TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "application/javascript",
    ".json": "application/json",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
}


def main() -> None:
    """Read the arguments, write the configuration, serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 (the default) takes a free one")
    parser.add_argument("--certfile", help="PEM certificate: serves TLS")
    parser.add_argument("--keyfile", help="PEM key of the certificate")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # so that the server ends and the folder is removed
    packages = Path(os.environ["PACKAGES"])
    port = arguments.port or free_port()
    base_url = f"{'https' if arguments.certfile else 'http'}://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory(prefix="glewlwyd-") as folder:
        configuration = configured(packages, Path(folder), base_url, port, arguments.certfile, arguments.keyfile)
        process = subprocess.Popen(
            [packages / "usr/bin/glewlwyd", "--config-file", configuration],
            env=with_libraries(packages),
            stdout=sys.stderr,
        )
        try:
            set_up(base_url)
            print(json.dumps({"base_url": base_url}), flush=True)
            process.wait()
        finally:
            process.terminate()
            process.wait()


def free_port() -> int:
    """A port that nobody listens on: the server can't be handed a socket."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def with_libraries(packages: Path) -> dict[str, str]:
    """The environment in which the unpacked libraries are found."""
    return os.environ | {"LD_LIBRARY_PATH": str(next(packages.glob("usr/lib/*-linux-gnu")))}


def configured(
    packages: Path, folder: Path, base_url: str, port: int, certfile: str | None, keyfile: str | None
) -> Path:
    """The configuration file, beside the pages and the database that it names."""
    pages = folder / "webapp"
    shutil.copytree(packages / "usr/share/glewlwyd/webapp", pages, ignore=shutil.ignore_patterns("config.json"))
    shutil.copy(packages / "usr/share/glewlwyd/templates/config.json", pages / "config.json")
    script = packages / "usr/share/dbconfig-common/data/glewlwyd/install/sqlite3"
    with sqlite3.connect(folder / "glewlwyd.db") as database:
        database.executescript(script.read_text(encoding="utf-8"))
    modules = packages / "usr/lib/glewlwyd"
    files = f'secure_connection_pem_file="{certfile}"\nsecure_connection_key_file="{keyfile}"'
    tls = f"use_secure_connection=true\n{files}" if certfile else ""
    types = ",".join(f'{{extension="{name}" mime_type="{kind}" compress=0}}' for name, kind in MEDIA_TYPES.items())
    file = folder / "glewlwyd.conf"
    file.write_text(
        f"""
port={port}
bind_address="127.0.0.1"
external_url="{base_url}"
login_url="login.html"
api_prefix="api"
static_files_path="{pages}"
static_files_mime_types=({types})
log_mode="console"
log_level="WARNING"
cookie_secure={"true" if certfile else "false"}
cookie_same_site="lax"
session_key="GLEWLWYD2_SESSION_ID"
admin_scope="g_admin"
profile_scope="g_profile"
user_module_path="{modules}/user"
client_module_path="{modules}/client"
user_auth_scheme_module_path="{modules}/scheme"
plugin_module_path="{modules}/plugin"
{tls}
hash_algorithm="SHA512"
database = {{ type="sqlite3" path="{folder / "glewlwyd.db"}" }};
""",
        encoding="utf-8",
    )
    return file


def set_up(base_url: str) -> None:
    """Sign the administrator in as soon as the server answers, and create what the profile speaks of."""
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    opener = build_opener(HTTPCookieProcessor(), HTTPSHandler(context=trusting))
    deadline = time.monotonic() + PATIENCE
    for path, content in REQUESTS:
        request = Request(base_url + path, json.dumps(content).encode(), {"Content-Type": "application/json"})
        while True:
            try:
                opener.open(request, timeout=PATIENCE).close()
                break
            except URLError as error:
                if not isinstance(error.reason, ConnectionError) or time.monotonic() > deadline:
                    raise
                time.sleep(0.1)


if __name__ == "__main__":
    main()
