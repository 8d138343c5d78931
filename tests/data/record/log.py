#!/usr/bin/env python3
"""Makes tree.jsonl and notes.jsonl beside it, by docs/record-format.md alone: a second implementation of the tree, of
notes, checkpoints and proofs, in another language and as plain as can be. `python3 log.py tree` and `python3 log.py
notes` print the lines, `python3 log.py docs` the examples of that page; a released line never changes.
"""
import base64
import hashlib
import json
import pathlib
import sys


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def b64(data):
    return base64.b64encode(data).decode()


# The tree, as RFC 6962 §2.1 defines it: recursive, and from all the leaves each time.


def cut(n):
    k = 1
    while 2 * k < n:
        k *= 2
    return k


def root(leaves):
    if not leaves:
        return sha256()
    if len(leaves) == 1:
        return leaves[0]
    k = cut(len(leaves))
    return sha256(b"\1", root(leaves[:k]), root(leaves[k:]))


def inclusion(index, leaves):
    if len(leaves) == 1:
        return []
    k = cut(len(leaves))
    if index < k:
        return inclusion(index, leaves[:k]) + [root(leaves[k:])]
    return inclusion(index - k, leaves[k:]) + [root(leaves[:k])]


def consistency(size, leaves, from_start=True):
    if size == len(leaves):
        return [] if from_start else [root(leaves)]
    k = cut(len(leaves))
    if size <= k:
        return consistency(size, leaves[:k], from_start) + [root(leaves[k:])]
    return consistency(size - k, leaves[k:], False) + [root(leaves[:k])]


# Ed25519, as RFC 8032 §5.1 defines it: slow, and only for keys that are no secret.

P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
BASE_Y = 4 * pow(5, -1, P) % P


def add(a, b):
    (x1, y1), (x2, y2) = a, b
    t = D * x1 * x2 * y1 * y2 % P
    return (x1 * y2 + x2 * y1) * pow(1 + t, -1, P) % P, (y1 * y2 + x1 * x2) * pow(1 - t, -1, P) % P


def times(n, point):
    total = (0, 1)
    while n:
        if n & 1:
            total = add(total, point)
        point, n = add(point, point), n >> 1
    return total


def even_x(y):
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    return x if x % 2 == 0 else P - x


BASE = (even_x(BASE_Y), BASE_Y)


def encoded(point):
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


def number(data):
    return int.from_bytes(data, "little")


def halves(seed):
    digest = hashlib.sha512(seed).digest()
    return number(digest[:32]) & ((1 << 254) - 8) | 1 << 254, digest[32:]


def public(seed):
    return encoded(times(halves(seed)[0], BASE))


def ed25519(seed, message):
    secret, prefix = halves(seed)
    key = public(seed)
    r = number(hashlib.sha512(prefix + message).digest()) % Q
    start = encoded(times(r, BASE))
    s = (r + number(hashlib.sha512(start + key + message).digest()) * secret) % Q
    return start + s.to_bytes(32, "little")


# Notes, checkpoints, proofs.

SIGNS, COSIGNS = 1, 4


def key_id(name, algorithm, key):
    return sha256(name.encode(), b"\n", bytes([algorithm]), key)[:4]


def verifier_text(name, algorithm, seed):
    key = public(seed)
    return f"{name}+{key_id(name, algorithm, key).hex()}+{b64(bytes([algorithm]) + key)}"


def secret_text(name, algorithm, seed):
    return f"PRIVATE+KEY+{name}+{key_id(name, algorithm, public(seed)).hex()}+{b64(bytes([algorithm]) + seed)}"


def line(text, name, algorithm, seed, time=None):
    start = f"cosignature/v1\ntime {time}\n" if algorithm == COSIGNS else ""
    signature = ed25519(seed, (start + text).encode())
    if algorithm == COSIGNS:
        signature = time.to_bytes(8, "big") + signature
    return f"— {name} {b64(key_id(name, algorithm, public(seed)) + signature)}\n"


def note(text, *signers):
    return text + "\n" + "".join(line(text, *signer) for signer in signers)


def checkpoint(origin, leaves, *extensions):
    return "".join(f"{part}\n" for part in (origin, len(leaves), b64(root(leaves)), *extensions))


