"""Starts django-oidc-provider in a minimal Django project, on loopback, with a fresh database."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).resolve().parent.parent / "common"))

from serving import main


def create_application(folder: Path, base_url: str) -> Any:
    """Set Django up, fill the database and return the ASGI application."""
    os.environ["DATA_DIR"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "project.settings"
    from django.core.asgi import get_asgi_application
    from django.core.management import call_command

    application = get_asgi_application()
    call_command("migrate", run_syncdb=True, verbosity=0)
    call_command("creatersakey", stdout=sys.stderr)
    from project.seed import seed  # models can be imported only now

    seed()
    return application


if __name__ == "__main__":
    main(__doc__, create_application)
