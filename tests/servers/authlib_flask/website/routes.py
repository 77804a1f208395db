"""The endpoints, as in Authlib's documentation; login is a page of its own, to which the consent page sends."""

from __future__ import annotations

from authlib.integrations.flask_oauth2 import current_token
from authlib.oauth2 import OAuth2Error
from flask import Blueprint, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from website.models import User, db
from website.oauth2 import authorization, require_oauth

blueprint = Blueprint("website", __name__)


def current_user() -> User | None:
    """The user who is signed in with this browser."""
    return db.session.get(User, session["user_id"]) if "user_id" in session else None


@blueprint.route("/login", methods=["GET", "POST"])
def login() -> ResponseReturnValue:
    """A sign-in form; leads back to the authorization endpoint only, so that it is no open redirector."""
    if request.method == "GET":
        return render_template("login.html", failed=False)
    user = User.query.filter_by(username=request.form.get("username", "")).first()
    if not user or not user.check_password(request.form.get("password", "")):
        return render_template("login.html", failed=True)
    session["user_id"] = user.id
    return redirect(url_for("website.authorize") + "?" + request.args.get("query", ""))


@blueprint.route("/oauth/authorize", methods=["GET", "POST"])
def authorize() -> ResponseReturnValue:
    """The authorization endpoint: validate, let the user sign in, ask for consent, answer the client."""
    user = current_user()
    try:
        grant = authorization.get_consent_grant(end_user=user)
    except OAuth2Error as error:
        return authorization.handle_error_response(request, error)
    if not user:
        return redirect(url_for("website.login", query=request.query_string.decode("latin-1")))
    if request.method == "GET":
        scope = grant.client.get_allowed_scope(grant.request.payload.scope)
        return render_template("authorize.html", user=user, grant=grant, scopes=scope.split())
    confirmed = request.form["confirm"]
    return authorization.create_authorization_response(grant=grant, grant_user=user if confirmed else None)


@blueprint.route("/oauth/token", methods=["POST"])
def issue_token() -> ResponseReturnValue:
    """The token endpoint."""
    return authorization.create_token_response()


@blueprint.route("/oauth/revoke", methods=["POST"])
def revoke_token() -> ResponseReturnValue:
    """The revocation endpoint."""
    return authorization.create_endpoint_response("revocation")


@blueprint.route("/oauth/introspect", methods=["POST"])
def introspect_token() -> ResponseReturnValue:
    """The introspection endpoint."""
    return authorization.create_endpoint_response("introspection")


@blueprint.route("/api/me")
@require_oauth("profile")
def api_me() -> ResponseReturnValue:
    """The protected resource."""
    user = current_token.user
    return jsonify(username=user.username if user else None)
