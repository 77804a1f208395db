"""Authorization answers that a client must not act on, and some that it has to take."""

from __future__ import annotations

from dataclasses import replace as with_other

from ..errors import OAuthError
from ..misbehavior import LARGE, ODD, SMALL, Misbehavior
from ..pipeline import Call, Edit, Step, after, before, remove, replace
from ..secrets import random_value

LONG = 2000
FOREIGN_CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
# Nothing that RFC 6749 section 4.1.2.1 keeps out of a description.
HOSTILE_TEXT = "<script>alert('from the server')</script><img src=x onerror=alert(1)>"
ELSEWHERE = "https://elsewhere.example/phishing"


def take_challenge_of_another(call: Call) -> None:
    """The code of an attacker's own login: good for whoever sends no verifier, bound to the attacker's otherwise."""
    pairs = call.parameters.pairs
    told = tuple((name, FOREIGN_CHALLENGE if name == "code_challenge" else value) for name, value in pairs)
    call.parameters = with_other(call.parameters, pairs=told)


def put_foreign_state(call: Call) -> None:
    """A value that the client never sent: an answer to a login that somebody else began."""
    call.answer["state"] = random_value()


def put_state_with_markup(call: Call) -> None:
    """A value that a page must not show as markup."""
    call.answer["state"] = HOSTILE_TEXT


def put_longer_state(call: Call) -> None:
    """The client's own value, and more behind it."""
    call.answer["state"] = f"{call.state or ''}x"


def put_shorter_state(call: Call) -> None:
    """The beginning of the client's own value."""
    call.answer["state"] = (call.state or "")[:-1]


def put_empty_state(call: Call) -> None:
    """A parameter without a value."""
    call.answer["state"] = ""


def put_state_in_other_case(call: Call) -> None:
    """The client's own value, its letters turned from small to capital and back."""
    turned = (call.state or "").swapcase()
    call.answer["state"] = turned if turned != call.state else f"{turned}x"


def put_first_state(call: Call) -> None:
    """The value of the first login at this stage, in every later one too."""
    call.answer["state"] = call.server.kept.setdefault("state", call.state or "")


def foreign_from_the_second_on(call: Call) -> None:
    """The first login is an honest one."""
    call.server.met["authorization"] += 1
    if call.server.met["authorization"] > 1:
        take_challenge_of_another(call)


def put_unknown_parameters(call: Call) -> None:
    """Section 4.1.2: what the client doesn't know it passes over."""
    call.answer.update({"session_state": random_value(), "x-unknown": "a b&c=d", "hint": "none"})


def put_code(code: str) -> Step:
    """A step that hands out a code of another size for the one that the store knows."""

    def put_other_code(call: Call) -> None:
        """Section 4.1.2: the size of a code is the server's own business."""
        call.server.kept[code] = call.answer["code"]
        call.answer["code"] = code

    return put_other_code


def take_other_code(call: Call) -> None:
    """Takes the code that was handed out, to its last character, for the one that the store knows."""
    kept = call.server.kept
    pairs = tuple((name, kept.get(value, value) if name == "code" else value) for name, value in call.parameters.pairs)
    call.parameters = with_other(call.parameters, pairs=pairs)


def refuse_with_hostile_text(call: Call) -> None:
    """Section 4.1.2.1: an error, with a description that a page must not show as markup."""
    raise OAuthError("access_denied", HOSTILE_TEXT)


def deny(call: Call) -> None:
    """Section 4.1.2.1: the owner said no."""
    raise OAuthError("access_denied", "The resource owner denied the request.")


def put_places(call: Call) -> None:
    """What an open redirector would follow."""
    names = ("next", "redirect", "redirect_uri", "redirect_url", "return_to", "target", "url", "continue")
    call.answer.update(dict.fromkeys(names, ELSEWHERE))


def forged(name: str, says: str, *edits: Edit) -> Misbehavior:
    """An answer that belongs to no login of this client: with an attacker's code, whatever else it has."""
    return Misbehavior(
        name,
        f"an attacker's code comes with {says}",
        (before("authorization.code_response", "make_code", take_challenge_of_another), *edits),
    )


def sized(name: str, says: str, code: str, company: str) -> Misbehavior:
    """A code of another size."""
    edits = (
        after("authorization.code_response", "make_code", put_code(code)),
        after("token", "drop_empty_parameters", take_other_code),
    )
    return Misbehavior(name, says, edits, company=company)


STATE = ("authorization.code_response", "put_state")

MISBEHAVIORS = (
    forged("state-of-nobody", "a state that the client never sent", replace(*STATE, put_foreign_state)),
    forged("state-with-markup", "a state that holds markup", replace(*STATE, put_state_with_markup)),
    forged("state-missing", "no state", remove(*STATE)),
    forged("state-empty", "an empty state", replace(*STATE, put_empty_state)),
    forged("state-longer", "the client's state and a character more", replace(*STATE, put_longer_state)),
    forged("state-shorter", "the client's state but for its last character", replace(*STATE, put_shorter_state)),
    forged("state-in-other-case", "the client's state in other letters", replace(*STATE, put_state_in_other_case)),
    Misbehavior(
        name="state-of-an-earlier-login",
        says="an attacker's code comes with the state of the client's login before, which is over",
        edits=(
            before("authorization.code_response", "make_code", foreign_from_the_second_on),
            replace(*STATE, put_first_state),
        ),
    ),
    Misbehavior(
        name="answer-with-unknown-parameters",
        says="the answer has parameters that no document defines",
        edits=(after(*STATE, put_unknown_parameters),),
        company=ODD,
    ),
    sized("code-long", f"the code has {LONG} characters", "c" * LONG, LARGE),
    sized("code-short", "the code has one character", "c", SMALL),
    Misbehavior(
        name="access-denied",
        says="the resource owner says no",
        edits=(replace("authorization", "answer_request", deny),),
    ),
    Misbehavior(
        name="error-with-markup",
        says="the answer is an error whose description holds markup",
        edits=(replace("authorization", "answer_request", refuse_with_hostile_text),),
    ),
    Misbehavior(
        name="answer-with-places",
        says="the answer has parameters that name another site to go to",
        edits=(after(*STATE, put_places),),
        company=LARGE,
    ),
)
