"""A private certificate authority made at start, and one server certificate from it."""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from .settings import Settings

CA_DAYS = 365
# A listener with a good certificate of the authority that the bad ones are of, where the good one shows another.
SAME_AUTHORITY = "same-authority"
TLS_VERSIONS = {
    "TLSv1": ssl.TLSVersion.TLSv1,
    "TLSv1.1": ssl.TLSVersion.TLSv1_1,
    "TLSv1.2": ssl.TLSVersion.TLSv1_2,
    "TLSv1.3": ssl.TLSVersion.TLSv1_3,
}


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: EllipticCurvePrivateKey


def write_certificates(ca_file: Path, names: tuple[str, ...], days: int) -> None:
    """Writes the authority for clients, and beside it server.pem (key and chain) for the server."""
    ca = _make_ca()
    server = _make_server_certificate(ca, names, days)
    key = server.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (ca_file.parent / "server.pem").write_bytes(key + server.certificate.public_bytes(Encoding.PEM))
    ca_file.write_bytes(ca.certificate.public_bytes(Encoding.PEM))


def write_stage_certificates(folder: Path, names: tuple[str, ...] = ()) -> None:
    """Writes `ca.pem`, and a folder with server.pem for each listener of stages: the good one, and the bad ones.

    `names` are hosts that the certificates are for besides loopback.
    """
    ca, others = _make_ca(), _make_ca()
    here = tuple(dict.fromkeys(("127.0.0.1", "localhost", *names)))
    issued = {
        "https": _make_server_certificate(ca, here, 30),
        "expired": _make_server_certificate(ca, here, -1),
        "other-host": _make_server_certificate(ca, ("other.example",), 30),
        "unknown-authority": _make_server_certificate(others, here, 30),
    }
    for name, server in issued.items():
        key = server.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (folder / name).mkdir()
        (folder / name / "server.pem").write_bytes(key + server.certificate.public_bytes(Encoding.PEM))
    (folder / "ca.pem").write_bytes(ca.certificate.public_bytes(Encoding.PEM))


def own_stage_certificate(folder: Path, certificate: Path, key: Path, host: str) -> None:
    """Has the good listener of stages show a certificate from elsewhere; that of `ca.pem` goes to `same-authority`.

    Beside `ca.pem` its chain is to be trusted, and what this machine trusts: `trusted.pem`. Raises ValueError, which
    says what is wrong with the files.
    """
    chain, secret = (_read(each) for each in (certificate, key))
    why = _why_useless(chain, host)
    if why:
        raise ValueError(f"{certificate}: {why}")
    (folder / "https").rename(folder / SAME_AUTHORITY)
    (folder / "https").mkdir()
    server = folder / "https" / "server.pem"
    server.write_bytes(secret.strip() + b"\n" + chain)
    try:
        # A password that is wrong: nobody is there to be asked for one.
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(server, password="")
    except (ssl.SSLError, ValueError) as problem:
        raise ValueError(f"{key}: is not the key of the certificate, or has a password") from problem
    known = ssl.get_default_verify_paths().cafile
    texts = [(folder / "ca.pem").read_bytes(), chain, Path(known).read_bytes() if known else b""]
    (folder / "trusted.pem").write_bytes(b"\n".join(text.strip() for text in texts))


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as problem:
        raise ValueError(f"{file}: can't be read: {problem.strerror}") from problem


def _why_useless(chain: bytes, host: str) -> str:
    """What is wrong with a certificate as the one of a host; empty for one that will do."""
    try:
        certificate = x509.load_pem_x509_certificate(chain)
    except ValueError:
        return "is no certificate in PEM"
    if certificate.not_valid_after_utc < datetime.now(UTC):
        return f"has expired at {certificate.not_valid_after_utc:%Y-%m-%d %H:%M} UTC"
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return "names no host (subjectAltName)"
    known = [*names.get_values_for_type(x509.DNSName), *map(str, names.get_values_for_type(x509.IPAddress))]
    below = f"*.{host.partition('.')[2]}"
    return "" if {host, below} & {name.lower() for name in known} else f"is for {', '.join(known)}, and not for {host}"


def tls_context(folder: Path, settings: Settings) -> ssl.SSLContext:
    """RFC 6749 section 1.6, RFC 7662 section 4: TLS 1.2 and up, unless the settings say otherwise."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = TLS_VERSIONS[settings.tls_minimum]
    context.maximum_version = TLS_VERSIONS[settings.tls_maximum]
    if settings.tls_ciphers is not None:
        context.set_ciphers(settings.tls_ciphers)
    context.set_alpn_protocols(["http/1.1"])
    context.load_cert_chain(folder / "server.pem")
    return context


def _make_ca() -> Issued:
    key = generate_private_key(SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Reference server private CA")])
    public = key.public_key()
    builder = (
        _builder(name, name, key, CA_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )
    return Issued(builder.sign(key, SHA256()), key)


def _make_server_certificate(ca: Issued, names: tuple[str, ...], days: int) -> Issued:
    key = generate_private_key(SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Reference server")])
    authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(ca.key.public_key())
    builder = (
        _builder(subject, ca.certificate.subject, key, days)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([_general_name(name) for name in names]), critical=False)
        .add_extension(authority, critical=False)
    )
    return Issued(builder.sign(ca.key, SHA256()), key)


def _builder(subject: x509.Name, issuer: x509.Name, key: EllipticCurvePrivateKey, days: int) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    end = now + timedelta(days=days)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        # A day early, for clocks that differ; earlier still for a certificate that is to have expired.
        .not_valid_before(min(now, end) - timedelta(days=1))
        .not_valid_after(end)
    )


def _key_usage(signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)
