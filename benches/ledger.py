#!/usr/bin/env python3
"""ledger.py BAR… [--claims N] [--runs N] [--only logged|imported]: the bars of a ledger's speed, each a ratio between two programs in one run.

Bars: log, import_speed, reconcile, listing, one, answers. Builds the release binary and the generator (`ledger.rs`) first. Worlds and
ledgers are kept in --folder and made once. Peers: `pip install duckdb duckdb-extensions duckdb-extension-sqlite-scanner truthdiscovery numpy scipy bidict imageio pillow`."""
import argparse, json, os, pathlib, shutil, sqlite3, statistics, subprocess, sys, tempfile, time, types

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
BINARY = ROOT / "target/release/onrecord"


def build():
    subprocess.run(["cargo", "build", "--release", "--quiet"], cwd=ROOT, check=True)
    out = subprocess.run(["cargo", "bench", "--bench", "ledger", "--no-run", "--message-format=json"], cwd=ROOT, check=True,
                         capture_output=True, text=True).stdout
    built = [json.loads(line) for line in out.splitlines() if '"ledger"' in line]
    return next(item["executable"] for item in built if item.get("executable") and item["target"]["name"] == "ledger")


class Bench:
    def __init__(self, folder, runs, only):
        self.folder, self.runs, self.only, self.tool = pathlib.Path(folder), runs, only, build()

    def ledgers(self, n):
        made = {"logged": self.logged, "imported": self.imported}
        return [(kind, make(n)) for kind, make in made.items() if self.only in (None, kind)]

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
            work = self.folder / "work.db"
            copy(self.pages(n), work)
            self.call(work, "log", "--jsonl", self.world(n) / "claims.jsonl", "--new")
            settle(work)
            work.rename(ledger)
        return ledger

    def imported(self, n):
        """A ledger with the table of a world imported, and the seconds that took."""
        ledger = self.folder / f"imported-{n}.db"
        if not ledger.exists():
            self.import_(n, ledger)
            settle(ledger)
        return ledger

    def import_(self, n, ledger):
        world = self.world(n)
        copy(None, ledger)
        self.call(ledger, "init")
        return self.call(ledger, "import", world / "table.csv", "--map", world / "map.toml", "--new", "--publisher", "Desk", "--lang", "en-US")

    def median(self, run):
        run()
        return statistics.median(run() for _ in range(self.runs))

    def row(self, what, ours, peer, bar):
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

    def import_speed(self, n):
        work = self.folder / "work.db"
        seconds = self.median(lambda: self.import_(n, work)[0])
        self.row(f"`import`, {n:,} rows", f"{seconds:.2f} s, {n / seconds / 1e6:.3f} M rows/s", "", "at least 0.3 M rows/s")

    def reconcile(self, n):
        """All verdicts worked out from the statements, against DuckDB over the same file."""
        for kind, ledger in self.ledgers(n):
            memory = []

            def run(*words):
                seconds, used = self.call(ledger, "rebuild", "--verdicts", *words)
                memory.append(used)
                return seconds
            kernel = self.median(lambda: run("--dry-run"))
            disjoint, components, written = duckdb_seconds(ledger, self.runs)
            rebuilt = self.median(run)
            settle(ledger)
            work = self.folder / "work.db"

            def from_nothing():
                copy(ledger, work)
                forget_verdicts(work)
                return self.call(work, "rebuild", "--verdicts")[0]
            anew = self.median(from_nothing)
            self.row(f"verdicts of {n:,} {kind} claims", f"{kernel:.2f} s, at most {max(memory):.0f} MB",
                     f"DuckDB: disjoint {disjoint:.2f} s, connected components {components:.2f} s",
                     f"{kernel / components:.2f} of its time (at most 1.0)")
            self.row("the same, compared with what is stored and written where it differs, which is nowhere", f"{rebuilt:.2f} s",
                     f"DuckDB: components, and as many rows inserted, {written:.2f} s", f"{rebuilt / written:.2f} of its time (at most 0.7)")
            self.row("the same, where every row differs", f"{anew:.2f} s", f"the same {written:.2f} s", f"{anew / written:.2f} of its time (at most 0.7)")

    def listing(self, n):
        for kind, ledger in self.ledgers(n):
            page = self.median(lambda: self.call(ledger, "contradictions")[0])
            self.row(f"`contradictions`, first page of {n:,} {kind} claims", f"{page * 1000:.0f} ms", "", "under 50 ms")

    def one(self, n):
        """A hundred claims one after another, each by a command of its own: its quote is on a page of its own. On a RAM disk, which
        leaves the disk's syncs out."""
        with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
            ledger, page = pathlib.Path(folder) / "one.db", pathlib.Path(folder) / "one.txt"
            copy(self.logged(n), ledger)
            # Names that the world has from two hundred companies on.
            names = [first + second for first in "bcdfghjklmnpqrstvwxz" for second in "cdfgh"]
            page.write_text("".join(f"In the matter of the {name}z, Company {name} came to 77 million dollars.\n" for name in names))
            self.call(ledger, "capture", page, "--publisher", "Paper 1", "--url", "https://one.example/a", "--published", "2025-06-13", "--lang", "en-US")
            times = []
            for name in names:
                quote = f"In the matter of the {name}z, Company {name} came to 77 million dollars"
                times.append(self.call(ledger, "log", "--source", "https://one.example/a", "--quote", quote, "--subject", f"Company {name}",
                                       "--predicate", "amount", "--by", "Agency 1")[0] * 1000)
            start = statistics.median(self.call(ledger, "--version")[0] for _ in range(20)) * 1000
        times.sort()
        self.row(f"one claim logged into {n:,}, whole process, {len(times)} times", f"median {statistics.median(times):.1f} ms, 99th percentile {times[-2]:.1f} ms",
                 f"`--version` {start:.1f} ms", "under 10 ms at the 99th percentile apart from the disk's sync")

    def answers(self, n):
        ledger = self.imported(n)
        seconds = self.median(lambda: self.call(ledger, "sources", "--by-record")[0])
        listed = self.median(lambda: self.call(ledger, "answers", "--format", "csv")[0])
        work = self.folder / "work.db"
        imported = self.median(lambda: self.import_(n, work)[0])
        self.row(f"records of {n:,} imported claims", f"{seconds:.2f} s, {n / seconds / 1e6:.2f} M claims/s; with every answer printed {listed:.2f} s",
                 "", "at least 1 M claims/s")
        theirs = truthdiscovery_seconds(self.world(n) / "table.csv")
        if theirs:
            self.row(f"import and answers of {n:,} claims", f"{imported + listed:.2f} s", f"truthdiscovery, Sums: {theirs:.2f} s",
                     f"{theirs / (imported + listed):.1f} times its speed (at least 3)")


