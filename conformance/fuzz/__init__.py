"""Properties over generated input: what no directed test thought of.

A fuzz test is a test of the suite like any other, one requirement and one mark, whose arguments are drawn:

    @requirement("rfc6749-4.1.2-state-unchanged")
    @for_any(state=states())
    def test_any_legal_state_comes_back(given: Given, send: Send, expect: Expect, state: str) -> None:
        answer = ordinary(given, send).changed(state=state)

        expect(answer).returns_state(state)

The contract of the engine (`engine.for_any`):

- The function runs once for each example, with a `given`, `send`, `expect` of its own; observations
  (`given.observed`), user agents and secrets are shared by all. Only the exchanges of the smallest breaking example
  become evidence; of a kept property those of its last example do.
- A Violation is shrunk to the smallest input. It counts when it shows again as that input is sent anew, alone or behind
  the inputs that went ahead of it, as few as it takes; otherwise the test is inconclusive and says "seen once".
- An Inconclusive or Vacuous example is counted as undecided; where none was decided the test is inconclusive, or
  vacuous if the situation arose in none of them. Untested and NotApplicable end the test at once: they are about the
  profile. Anything else is a fault of the suite.
- Drawn values are plain data (`inputs.KINDS` names the dataclasses) and hold no secret: they are stored in
  `results.json` as they are, shown in evidence, and sent again by `replay`. What needs a secret (a client's own
  credentials, a token) is put in by the function.
- Nothing guesses: a wrong credential has an invented name on it, or the test begins with `given.intrusive()`.
- Every run of a budget and a seed draws the same. The number of examples comes from the budget; `cost` divides it.

A state machine (`hypothesis.stateful`) runs on the same engine. Its input is the list of its steps, its property a
function that carries such a list out: that is what confirms a breach and replays it. The machine calls `Campaign.begin`
with an input that grows, and `Campaign.judge` at each step; `Campaign.explore` runs it under `Campaign.settings` and
`Campaign.seed`.

`strategies` has values, `requests` whole requests; tests stand in modules by what they are about.
"""
