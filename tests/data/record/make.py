#!/usr/bin/env python3
"""Makes entries.jsonl beside it, by docs/record-format.md alone: a second implementation of the format, in another
language. `python3 make.py` prints the lines; a released line never changes.
"""
import hashlib
import json

ONE, TWO, THREE, NOUGHT = ("1" * 64, "2" * 64, "3" * 64, "0" * 64)


def canonical(value):
    # Keys here are ASCII, where sorting by code points is sorting by UTF-16 units.
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def claim_id(claim):
    value = claim["value"]
    if isinstance(value, dict) and "currency_any" in value.get("figure", {}):
        figure = {name: part for name, part in value["figure"].items() if name != "currency_any"}
        value = {"figure": {**figure, "currency_open": True}}
    quote = claim["quote"]
    identity = {
        "as_of": claim.get("as_of"),
        "by": claim["by"],
        "end": quote["end"],
        "exact": quote["exact"],
        "modality": claim["modality"],
        "object": claim.get("object"),
        "predicate": claim["predicate"],
        "qualifiers": claim.get("qualifiers", {}),
        "snapshot": claim["snapshot"],
        "stance": claim["stance"],
        "start": quote["start"],
        "subject": claim["subject"],
        "value": value,
    }
    return sha256(canonical(identity).encode())


def figure(lo, hi, **more):
    plain = {"currency": None, "decimals": None, "hedge": None, "hi": hi, "hi_open": False, "lo": lo, "lo_open": False,
             "unit": None}
    return {**plain, **more}


def quote(exact, start, **more):
    end = start + len(exact)
    return {"exact": exact, "prefix": "pour ", "suffix": " – “é”", "start": start, "end": end, "start_byte": start,
            "end_byte": start + len(exact.encode()), "folded": False, **more}


place = {"source": TWO, "snapshot": ONE, "text": THREE}
offer = {
    **place,
    "as_of": "2025-06",
    "by": [{"known": "stated", "who": {"anonymous": "people familiar"}}, {"known": "page", "who": {"entity": "le-monde"}}],
    "doubts": ["ambiguous-currency"],
    "modality": "alleged",
    "object": "scale-ai",
    "parser": "figure/1",
    "predicate": "investment",
    "qualifiers": {"stage": "in talks"},
    "quote": quote("14,3 milliards de dollars à l’été", 5, folded=True),
    "ref": "A-1",
    "stance": "affirms",
    "subject": "meta",
    "value": {"figure": figure("14300000000", "14300000000", currency="USD", currency_any=["USD", "CAD"], decimals=-8)},
}
budget = {
    **place,
    "by": [{"known": "stated", "who": {"entity": "le-monde"}}],
    "doubts": ["ambiguous-grouping", "currency-missing"],
    "modality": "stated",
    "other": figure("1.234", "1.234", decimals=3, money=True),
    "parser": "figure/1",
    "predicate": "cost",
    "quote": quote("plus de 1.234", 40),
    "stance": "affirms",
    "subject": "meta",
    "value": {"figure": figure("1234", None, decimals=0, hedge="more-than", lo_open=True, money=True)},
}
denial = {
    **place,
    "by": [{"known": "inferred", "who": {"entity": "sam-altman"}}],
    "modality": "stated",
    "object": "meta",
    "predicate": "accepted",
    "quote": quote("aucun n’a accepté", 80),
    "stance": "denies",
    "subject": "openai-staff",
    "value": "state",
}
founding = {**{name: part for name, part in denial.items() if name != "object"}, "predicate": "founded",
            "value": {"date": "2024"}}
details = {"author": "A", "language": "fr", "published": "2025-06-26T10:00:00Z", "publisher": "Le Monde", "title": "T"}