def duckdb_seconds(ledger, runs):
    """Seconds of DuckDB over the ledger file: whether the readings of a question are disjoint; its connected components; and those with as
    many rows as there are questions and positions inserted into a table. Its readings are simpler: half of the last stated digit."""
    import duckdb
    database = pathlib.Path(f"{ledger}.duckdb")
    database.unlink(missing_ok=True)
    connection = duckdb.connect(str(database))
    try:
        connection.execute("INSTALL sqlite; LOAD sqlite")
    except duckdb.Error:
        from duckdb_extensions import import_extension
        import_extension("sqlite_scanner")
        connection.execute("LOAD sqlite_scanner")
    connection.execute(f"ATTACH '{ledger}' AS s (TYPE sqlite, READ_ONLY)")
    stated = """WITH stated AS (SELECT question, origin, (lo - 0.5) * power(10, -decimals) AS a, (coalesce(hi, lo) + 0.5) * power(10, -decimals) AS b
                                FROM s.statement WHERE form & 1024 = 0 AND decimals IS NOT NULL)"""
    cut = """, cut AS (SELECT question, origin, a, b, CASE WHEN a > max(b) OVER (PARTITION BY question ORDER BY a ROWS BETWEEN UNBOUNDED PRECEDING
                       AND 1 PRECEDING) THEN 1 ELSE 0 END AS cut FROM stated),
             parts AS (SELECT question, origin, a, b, sum(cut) OVER (PARTITION BY question ORDER BY a ROWS UNBOUNDED PRECEDING) AS part FROM cut)"""
    queries = {
        "disjoint": f"{stated} SELECT count(*) FROM (SELECT question FROM stated GROUP BY question HAVING max(a) > min(b))",
        "components": f"{stated}{cut} SELECT count(*), sum(n) FROM (SELECT question, part, count(*) AS n, count(DISTINCT origin) FROM parts GROUP BY ALL)",
        "written": f"CREATE OR REPLACE TABLE position AS {stated}{cut} SELECT question, part, min(a) AS lo, max(b) AS hi, count(*) AS claims, "
                   "count(DISTINCT origin) AS origins FROM parts GROUP BY ALL; CREATE OR REPLACE TABLE question AS SELECT question, count(*) > 1 AS disjoint, "
                   "sum(claims) AS claims FROM position GROUP BY question",
    }
    seconds = []
    for query in queries.values():
        times = []
        for _ in range(runs + 1):
            start = time.perf_counter()
            connection.execute(query)
            if query.startswith("W"):
                connection.fetchall()
            times.append(time.perf_counter() - start)
        seconds.append(statistics.median(times[1:]))
    connection.close()
    database.unlink()
    return seconds


def truthdiscovery_seconds(table):
    """Seconds of PyPI's truthdiscovery from the same table; None where it is not installed."""
    # It draws with pycairo, which needs a library of the system's; nothing is drawn here.
    sys.modules.setdefault("cairo", types.ModuleType("cairo"))
    try:
        from truthdiscovery import MatrixDataset, Sums  # noqa: F401
        from truthdiscovery.input import Dataset
    except ImportError as error:
        print(f"truthdiscovery is passed over: {error}")
        return None
    import csv
    start = time.perf_counter()
    with open(table) as file:
        # It takes one value of a source: the last.
        said = {(row["who"], f"{row['what']}/{row['fact']}"): row["value"] for row in csv.DictReader(file)}
    Sums().run(Dataset([(who, what, value) for (who, what), value in said.items()]))
    return time.perf_counter() - start


def copy(ledger, to):
    for suffix in ("", "-wal", "-shm"):
        pathlib.Path(f"{to}{suffix}").unlink(missing_ok=True)
    if ledger:
        shutil.copyfile(ledger, to)


def forget_verdicts(ledger):
    connection = sqlite3.connect(ledger)
    connection.executescript("DELETE FROM position; UPDATE question SET verdict = 'alone', severity = 0, worst = NULL, origins = 0, latest = NULL, claims = 0")
    connection.close()
    settle(ledger)


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
    parser.add_argument("--only", choices=["logged", "imported"])
    given = parser.parse_args()
    pathlib.Path(given.folder).mkdir(parents=True, exist_ok=True)
    bench = Bench(given.folder, given.runs, given.only)
    for bar in given.bars:
        getattr(bench, bar)(given.claims)


if __name__ == "__main__":
    main()
