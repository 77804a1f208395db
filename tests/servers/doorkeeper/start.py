"""Starts Doorkeeper in a small Rails application, from unpacked Debian packages, on loopback, with a fresh database.

Prints one JSON line, {"base_url": ...}, when it answers; runs in the foreground until it is stopped.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ARCHITECTURE = "x86_64-linux-gnu"
RUBY_VERSION = "3.1.0"


def main() -> None:
    """Read the arguments, serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 (the default) takes a free one")
    parser.add_argument("--certfile", help="PEM certificate: serves TLS")
    parser.add_argument("--keyfile", help="PEM key of the certificate")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # so that the server ends and the folder is removed
    packages = Path(os.environ["PACKAGES"])
    tls = [arguments.certfile, arguments.keyfile] if arguments.certfile else []
    with tempfile.TemporaryDirectory(prefix="doorkeeper-") as folder:
        process = subprocess.Popen(
            [packages / "usr/bin/ruby3.1", "server.rb", folder, str(arguments.port), *tls],
            cwd=HERE,
            env=with_ruby(packages),
        )
        try:
            process.wait()
        finally:
            process.terminate()
            process.wait()


def with_ruby(packages: Path) -> dict[str, str]:
    """Where a Ruby that isn't installed finds its libraries and gems."""
    usr = packages / "usr"
    by_architecture = usr / "lib" / ARCHITECTURE
    libraries = (
        usr / "lib/ruby/vendor_ruby" / RUBY_VERSION,
        by_architecture / "ruby/vendor_ruby" / RUBY_VERSION,
        usr / "lib/ruby/vendor_ruby",
        usr / "lib/ruby" / RUBY_VERSION,
        by_architecture / "ruby" / RUBY_VERSION,
    )
    gems = (
        usr / "share/rubygems-integration/all",
        usr / "share/rubygems-integration" / RUBY_VERSION,
        by_architecture / "rubygems-integration" / RUBY_VERSION,
    )
    return os.environ | {
        "LD_LIBRARY_PATH": str(by_architecture),
        "RUBYLIB": ":".join(map(str, libraries)),
        "GEM_PATH": ":".join(map(str, gems)),
    }


if __name__ == "__main__":
    main()
