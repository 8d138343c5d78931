#!/usr/bin/env python3
"""ledger.py BAR… [--claims N] [--runs N] [--write]: the bars of a ledger's speed, each a ratio between two programs in one run.

Bars: log, import, reconcile, listing, one, answers, or all. Builds the release binary and the generator (`ledger.rs`) first. Worlds and
ledgers are kept in --folder and made once. Peers: `pip install duckdb duckdb-extensions duckdb-extension-sqlite-scanner truthdiscovery`.
With --write the table in RESULTS.md is brought up to date."""
import argparse, json, os, pathlib, re, shutil, sqlite3, statistics, subprocess, sys, time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
BINARY = ROOT / "target/release/onrecord"
RESULTS = HERE / "RESULTS.md"


def build():
    subprocess.run(["cargo", "build", "--release", "--quiet"], cwd=ROOT, check=True)
    out = subprocess.run(["cargo", "bench", "--bench", "ledger", "--no-run", "--message-format=json"], cwd=ROOT, check=True,
                         capture_output=True, text=True).stdout
    built = [json.loads(line) for line in out.splitlines() if '"ledger"' in line]
    return next(item["executable"] for item in built if item.get("executable") and item["target"]["name"] == "ledger")


class Bench:
    def __init__(self, folder, runs):
        self.folder, self.runs, self.tool = pathlib.Path(folder), runs, build()
        self.rows = []

    def world(self, n):
        folder = self.folder / f"world-{n}"
        if not (folder / "map.toml").exists():
            subprocess.run([self.tool, "world", str(n), folder], check=True)
        return folder

    def call(self, ledger, *words, out=subprocess.DEVNULL):
        """Seconds of a whole command, and the most memory it took, in MB."""
        env = {**os.environ, "ONRECORD_LEDGER": str(ledger), "ONRECORD_ACTOR": "human:bench"}
        start = time.perf_counter()
        process = subprocess.Popen([BINARY, *map(str, words)], env=env, stdout=out, stderr=subprocess.PIPE)
        error = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        if status:
            sys.exit(f"onrecord {' '.join(map(str, words))}: {error.decode()[-2000:]}")
        return seconds, usage.ru_maxrss / 1024

    def pages(self, n):
        """A ledger with the pages of a world captured and nothing logged."""
        ledger = self.folder / f"pages-{n}.db"
        if not ledger.exists():
            self.call(ledger, "init")
            for page in sorted(self.world(n).glob("page-*.txt")):
                number = page.stem.split("-")[1]
                self.call(ledger, "capture", page, "--publisher", f"Paper {number}", "--url", f"https://p{number}.example/a",
                          "--published", "2025-06-13", "--lang", "en-US")
            settle(ledger)
        return ledger

    def logged(self, n):
        """A ledger with the claims of a world logged."""
        ledger = self.folder / f"logged-{n}.db"
        if not ledger.exists():
            copy(self.pages(n), ledger)
            self.call(ledger, "log", "--jsonl", self.world(n) / "claims.jsonl", "--new")
            settle(ledger)
        return ledger

    def median(self, run):
        run()
        return statistics.median(run() for _ in range(self.runs))

    def row(self, what, ours, peer, bar):
        self.rows.append((what, ours, peer, bar))
        print(f"{what}: {ours}; {peer}; bar: {bar}", flush=True)

    def log(self, n):
        claims, work = self.world(n) / "claims.jsonl", self.folder / "work.db"

        def run():
            copy(self.pages(n), work)
            return self.call(work, "log", "--jsonl", claims, "--new")[0]
        ours = self.median(run)
        settle(work)
        raw = self.median(lambda: float(subprocess.run([self.tool, "raw", work], check=True, capture_output=True, text=True).stdout))
        self.row(f"`log --jsonl`, {n:,} claims", f"{ours:.2f} s, {ours / n * 1e6:.0f} µs a claim", f"raw inserts {raw:.2f} s",
                 f"{raw / ours:.2f} of their speed (at least 0.25)")


def copy(ledger, to):
    for suffix in ("", "-wal", "-shm"):
        pathlib.Path(f"{to}{suffix}").unlink(missing_ok=True)
    shutil.copyfile(ledger, to)


def settle(ledger):
    connection = sqlite3.connect(ledger)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bars", nargs="+")
    parser.add_argument("--claims", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--folder", default=ROOT / "target" / "bench-ledgers")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    pathlib.Path(given.folder).mkdir(parents=True, exist_ok=True)
    bench = Bench(given.folder, given.runs)
    for bar in given.bars:
        getattr(bench, bar)(given.claims)


if __name__ == "__main__":
    main()