BODIES = [
    {"begin": {"format": "onrecord/1", "origin": "example.org/été\"😀"}},
    {"capture": {"charset": "UTF-8", "details": {"url": "https://example.org/a"}, "extractor": "html-article/1",
                 "layout": THREE, "media_type": "text/html", "page": details, "size": 4422, "snapshot": ONE,
                 "source": TWO, "text": THREE}},
    {"describe": {"details": {"published": "2025-06"}, "source": TWO}},
    {"entity": {"aliases": ["WSJ", "\u0001\t"], "key": "wall-street-journal", "name": "Wall Street Journal"}},
    {"predicate": {"describes": "A fine", "exclusive": "g", "implies": ["accepted"], "name": "fine",
                   "object": "optional", "time": "event", "unit": "km", "value": "figure"}},
    {"claim": offer},
    {"claim": budget},
    {"claim": denial},
    {"attest": {"claim": NOUGHT, "ref": "B-2"}},
    {"retract": {"because": "misread", "claim": NOUGHT}},
    {"reinstate": {"because": "it was right", "claim": NOUGHT}},
    {"correct": {"because": "typo", "claim": founding, "retracts": NOUGHT}},
    {"capture": {"charset": "UTF-8", "details": {"credits": ["AFP"], "url": "https://example.org/b"},
                 "extractor": "html-article/1", "layout": THREE, "media_type": "text/html",
                 "page": {"credits": ["Reuters", "dpa"]}, "size": 4422, "snapshot": ONE, "source": TWO, "text": THREE}},
    {"entity": {"aliases": [], "key": "openai-staff", "members": ["lucas-beyer", "xiaohua-zhai"], "name": "OpenAI staff"}},
    {"merge": {"because": "one company", "entity": "acme-corp", "into": "acme"}},
    {"unmerge": {"because": "two after all", "entity": "acme-corp"}},
    {"derive": {"because": "word for word", "from": {"source": ONE}, "source": TWO}},
    {"underive": {"because": "they had it first", "from": {"entity": "reuters"}, "source": TWO}},
    {"decide": {"finding": {"because": "the filing says so", "claims": [NOUGHT, ONE], "finding": THREE,
                            "outcome": "judged", "right": [NOUGHT], "wrong": [ONE]}}},
    {"decide": {"claim": {"because": "nobody answers", "claim": NOUGHT, "outcome": "cannot-verify"}}},
    {"derive": {"because": "60 of 65 runs", "from": {"source": ONE}, "source": TWO, "text": {"of": 65, "shared": 60}}},
    {"import": {"claims": 2, "dialect": "workbook", "language": "de", "parser": "figure/2", "said": THREE, "skip_bad": True,
                "map": {"columns": {"date": "Jahr", "entity": "Stadt"},
                        "predicates": {"Fläche": {"kind": "figure", "name": "area", "unit": "km"}},
                        "table": {"missing": ["-"], "sheet": "Daten"}},
                "snapshot": ONE, "source": TWO, "text": THREE}},
    {"copying": {"detector": "copying/1", "pairs": [
        {"a": "anonymous:wired", "b": "either:afp+reuters", "nats": 33, "of": 40, "shared": 39}]}},
    {"independent": {"a": "afp", "b": "reuters", "because": "two desks", "holds": True}},
    {"independent": {"a": "afp", "b": "reuters", "because": "one desk", "holds": False}},
    {"hold": {"claim": NOUGHT}},
    {"approve": {"claim": NOUGHT}},
    {"approve": {"because": "seen in the filing", "claim": NOUGHT}},
    {"redact": {"because": "order of the court", "entry": 7, "retracts": NOUGHT, "source": TWO}},
    {"redact": {"because": "not ours to keep", "bytes": [ONE, THREE], "source": TWO}},
    {"bring": {"entries": [
        {"actor": "human:anna", "leaf": ONE, "sequence": 12, "time": "2025-06-20T08:00:00.000Z"},
        {"actor": "agent:reader", "leaf": TWO, "record": "example.org/field", "sequence": 3,
         "time": "2025-06-21T08:00:00.000Z"}], "record": "example.org/desk", "root": THREE, "size": 40}},
]

# The ordinals of an import whose ids are in the vector: row × claims a row can hold + place in the row.
ORDINALS = (1, 2, 3, 4, 1_000_000, (1 << 40) - 1)


def import_claim_ids(table):
    """The first 40 bits lead back to the ordinal, the rest is a hash."""
    identity = {name: table.get(name) for name in ("dialect", "language", "map", "snapshot", "source", "text")}
    key = hashlib.sha256(canonical(identity).encode()).digest()
    first, ids = int.from_bytes(key[:8], "big") % (1 << 40), []
    for ordinal in ORDINALS:
        head = (ordinal * 0x9E3779B97F4A7C15 + first) % (1 << 40)
        rest = hashlib.sha256(key + ordinal.to_bytes(8, "big")).digest()[5:]
        ids.append((head.to_bytes(5, "big") + rest).hex())
    return ids


for sequence, body in enumerate(BODIES):
    kind = next(iter(body))
    salt = bytes((sequence * 16 + n) % 256 for n in range(16))
    text = canonical(body)
    actor = ["human:jane", "agent:desk-1"][sequence % 2]
    time = f"2025-06-26T10:00:00.{sequence:03}Z"
    header = canonical({"actor": actor, "body": sha256(salt + text.encode()), "kind": kind, "sequence": sequence,
                        "time": time})
    claim = body.get("claim") or body.get("correct", {}).get("claim")
    print(json.dumps({
        **({"import_claim_ids": import_claim_ids(body["import"])} if "import" in body else {}),
        "actor": actor, "time": time, "sequence": sequence, "salt": salt.hex(), "body": text, "header": header,
        "leaf_hash": sha256(b"\0" + header.encode()), "claim_id": claim_id(claim) if claim else None,
    }, ensure_ascii=False))
