"""How clients and resource owners authenticate, and which scope they get: lists that other endpoints run."""

from ..pipeline import Pipelines
from ..steps import client_authentication, grant_password, scope

CLIENTS_AND_OWNERS: Pipelines = {
    "client_authentication": [
        client_authentication.collect_basic,
        client_authentication.decode_basic,
        client_authentication.collect_body,
        client_authentication.refuse_two_methods,
        client_authentication.refuse_other_client_id,
        client_authentication.require_client_id,
        client_authentication.find_client,
        client_authentication.treat_empty_secret_as_none,
        client_authentication.require_for_confidential,
        client_authentication.refuse_unregistered_method,
        client_authentication.refuse_throttled,
        client_authentication.verify_secret,
        client_authentication.note_failure,
        client_authentication.refuse_unauthenticated,
        client_authentication.forget_failures,
    ],
    "resource_owner.password": [
        grant_password.require_username,
        grant_password.require_password,
        grant_password.refuse_locked_owner,
        grant_password.verify_password,
        grant_password.note_password_failure,
        grant_password.refuse_wrong_password,
        grant_password.forget_password_failures,
    ],
    "resource_owner.external_token": [
        grant_password.require_external_application,
        grant_password.find_owner_by_external_token,
    ],
    "scope": [
        scope.check_scope_syntax,
        scope.read_scope,
        scope.use_default_scope,
        scope.refuse_unknown_scope,
        scope.refuse_scope_of_other_kind,
        scope.refuse_scope_beyond_client,
    ],
}
