#!/usr/bin/env python3
"""verify_proof.py BUNDLE VERIFIER-KEY [SNAPSHOT]: checks what `onrecord prove` printed, without onrecord.

A second implementation, from docs/record-format.md alone. It needs Python 3.9 and one package: `pip install cryptography`.
Prints what is proven and exits with 0, or says what does not hold and exits with 4."""
import base64, hashlib, json, sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


class Wrong(Exception):
    pass


def need(holds, what):
    if not holds:
        raise Wrong(what)


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def canonical(value):
    """RFC 8785: keys by their UTF-16 code units, nothing between tokens."""
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join(canonical(key) + ":" + canonical(value[key]) for key in keys) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def claim_id(claim):
    value, quote = claim["value"], claim["quote"]
    if isinstance(value, dict) and "currency_any" in value.get("figure", {}):
        figure = {name: part for name, part in value["figure"].items() if name != "currency_any"}
        value = {"figure": {**figure, "currency_open": True}}
    identity = {name: claim.get(name) for name in ("as_of", "by", "modality", "object", "predicate", "snapshot", "stance", "subject")}
    identity.update(value=value, qualifiers=claim.get("qualifiers", {}), **{name: quote[name] for name in ("start", "end", "exact")})
    return sha256(canonical(identity).encode()).hex()


def row_id(table, ordinal):
    """The id of a row of a table: its first 40 bits lead back to the ordinal."""
    names = ("dialect", "language", "map", "snapshot", "source", "text")
    key = sha256(canonical({name: table.get(name) for name in names}).encode())
    head = (ordinal * 0x9E3779B97F4A7C15 + int.from_bytes(key[:8], "big")) % 2**40
    return (head.to_bytes(5, "big") + sha256(key, ordinal.to_bytes(8, "big"))[5:]).hex()


def root_of(leaf, index, size, proof):
    """RFC 9162, 2.1.3.2: where a proof of inclusion leads."""
    need(index < size, "the entry is not in the tree")
    place, last, hash_ = index, size - 1, leaf
    for other in proof:
        need(last > 0, "the proof is too long")
        if place % 2 or place == last:
            hash_ = sha256(b"\1", other, hash_)
            while place % 2 == 0 and place:
                place, last = place >> 1, last >> 1
        else:
            hash_ = sha256(b"\1", hash_, other)
        place, last = place >> 1, last >> 1
    need(last == 0, "the proof is too short")
    return hash_


def from_base64(text):
    need(base64.b64encode(base64.b64decode(text)).decode() == text, "base64 is spelt otherwise")
    return base64.b64decode(text)


def check_note(note, verifier):
    """The text of a signed note that the key has signed."""
    name, key_id, data = verifier.split("+", 2)
    key = from_base64(data)
    need(key[0] == 1 and sha256(name.encode(), b"\n", key)[:4].hex() == key_id, "the verifier key is none of Ed25519")
    text, signatures = note.rsplit("\n\n", 1)
    for line in signatures.splitlines():
        dash, signer, signature = line.split(" ")
        raw = from_base64(signature)
        if (dash, signer, raw[:4].hex()) == ("—", name, key_id):
            Ed25519PublicKey.from_public_bytes(key[1:]).verify(raw[4:], (text + "\n").encode())
            return name, text.split("\n")
    raise Wrong(f"the key of {name} has not signed it")


def check(bundle, verifier, snapshot):
    need(isinstance(bundle, dict) and bundle.get("format") == "onrecord/proof@1", "another format")
    need(set(bundle) - {"ordinal"} == {"format", "claim", "header", "salt", "body", "proof"}, "fields that no proof has, or too few")
    header, body = json.loads(bundle["header"]), json.loads(bundle["body"])
    need(canonical(header) == bundle["header"], "the header is spelt otherwise")
    salt = bytes.fromhex(bundle["salt"])
    need(salt.hex() == bundle["salt"] and sha256(salt, bundle["body"].encode()).hex() == header["body"], "the body is not that of the header")
    need(list(body) == [header["kind"]], "the header names another kind")
    head, note = bundle["proof"].split("\n\n", 1)
    first, *lines = [line for line in head.split("\n") if not line.startswith("extra ")]
    need(first == "c2sp.org/tlog-proof@v1", "no tlog-proof")
    need(lines[0] == f"index {header['sequence']}", "the proof is of another entry")
    name, (origin, size, root, *_) = check_note(note, verifier)
    need(origin == name, "the checkpoint is of another record")
    need(root_of(sha256(b"\0", bundle["header"].encode()), header["sequence"], int(size), [*map(from_base64, lines[1:])]) == from_base64(root), "the proof leads to another root")
    said = body[header["kind"]]
    claim = said["claim"] if header["kind"] == "correct" else said
    found = row_id(claim, bundle["ordinal"]) if "ordinal" in bundle else claim_id(claim)
    need(found == bundle["claim"], "the entry puts another claim on record")
    need(snapshot is None or hashlib.sha256(snapshot).hexdigest() == claim["snapshot"], "the snapshot is another one")
    words = f"“{claim['quote']['exact']}”" if "quote" in claim else f"ordinal {bundle['ordinal']} of the table"
    return f"proven: claim {found}, {words}, entry {header['sequence']} of {size} of {origin}, {header['actor']}, {header['time']}"


if __name__ == "__main__":
    try:
        given = json.load(open(sys.argv[1], encoding="utf-8"))
        print(check(given, sys.argv[2], open(sys.argv[3], "rb").read() if len(sys.argv) > 3 else None))
    except (Wrong, InvalidSignature, ValueError, KeyError) as error:
        sys.exit(print(f"not proven: {error or 'a signature is wrong'}", file=sys.stderr) or 4)
