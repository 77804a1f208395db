"""The control port, which makes credentials older and has approvals forgotten."""

from ..pipeline import Pipelines, Step
from ..steps import control, forms, token_response, transport


def _control(name: str, step: Step) -> Pipelines:
    """An endpoint of the control port, which takes forms."""
    return {
        f"control.{name}": [transport.allow_methods("POST"), transport.refuse_oversized, forms.read_form, step],
        f"control.{name}.error": [
            token_response.put_error,
            token_response.put_error_description,
            token_response.render_json_error,
        ],
        f"control.{name}.finish": [transport.forbid_caching],
    }


CONTROL: Pipelines = {
    **_control("age", control.age_credential),
    **_control("forget", control.forget_approvals),
}
