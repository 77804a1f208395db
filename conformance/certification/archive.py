"""Zip files in one form: members in one order, with one date, nothing between or around them.

The library reads zip files, but it doesn't say what stands between their members, and it writes none from data that is
compressed already. So a file is read by the library, written again here from the data as it was packed, and compared:
however a program compressed a content, its file can be in this form.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

LOCAL = struct.Struct("<4s5H3L2H")
CENTRAL = struct.Struct("<4s6H3L5H2L")
END = struct.Struct("<4s4H2LH")
VERSION = 20
UNIX = 3 << 8
MIDNIGHT, FIRST_DAY = 0, 1 << 5 | 1  # 1980-01-01, the first that the format can tell
READABLE_BY_ALL = 0o644 << 16
RAW = -zlib.MAX_WBITS
# Bytes: the results of ten thousand exchanges take some twenty million.
MOST = 1_000_000_000


class ArchiveFault(Exception):
    """A file is no zip file, or not one in this form: the message says what shows it."""


@dataclass(frozen=True, slots=True)
class Member:
    """One member as it is packed; `size` and `crc` are those of its content."""

    name: str
    method: int
    data: bytes
    size: int
    crc: int

    @classmethod
    def stored(cls, name: str, content: bytes) -> Member:
        """A member as it is."""
        return cls(name, zipfile.ZIP_STORED, content, len(content), zlib.crc32(content))

    @classmethod
    def compressed(cls, name: str, content: bytes, level: int = 9) -> Member:
        """A member in less room."""
        compressor = zlib.compressobj(level, zlib.DEFLATED, RAW)
        data = compressor.compress(content) + compressor.flush()
        return cls(name, zipfile.ZIP_DEFLATED, data, len(content), zlib.crc32(content))

    def content(self) -> bytes:
        """What is packed. Raises ArchiveFault unless the data is that, and nothing else."""
        content = self.data if self.method == zipfile.ZIP_STORED else self._inflated()
        if len(content) != self.size or zlib.crc32(content) != self.crc:
            raise ArchiveFault(f"is damaged: {self.name} is not what was packed")
        return content

    def _inflated(self) -> bytes:
        decompressor = zlib.decompressobj(RAW)
        try:
            # One byte more than it should hold shows that it holds more.
            content = decompressor.decompress(self.data, self.size + 1)
        except zlib.error as error:
            raise ArchiveFault(f"is damaged: {self.name}: {error}") from error
        if not decompressor.eof or decompressor.unused_data:
            raise ArchiveFault(f"is damaged: {self.name} doesn't end where its content does")
        return content


def zip_archive(members: Iterable[Member]) -> bytes:
    """The zip file of members."""
    packed, body, directory = list(members), bytearray(), bytearray()
    for member in packed:
        name = member.name.encode("ascii")
        about = (0, member.method, MIDNIGHT, FIRST_DAY, member.crc, len(member.data), member.size, len(name), 0)
        place = len(body)
        body += LOCAL.pack(b"PK\x03\x04", VERSION, *about) + name + member.data
        rest = (0, 0, 0, READABLE_BY_ALL, place)
        directory += CENTRAL.pack(b"PK\x01\x02", UNIX | VERSION, VERSION, *about, *rest) + name
    end = END.pack(b"PK\x05\x06", 0, 0, len(packed), len(packed), len(directory), len(body), 0)
    return bytes(body + directory + end)


def members_of(archive: bytes) -> list[Member]:
    """The members of a zip file. Raises ArchiveFault unless it is byte for byte what `zip_archive` makes of them."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            infos = opened.infolist()
    # What the library raises for the damages that a file can have.
    except (zipfile.BadZipFile, struct.error, EOFError, OSError) as error:
        raise ArchiveFault(f"is damaged: {error}") from error
    except (NotImplementedError, RuntimeError, ValueError, KeyError, OverflowError) as error:
        raise ArchiveFault(f"is damaged: {error}") from error
    if sum(info.file_size for info in infos) > MOST:
        raise ArchiveFault(f"holds more than {MOST:,} bytes")
    members = [_read(archive, info) for info in infos]
    if not all(member.name.isascii() for member in members) or zip_archive(members) != archive:
        raise ArchiveFault(
            "the zip file is not as it was written: something was added, moved or changed between its files"
        )
    return members


def _read(archive: bytes, info: zipfile.ZipInfo) -> Member:
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ArchiveFault(f"is damaged: {info.filename} is packed in a way that no bundle uses")
    # Where this form puts it; where it stands elsewhere, the comparison shows it.
    start = info.header_offset + LOCAL.size + len(info.filename)
    data = archive[start : start + info.compress_size]
    return Member(info.filename, info.compress_type, data, info.file_size, info.CRC)
