"""The evidence of a run as HTTP Archive 1.2: every exchange, redacted, for any HAR viewer."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from conformance.reporting.provenance import provenance
from conformance.reporting.summary import Content

UNKNOWN = -1


def evidence_as_har(content: Content) -> bytes:
    """The HAR log, UTF-8. What the format has no member for has one that begins with an underscore, as it allows."""
    started = _time(content["started"])
    users = _users(content)
    suite = content["suite"]
    log = {
        "version": "1.2",
        "creator": {"name": suite["name"], "version": suite["version"]},
        "comment": "Secrets are placeholders; the same name is the same value.",
        "_run": provenance(content),
        "entries": [
            _entry(exchange, started, users.get(place, [])) for place, exchange in enumerate(content["exchanges"])
        ],
    }
    return json.dumps({"log": log}).encode("ascii")


def _time(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return datetime.fromtimestamp(0, UTC)


def _users(content: Content) -> dict[int, list[dict[str, str]]]:
    """Which tests of which requirements an exchange is evidence of."""
    users: dict[int, list[dict[str, str]]] = {}
    for entry in content["requirements"]:
        for test in entry["tests"]:
            for place in (*test["exchanges"], *test.get("repeat", {}).get("exchanges", ())):
                one = {"requirement": entry["id"], "test": test["name"], "verdict": test["verdict"]}
                users.setdefault(place, []).append(one)
    return users


def _entry(exchange: Mapping[str, Any], started: datetime, users: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    response = exchange.get("response")
    taken = response["ms"] if response else 0
    failure = {"_error": exchange["failure"]} if "failure" in exchange else {}
    return failure | {
        "startedDateTime": (started + timedelta(seconds=exchange["at"])).isoformat(timespec="milliseconds"),
        "time": taken,
        "request": _request(exchange["request"]),
        "response": _response(response) if response else _no_response(),
        "cache": {},
        "timings": {"send": 0, "wait": taken, "receive": 0},
        "_phase": exchange["phase"],
        "_tests": list(users),
    }


def _request(request: Mapping[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "method": request["method"],
        "url": request["url"],
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(request["headers"]),
        "queryString": _pairs(_query(request["url"])),
        "headersSize": UNKNOWN,
        "bodySize": len(request["body"].encode("utf-8", "replace")),
    }
    if request["body"]:
        shown["postData"] = {
            "mimeType": _header(request["headers"], "content-type"),
            "params": [],
            "text": request["body"],
        }
    return shown


def _query(url: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(urlsplit(url).query, keep_blank_values=True)
    except ValueError:
        return []


def _response(response: Mapping[str, Any]) -> dict[str, Any]:
    status = response["status"]
    known = {each.value: each.phrase for each in HTTPStatus}
    return {
        "status": status,
        "statusText": known.get(status, ""),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(response["headers"]),
        "content": {
            "size": response["size"],
            "mimeType": _header(response["headers"], "content-type"),
            "text": response["body"],
        },
        "redirectURL": _header(response["headers"], "location"),
        "headersSize": UNKNOWN,
        "bodySize": response["size"],
    }


def _no_response() -> dict[str, Any]:
    """What browsers write where no response came: status 0."""
    return _response({"status": 0, "headers": [], "body": "", "size": 0})


def _pairs(pairs: Sequence[Sequence[str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]


def _header(pairs: Sequence[Sequence[str]], wanted: str) -> str:
    return next((value for name, value in pairs if name.lower() == wanted), "")