def proof(index, leaves, signed, extra=b""):
    extra = f"extra {b64(extra)}\n" if extra else ""
    hashes = "".join(f"{b64(part)}\n" for part in inclusion(index, leaves))
    return f"c2sp.org/tlog-proof@v1\n{extra}index {index}\n{hashes}\n{signed}"


LEAVES = [sha256(b"\0", f"leaf {n}".encode()) for n in range(70)]
LOG = ("example.org/harbour", SIGNS, bytes(range(32)))
WITNESS = ("witness.example/w1", COSIGNS, bytes(range(32, 64)))
OTHER = ("other.example/été", SIGNS, bytes(range(64, 96)))
TIME = 1750932000


def hexes(parts):
    return [part.hex() for part in parts]


def tree_lines():
    for size in range(len(LEAVES) + 1):
        yield {"size": size, "root": root(LEAVES[:size]).hex()}
    for size in (1, 2, 3, 4, 5, 7, 8, 13, 33):
        for index in range(size):
            yield {"index": index, "size": size, "inclusion": hexes(inclusion(index, LEAVES[:size]))}
    sizes = (1, 2, 3, 4, 6, 7, 8, 13, 32, 33, 70)
    for size2 in sizes:
        for size1 in (size for size in sizes if size <= size2):
            yield {"size1": size1, "size2": size2, "consistency": hexes(consistency(size1, LEAVES[:size2]))}


def note_lines():
    for signer in (LOG, WITNESS, OTHER):
        yield {"key": verifier_text(*signer), "secret": secret_text(*signer)}
    texts = ["A line.\n", "\n", "\n\nTwo empty lines before, one behind.\n\n", "— not a signature\n", "é😀 \u2028\u007f\n"]
    texts += [checkpoint(LOG[0], LEAVES[:size]) for size in (0, 1, 70)]
    texts += [checkpoint("another origin + one", LEAVES[:3], "an extension", " ")]
    for n, text in enumerate(texts):
        signers = [LOG, OTHER, (*WITNESS, TIME + n)]
        yield {"text": text, "time": TIME + n, "note": note(text, *signers)}
    for time in (0, 1, 2**63 - 1):
        yield {"text": texts[0], "time": time, "note": note(texts[0], LOG, OTHER, (*WITNESS, time))}
    for index, size, extra in ((0, 1, b""), (0, 2, b"x"), (4, 5, b""), (41, 70, bytes(range(256)))):
        signed = note(checkpoint(LOG[0], LEAVES[:size]), LOG, (*WITNESS, TIME))
        yield {"index": index, "size": size, "extra": extra.hex(), "leaf_hash": LEAVES[index].hex(),
               "proof": proof(index, LEAVES[:size], signed, extra)}


def examples():
    """The entry of the example in docs/record-format.md, and below it the entries 1 to 4 of entries.jsonl."""
    header = ('{"actor":"human:jane","body":"641247f3657e68cb62b17960996688cf097bf03b510775ee1764aa7cf355cbb5",'
              '"kind":"begin","sequence":0,"time":"2025-06-26T10:00:00.000Z"}')
    entries = (pathlib.Path(__file__).parent / "entries.jsonl").read_text().splitlines()[1:5]
    leaves = [sha256(b"\0", header.encode())] + [bytes.fromhex(json.loads(entry)["leaf_hash"]) for entry in entries]
    yield [f"leaf {n}  {leaf.hex()}" for n, leaf in enumerate(leaves)] + [
        f"root    {root(leaves).hex()}",
        "inclusion of leaf 2", *(f"        {part.hex()}" for part in inclusion(2, leaves)),
        f"consistency with the first 3, whose root is {root(leaves[:3]).hex()}",
        *(f"        {part.hex()}" for part in consistency(3, leaves))]
    yield [secret_text(*LOG), verifier_text(*LOG), verifier_text(*WITNESS)]
    signed = note(checkpoint(LOG[0], leaves), LOG, (*WITNESS, TIME))
    yield signed.splitlines()
    yield proof(2, leaves, signed).splitlines()


def lines_of(what):
    if what == "docs":
        for lines in examples():
            yield from (f"    {line}".rstrip() for line in [*lines, ""])
    else:
        yield from (json.dumps(line, ensure_ascii=False) for line in {"tree": tree_lines, "notes": note_lines}[what]())


print("\n".join(lines_of(sys.argv[1])))
