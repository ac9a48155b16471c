"""Sealed columns and fingerprints: what is written about people, unreadable without the keys.

A sealed value is `version | length of key id | key id | nonce | ciphertext and tag`, encrypted
with AES-256-GCM and bound to its place: a value copied to another row or column does not open.
A value that is bound to its owner has the owner's id behind the key id, and needs the owner's secret
too (`helpline.store.shredding`): where that was destroyed, no key of the ring opens it.
A fingerprint is a keyed hash, for look-up only. Its key stays when the data keys rotate, and it
must never lie beside the data: all phone numbers of a country can be tried in minutes.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
import secrets
from typing import NoReturn

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

INDEX = "index"
"""The id of the key that fingerprints are made with."""

_VERSION = 1
_OWNED = 2
LOOSE = bytes((_VERSION,))
"""Begins a value that is bound to nobody."""
_KEY_BYTES = 32
_NONCE_BYTES = 12
_TAG_BYTES = 16
_KEY_ID = re.compile(r"[a-z0-9_-]{1,16}")


class BadKeys(ValueError):
    """The keys in the settings cannot be used. One line, without any key in it."""


class Unsealable(Exception):
    """A value was changed, moved to another place, or sealed with a key that is not in the ring."""


class KeyRing:
    """The keys of one installation, read once at start.

    Safe to share between threads and to carry over a fork. Seal fewer than 2**32 values with one
    data key (NIST SP 800-38D section 8.3, random nonces): rotating once a year is far below that.
    """

    def __init__(self, keys: dict[str, bytes], index: bytes) -> None:
        self._keys = keys
        self._ciphers = {name: AESGCM(key) for name, key in keys.items()}
        self._index = index
        self._index_keys: dict[str, bytes] = {}
        self._current = next(iter(keys))
        self._cipher = self._ciphers[self._current]
        self.current_header = _header(self._current)
        """What every value sealed with the current key begins with, bound to nobody,"""
        self.owned_header = _header(self._current, _OWNED)
        """or to an owner."""

    def __repr__(self) -> str:
        return "<KeyRing>"

    @classmethod
    def parse(cls, setting: str) -> KeyRing:
        """Read `id:base64key[,id:base64key...]`, the form of `HELPLINE_DATA_KEYS`.

        Keys are 32 bytes. The key named `index` makes fingerprints and must never change; of the
        others the first seals and all of them open.

        Raises:
            BadKeys: if the setting is not in this form.
        """
        keys: dict[str, bytes] = {}
        for entry in setting.split(","):
            name, colon, text = entry.strip().partition(":")
            if not colon or not _KEY_ID.fullmatch(name):
                raise BadKeys(
                    "HELPLINE_DATA_KEYS: every entry must be id:base64key, id of a-z 0-9 _ -"
                )
            if name in keys:
                raise BadKeys(f"HELPLINE_DATA_KEYS: two keys are named {name}")
            keys[name] = _key(name, text)
        if len(set(keys.values())) != len(keys):
            raise BadKeys("HELPLINE_DATA_KEYS: one key is there under two names")
        index = keys.pop(INDEX, None)
        if index is None:
            raise BadKeys(f"HELPLINE_DATA_KEYS: the key named {INDEX} is missing")
        if not keys:
            raise BadKeys(f"HELPLINE_DATA_KEYS: there is no data key beside {INDEX}")
        return cls(keys, index)

    def seal(self, plaintext: str | bytes, column: str, row: str, *, owner: str = "") -> bytes:
        """Encrypt a value for one place: `column` is `table.column`, `row` the primary key.

        A primary key of several columns is joined with `/`. Text is sealed as UTF-8. With an `owner`,
        who must have a secret, the value opens only as long as that is there.
        """
        data = plaintext.encode() if isinstance(plaintext, str) else plaintext
        nonce = secrets.token_bytes(_NONCE_BYTES)
        if owner:
            cipher = self._owned(self._current, owner, column, row)
            header = self.owned_header + bytes((len(owner),)) + owner.encode("ascii")
            return header + nonce + cipher.encrypt(nonce, data, _place(column, row))
        return self.current_header + nonce + self._cipher.encrypt(nonce, data, _place(column, row))

    def unseal(self, blob: bytes, column: str, row: str) -> bytes:
        """Give back what was sealed for this place.

        Raises:
            Unsealable: naming the place, never the value.
        """
        header_ends = 2 + blob[1] if len(blob) > 1 and blob[0] in (_VERSION, _OWNED) else 0
        name = blob[2:header_ends].decode("ascii", "replace")
        owner = owner_of(blob)
        header_ends += 1 + len(owner) if owner else 0
        nonce_ends = header_ends + _NONCE_BYTES
        if not header_ends or len(blob) < nonce_ends + _TAG_BYTES:
            _refuse("is not a sealed value", column, row)
        cipher = self._ciphers.get(name)
        if cipher is None:
            _refuse("was sealed with a key that is not in the ring", column, row)
        if owner:
            cipher = self._owned(name, owner, column, row)
        nonce = blob[header_ends:nonce_ends]
        try:
            return cipher.decrypt(nonce, blob[nonce_ends:], _place(column, row))
        except InvalidTag:
            _refuse("was changed or moved", column, row)

    def unseal_text(self, blob: bytes, column: str, row: str) -> str:
        """Give back sealed text; raises as `unseal` does."""
        return self.unseal(blob, column, row).decode()

    def needs_rotation(self, blob: bytes) -> bool:
        """Say whether a value is sealed with another key than the current one."""
        return not blob.startswith((self.current_header, self.owned_header))

    def fingerprint(self, kind: str, value: str) -> bytes:
        """Hash a value for look-up: 32 bytes, the same for the same kind and value for ever.

        `kind` keeps apart what must not be compared (a phone and an identity card with the same
        digits). Normalise the value first: E.164 for phones.
        """
        key = self._index_keys.get(kind)
        if key is None:
            info = b"helpline fingerprint " + kind.encode()
            key = HKDF(SHA256(), _KEY_BYTES, salt=None, info=info).derive(self._index)
            self._index_keys[kind] = key
        return hmac.digest(key, value.encode(), "sha256")

    def _owned(self, name: str, owner: str, column: str, row: str) -> AESGCM:
        """The cipher that a data key and the secret of an owner make together."""
        # Loaded here: whoever seals nothing for an owner needs no database.
        from helpline.store.shredding import secret_of  # noqa: PLC0415

        secret = secret_of(owner)
        if secret is None:
            _refuse("was destroyed with the secret of its owner", column, row)
        info = b"helpline owner " + name.encode()
        return AESGCM(HKDF(SHA256(), _KEY_BYTES, salt=secret, info=info).derive(self._keys[name]))


def owner_of(blob: bytes) -> str:
    """To whom a sealed value is bound; empty when to nobody."""
    if len(blob) < 3 or blob[0] != _OWNED:  # noqa: PLR2004  version, length, one letter
        return ""
    at = 2 + blob[1]
    return blob[at + 1 : at + 1 + blob[at]].decode("ascii", "replace") if at < len(blob) else ""


def new_keys(name: str) -> str:
    """Make a fresh setting for `HELPLINE_DATA_KEYS` with one data key of that name and an index key."""
    return ",".join(
        f"{each}:{base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()}"
        for each in (name, INDEX)
    )


def _header(name: str, version: int = _VERSION) -> bytes:
    return bytes((version, len(name))) + name.encode("ascii")


def _place(column: str, row: str) -> bytes:
    return f"{column}:{row}".encode()


def _key(name: str, text: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error:
        raise BadKeys(f"HELPLINE_DATA_KEYS: the key {name} is not base64") from None
    if len(key) != _KEY_BYTES:
        raise BadKeys(f"HELPLINE_DATA_KEYS: the key {name} must be {_KEY_BYTES} bytes")
    if len(set(key)) == 1:
        raise BadKeys(f"HELPLINE_DATA_KEYS: the key {name} is one byte repeated")
    return key


def _refuse(why: str, column: str, row: str) -> NoReturn:
    raise Unsealable(f"{column} of row {row} {why}") from None
