#!/usr/bin/env python3
"""figures.py [--cases DIR] [--write]: `onrecord figures` and its peers on the same texts, in one run.

Installs the peers (pinned below) into target/peers. Speed: the articles of examples/ and the sentences of tests/data/figures; a peer's time
is that of its calls alone, ours that of the whole process, start-up and JSON included; every program in turn, median of five. Share fully
right: the external figure suites, where they are there, by their own score.py. --write puts both tables into docs/figures.md and RESULTS.md,
between their marks."""
import argparse, collections, html, json, platform, re, statistics, subprocess, sys, time, venv
from pathlib import Path

HERE, ROOT = Path(__file__).resolve().parent, Path(__file__).resolve().parent.parent
PEERS = {"recognizers": ["recognizers-text-suite==1.0.2a2", "emoji<2"], "quantulum3": ["quantulum3==0.10.0"],
         "price-parser": ["price-parser==0.5.1"], "text2num": ["text2num==3.1.0"]}
ROUNDS = 5
OURS = "onrecord"


def python():
    """The interpreter that has the peers."""
    folder = ROOT / "target" / "peers"
    if not (folder / "bin" / "python").exists():
        venv.create(folder, with_pip=True)
        packages = [package for packages in PEERS.values() for package in packages]
        subprocess.run([folder / "bin" / "pip", "install", "--quiet", *packages], check=True)
    return folder / "bin" / "python"


def texts():
    """Language -> its texts: articles where examples/ has them, else the sentences of the corpus in paragraphs of four."""
    found = collections.defaultdict(list)
    for path in sorted((ROOT / "examples" / "meta-openai").iterdir()):
        language = re.search(r"\.(en|fr|de|es)\.(html|md|txt)$", path.name)
        if language:
            text = path.read_text(encoding="utf-8", errors="replace")
            found[language[1]].append(html.unescape(re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", text, flags=re.S)))
    for language in ("it", "pt", "nl"):
        lines = (ROOT / "tests" / "data" / "figures" / f"{language}.jsonl").read_text().splitlines()
        sentences = [json.loads(line)["text"] for line in lines]
        found[language] = [" ".join(sentences[at:at + 4]) for at in range(0, len(sentences), 4)]
    return found


def jsonl(language, texts):
    return "".join(json.dumps({"id": at, "lang": language, "text": text}, ensure_ascii=False) + "\n" for at, text in enumerate(texts))


def speeds(peers, binary):
    """Rows of (language, kind of text, megabytes a second of ours and of every peer)."""
    rows = []
    for language, few in texts().items():
        size = sum(len(text.encode()) for text in few)
        many = few * max(1, 20_000_000 // size)
        ours_input, ours_size = jsonl(language, many).encode(), sum(len(text.encode()) for text in many)
        seconds = collections.defaultdict(list)
        names = [OURS, "recognizers", "text2num"] + (["quantulum3"] if language == "en" else []) + ["price-parser"]
        for round in range(ROUNDS + 1):  # the first is a warm-up
            for name in names:
                if name == OURS:
                    begun = time.monotonic()
                    subprocess.run([binary, "figures", "--jsonl"], input=ours_input, stdout=subprocess.DEVNULL, check=True)
                    taken = (time.monotonic() - begun) / ours_size
                else:
                    run = subprocess.run([peers, HERE / "peers.py", name, "--time"], input=jsonl(language, few).encode(), capture_output=True, check=True)
                    taken = float(run.stdout) / size
                if round:
                    seconds[name].append(taken)
        rate = {name: 1 / statistics.median(taken) / 1e6 for name, taken in seconds.items()}
        rows.append((language, "articles" if language in ("en", "fr", "de", "es") else "sentences full of figures", rate))
        print(language, {name: f"{rate:.4g} MB/s" for name, rate in rate.items()}, flush=True)
    return rows


def shares(peers, binary, cases):
    """(suite, language) -> cases, and the share that is fully right with ours and with every peer."""
    rows = collections.defaultdict(dict)
    commands = {OURS: [binary, "figures", "--jsonl"], **{name: [peers, HERE / "peers.py", name] for name in PEERS}}
    for suite in sorted((cases / "figures").glob("*.dev.jsonl")):
        for name, command in commands.items():
            run = subprocess.run([sys.executable, cases / "score.py", suite, "--json", "--", *command], capture_output=True, text=True, check=True)
            for key, counts in json.loads(run.stdout.splitlines()[0]).items():
                rows[tuple(key.split("/"))][name] = 100 * counts["full"] / counts["n"]
                rows[tuple(key.split("/"))]["cases"] = counts["n"]
        print(suite.name, flush=True)
    return rows


def speed_table(rows):
    names = [OURS, *PEERS]
    lines = ["| language | text | " + " | ".join(f"{name}, MB/s" for name in names) + " | ours over Recognizers-Text |", "| --- | --- |" + " ---: |" * (len(names) + 1)]
    for language, kind, rate in rows:
        cells = [f"{rate[name]:.3g}" if name in rate else "" for name in names]
        lines.append(f"| {language} | {kind} | " + " | ".join(cells) + f" | {rate[OURS] / rate['recognizers']:.0f} times |")
    return "\n".join(lines)


def share_table(rows):
    # What a library does not set out to read is left blank.
    reads = {OURS: lambda suite, language: True,
             "recognizers": lambda suite, language: True,
             "quantulum3": lambda suite, language: language in ("en", "und"),
             "price-parser": lambda suite, language: "money" in suite or "price" in suite or "currency" in suite,
             "text2num": lambda suite, language: suite == "words-number"}
    lines = ["| suite | language | cases | " + " | ".join(reads) + " |", "| --- | --- |" + " ---: |" * (len(reads) + 1)]
    for (suite, language), row in sorted(rows.items()):
        cells = [f"{row[name]:.1f}" if fits(suite, language) else "" for name, fits in reads.items()]
        lines.append(f"| {suite} | {language} | {row['cases']} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def write(path, name, table):
    """Puts the table between its marks."""
    text = path.read_text()
    pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.S)
    if not pattern.search(text):
        sys.exit(f"{path.name} has no place marked {name}")
    path.write_text(pattern.sub(lambda match: match[1] + table + "\n" + match[2], text))


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--cases", type=Path, default=ROOT.parent / "shared" / "cases")
    options.add_argument("--write", action="store_true")
    options.add_argument("--only", choices=["speed", "shares"])
    options = options.parse_args()
    subprocess.run(["cargo", "build", "--release", "--quiet"], cwd=ROOT, check=True)
    binary, peers = ROOT / "target" / "release" / "onrecord", python()
    if options.only != "shares":
        table = speed_table(speeds(peers, binary))
        head = f"Measured {time.strftime('%Y-%m-%d')} on {platform.machine()}, Python {platform.python_version()}, one core each.\n\n"
        print(head + table)
        if options.write:
            write(HERE / "RESULTS.md", "figures-speed", head + table)
    if options.only != "speed" and options.cases.is_dir():
        table = share_table(shares(peers, binary, options.cases))
        print(table)
        if options.write:
            write(ROOT / "docs" / "figures.md", "figures-shares", table)


main()
