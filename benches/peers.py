#!/usr/bin/env python3
"""peers.py NAME [--time]: another library behind the contract of `onrecord figures --jsonl`, so that the same cases can be put to it.

Reads {"id","lang","text"} lines, writes {"id","figures":[…]} lines. With --time it writes one line, the seconds that the calls of
the library took, without start-up, reading and writing. What a library cannot say (a currency's code, a place) is looked up here in
its favour; a call that fails counts as no figure."""
import json, re, sys, time
from decimal import Decimal

CODES = {"$": "USD", "US$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "R$": "BRL", "C$": "CAD", "kr": "SEK", "zł": "PLN", "₽": "RUB",
         "руб.": "RUB", "руб": "RUB", "р.": "RUB", "Kč": "CZK", "Rp": "IDR", "₪": "ILS", "₫": "VND", "Ft": "HUF", "₺": "TRY", "LEI": "RON",
         "RM": "MYR", "원": "KRW", "грн": "UAH", "грн.": "UAH", "Fr": "CHF"}
NAMES = {"dollar": "USD", "dólar": "USD", "united states dollar": "USD", "dólar estadunidense": "USD", "dólar estadounidense": "USD",
         "dollar états-unis": "USD", "euro": "EUR", "pound": "GBP", "pound sterling": "GBP", "libra": "GBP", "libra esterlina": "GBP", "livre": "GBP",
         "yen": "JPY", "japanese yen": "JPY", "yen japonais": "JPY", "chinese yuan": "CNY", "yuan chino": "CNY", "yuan chinês": "CNY",
         "rupee": "INR", "indian rupee": "INR", "real brasileiro": "BRL", "peso mexicano": "MXN", "franc suisse": "CHF", "franco suizo": "CHF",
         "franco suíço": "CHF", "franc": "CHF", "franco": "CHF", "canadian dollar": "CAD", "dólar canadiense": "CAD", "dólar canadense": "CAD",
         "dollar canadien": "CAD", "australian dollar": "AUD", "dollar australien": "AUD", "dólar neozelandés": "NZD", "dólar neozelandês": "NZD",
         "dollar de hong kong": "HKD", "dólar de hong kong": "HKD", "finnish markka": "FIM", "mark finlandais": "FIM", "peseta": "ESP",
         "netherlands guilder": "NLG", "florim holandês": "NLG"}
# The hundredths of a currency: what they are likeliest of.
MINOR = {"cent": "USD", "centavo": "BRL", "céntimo": "EUR", "pence": "GBP", "penny": "GBP", "penique": "GBP", "pêni": "GBP"}


def point(start, end, value, currency=None, unit=None):
    return {"start": start, "end": end, "lo": str(value), "hi": str(value), "currency": currency, "unit": unit}


def recognizers():
    from recognizers_number import recognize_number, recognize_percentage
    from recognizers_number_with_unit import recognize_currency
    cultures = {"en": "en-us", "fr": "fr-fr", "de": "de-de", "es": "es-es", "pt": "pt-br", "it": "it-it", "nl": "nl-nl"}

    def number(text):
        text = str(text)
        return text if re.fullmatch(r"-?\d+(\.\d+)?([eE][+-]?\d+)?", text) else None

    def call(recognize, text, culture):
        try:
            return recognize(text, culture)
        except Exception:  # some models do not exist for every language
            return []

    def parse(lang, text):
        culture, figures, taken = cultures.get(lang, "en-us"), [], []
        free = lambda r: all(r.end < start or r.start > end for start, end in taken)
        for r in call(recognize_currency, text, culture):
            value = number(r.resolution.get("value")) if r.resolution else None
            if value is None:
                continue
            unit = r.resolution.get("unit") or ""
            code = r.resolution.get("isoCurrency") or NAMES.get(unit.lower())
            if code is None and unit.lower() in MINOR:
                code, value = MINOR[unit.lower()], str(Decimal(value) / 100)
            figures.append(point(r.start, r.end + 1, value, code or "?"))
            taken.append((r.start, r.end))
        for r in call(recognize_percentage, text, culture):
            value = number(str(r.resolution.get("value", "")).rstrip("%")) if r.resolution else None
            if value is not None and free(r):
                figures.append(point(r.start, r.end + 1, value, unit="%"))
                taken.append((r.start, r.end))
        for r in call(recognize_number, text, culture):
            value = number(r.resolution.get("value")) if r.resolution else None
            if value is not None and free(r):
                figures.append(point(r.start, r.end + 1, value))
        return figures

    return parse


def quantulum3():
    import logging
    from quantulum3 import parser
    logging.disable(logging.CRITICAL)

    def parse(lang, text):
        try:
            found = parser.parse(text)
        except Exception:
            return []
        figures = []
        for q in found:
            money = q.unit.entity.name == "currency"
            code = (q.unit.currency_code or NAMES.get(q.unit.name.lower()) or "?") if money else None
            unit = "%" if q.unit.name in ("percentage", "percent") else None if q.unit.name == "dimensionless" else q.unit.name
            value = Decimal(repr(q.value)) if isinstance(q.value, float) else Decimal(q.value)
            figures.append(point(*q.span, value, code, None if money else unit))
        return figures

    return parse


def price_parser():
    from price_parser import Price

    def parse(lang, text):
        price = Price.fromstring(text)
        if price.amount is None:
            return []
        start = max(text.find(price.amount_text), 0)
        end = start + len(price.amount_text)
        currency = price.currency
        if currency and currency in text:
            at = text.find(currency)
            if text[end:at].strip() == "" and at >= end:
                end = at + len(currency)
            elif text[at + len(currency):start].strip() == "" and at < start:
                start = at
        code = currency and (CODES.get(currency) or (currency if re.fullmatch("[A-Z]{3}", currency) else "?"))
        return [point(start, end, price.amount, code)]

    return parse


def text2num():
    from text_to_num import alpha2digit, text2num as read
    known = {"en", "fr", "de", "es", "pt", "it", "nl"}

    def parse(lang, text):
        if lang not in known:
            return []
        if "--time" in sys.argv:  # it reads one number, or rewrites the numbers of a text
            return alpha2digit(text, lang)
        try:
            return [point(0, len(text), read(text.strip(" ."), lang))]
        except Exception:
            return []

    return parse


PEERS = {"recognizers": recognizers, "quantulum3": quantulum3, "price-parser": price_parser, "text2num": text2num}


def main():
    parse = PEERS[sys.argv[1]]()
    cases = [json.loads(line) for line in sys.stdin if line.strip()]
    if "--time" in sys.argv:
        parse("en", "It paid 14 million dollars.")  # models are built at the first call
        for lang in {case["lang"] for case in cases}:
            parse(lang, "14")
        begun = time.monotonic()
        for case in cases:
            parse(case["lang"], case["text"])
        print(time.monotonic() - begun)
        return
    for case in cases:
        print(json.dumps({"id": case["id"], "figures": parse(case["lang"], case["text"])}))


main()
