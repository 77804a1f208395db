"""`completion`: what makes a shell complete commands, flags, requirements, defects and variants."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from conformance.base import exit_codes

if TYPE_CHECKING:
    from conformance.commands import Commands

SHELLS = ("bash", "zsh", "fish")
EPILOG = """once, for each new shell:
  bash  echo 'eval "$(oauth2-conformance completion bash)"' >>~/.bashrc
  zsh   echo 'eval "$(oauth2-conformance completion zsh)"' >>~/.zshrc
  fish  oauth2-conformance completion fish >~/.config/fish/completions/oauth2-conformance.fish"""


def add(commands: Commands) -> None:
    """Add the command's parser."""
    completion = commands.add_parser(
        "completion",
        help="let a shell complete commands, flags, ids",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    completion.add_argument("shell", choices=SHELLS, help="the shell that reads it")
    completion.set_defaults(command=write)


def write(options: argparse.Namespace) -> int:
    """Print the shell's code."""
    from argcomplete.shell_integration import shellcode

    print(shellcode(["oauth2-conformance"], shell=options.shell))
    return exit_codes.OK
