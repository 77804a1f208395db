#!/bin/sh
# Installs oauth2-conformance into an empty folder: an environment of its own, with the command in PREFIX/bin.
#
#   sh integrations/install.sh PREFIX [SOURCE]
#
# Needs Python 3.11 or newer (PYTHON names another than python3) and no rights beyond PREFIX. SOURCE is what pip installs:
# this checkout, unless another folder or a wheel is named.
set -eu

fail() {
    echo "install.sh: $1" >&2
    exit 4
}

[ $# -eq 1 ] || [ $# -eq 2 ] || fail "usage: install.sh PREFIX [SOURCE]"
prefix=$1
source=${2:-$(cd "$(dirname "$0")/.." && pwd)}
python=${PYTHON:-python3}

command -v "$python" >/dev/null || fail "no $python: install Python 3.11 or newer, or name it: PYTHON=/path/to/python3"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "$("$python" -V) is too old: Python 3.11 or newer is needed; PYTHON=/path/to/python3 names another"
mkdir -p "$prefix" || fail "$prefix can't be made"
[ -w "$prefix" ] || fail "$prefix can't be written to: choose a folder of yours"
[ -z "$(ls -A "$prefix")" ] || fail "$prefix isn't empty: choose another folder, or remove it"

"$python" -m venv "$prefix"
"$prefix/bin/python" -m pip install --quiet --no-cache-dir --disable-pip-version-check "$source"
"$prefix/bin/oauth2-conformance" --version
