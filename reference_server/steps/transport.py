"""What holds for requests and answers in general: TLS, methods, sizes, and headers against caching and framing."""

from ..errors import OAuthError
from ..pipeline import Call, Response, Step, named
from ..rendering import content_security_policy, plain_text


def require_tls(call: Call) -> Response | None:
    """RFC 6749 sections 3.1 and 3.2, RFC 7662 section 2: credentials and tokens travel encrypted or not at all."""
    if call.scheme == "https" or not call.server.settings.require_tls:
        return None
    return plain_text(403, "Plain HTTP is not served here.")


def require_tls_unless_offered(call: Call) -> Response | None:
    """RFC 7009 section 2: a host that is heard over HTTP ought to revoke there too, so that a token that was sent
    in the clear by mistake dies."""
    return None if call.server.settings.revocation_over_http else require_tls(call)


def refuse_oversized(call: Call) -> None:
    """A bound on bodies: the server reads no more than it could need."""
    if call.oversized:
        raise OAuthError("invalid_request", "The request body is too large.", 413)


def allow_methods(*methods: str) -> Step:
    """RFC 9110 section 15.5.6: other methods get 405 and the list of those that work. HEAD is answered as GET is."""

    def refuse_other_methods(call: Call) -> None:
        """RFC 6749 sections 3.1 and 3.2, RFC 7009 section 2.1, RFC 7662 section 2.1: each endpoint has its methods."""
        if call.method not in methods:
            raise OAuthError("invalid_request", "The method is not allowed.", 405, [("Allow", ", ".join(methods))])

    return named("refuse_other_methods", refuse_other_methods)


def forbid_caching(call: Call) -> None:
    """RFC 6749 section 5.1: nothing that carries tokens, credentials or other sensitive data is stored."""
    call.response.put("Cache-Control", "no-store")


def forbid_private_caching(call: Call) -> None:
    """RFC 6750 sections 2.3 and 5.3: no shared cache keeps an answer that a token opened."""
    call.response.put("Cache-Control", "private, no-store")


def forbid_old_caching(call: Call) -> None:
    """RFC 6749 section 5.1: the same for caches that know HTTP/1.0 only."""
    call.response.put("Pragma", "no-cache")


def forbid_sniffing(call: Call) -> None:
    """Browsers take the content type at its word."""
    call.response.put("X-Content-Type-Options", "nosniff")


def forbid_framing(call: Call) -> None:
    """RFC 6749 section 10.13: no other site can put these pages into a frame (older browsers)."""
    call.response.put("X-Frame-Options", "DENY")


def restrict_content(call: Call) -> None:
    """RFC 6749 section 10.13: no frames, no scripts, no other site's content (newer browsers).

    No form-action: browsers apply it to the redirect back to the client as well.
    """
    call.response.put("Content-Security-Policy", content_security_policy())


def hide_referrer(call: Call) -> None:
    """RFC 6749 section 10.5: what stands in a URL here is not told to the next site."""
    call.response.put("Referrer-Policy", "no-referrer")


def answer_not_found(call: Call) -> Response:
    """No endpoint lives at this path."""
    return plain_text(404, "Not found.")
