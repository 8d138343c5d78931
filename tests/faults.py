#!/usr/bin/env python3
"""faults.py BINARY FOLDER [PART…] [--seed N] [--kills N] [--disks N] [--cuts N] [--clocks N] [--writers 2,8] [--batches 10,1] [--claims N] [--large N] [--flips N]

What a ledger goes through when the machine fails it, done for real and counted. After each fault the ledger must open,
`onrecord verify` must exit 0, and everything acknowledged (its id printed, or exit code 0) must be on record. The first
ledger that does not hold is kept in FOLDER, and the program stops with 1.

Parts, all of them where none is named:
    kills      SIGKILL at random moments of init, capture, log, a batch, import, merge, redact, rebuild and checkpoint
    disks      file systems too small for what is asked, of many sizes; room is made, and the work goes on
    readonly   a file, a folder and a file system that may not be written
    wal        a write-ahead log cut, twisted or taken away; a -shm cut, filled with noise or taken away
    clocks     a clock that jumps, mostly backwards
    writers    several processes logging at once, with readers among them
    bytes      single bytes of the record of a large ledger changed at random, one at a time: `verify --quick` must tell
`disks` and `readonly` mount tmpfs, which takes root or a user namespace; `clocks` needs a C compiler. What cannot be done here is passed
over and said. Python's standard library is all it takes; docs/reliability.md has what came out."""
import argparse, collections, json, os, pathlib, random, shutil, signal, sqlite3, statistics, subprocess, sys, threading, time, zlib

BATCH = 50
ROWS = 60
SHIPS = 1000
# A ledger is left for a new one when it has so many entries, so that checking it stays quick.
FULL_GROWN = 900


class Broken(Exception):
    """A ledger that does not hold."""


class Home:
    """A ledger in a folder of its own, and what it acknowledged."""

    def __init__(self, binary, folder, env=None):
        self.binary, self.folder = binary, pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.file = self.folder / "onrecord.db"
        keep = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C"}
        self.env = {**keep, "HOME": str(self.folder), "XDG_CONFIG_HOME": str(self.folder / ".config"),
                    "ONRECORD_ACTOR": "human:faults", "ONRECORD_LEDGER": str(self.file), **(env or {})}
        self.claims, self.sources, self.checkpoint = set(), set(), None

    def popen(self, *words, **options):
        return subprocess.Popen([self.binary, *map(str, words)], cwd=self.folder, env=self.env, stdin=subprocess.DEVNULL, **options)

    def run(self, *words):
        """Exit code, standard output and standard error of a command."""
        process = self.popen(*words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        out, err = process.communicate()
        return process.returncode, out, err

    def ok(self, *words):
        code, out, err = self.run(*words)
        if code:
            raise Broken(f"onrecord {' '.join(map(str, words))}: exit {code}: {err or out}")
        return out

    def rows(self, sql):
        """Read past the program, as any other could."""
        connection = sqlite3.connect(self.file, timeout=30)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()

    def count(self, table):
        return self.rows(f"SELECT count(*) FROM {table}")[0][0]

    def begin(self):
        """A ledger with a page of ships, their names and a key."""
        page = "".join(f"Ship number {n} carried {n + 5} tons of grain.\n\n" for n in range(SHIPS))
        (self.folder / "page.txt").write_text(page)
        names = ["grain", "Gazette", *(f"Ship {n}" for n in range(40))]
        (self.folder / "names.jsonl").write_text("".join(json.dumps({"name": name}) + "\n" for name in names))
        self.ok("init")
        self.source = self.ok("capture", "page.txt", "--publisher", "Gazette", "--lang", "en", "--url", "https://gazette.example/1").strip()
        self.sources.add(self.source)
        self.ok("entities", "add", "names.jsonl")
        self.ok("key", "new")
        return self

    def claim(self, ship, as_of):
        return {"source": self.source, "quote": f"Ship number {ship} carried {ship + 5} tons", "subject": f"Ship {ship % 40}",
                "predicate": "amount", "object": "grain", "figure": str(ship + 5), "as_of": as_of}

    def log(self, ship, as_of):
        claim = self.claim(ship, as_of)
        return ["log", *(word for key, value in claim.items() for word in (f"--{key.replace('_', '-')}", value))]

    def batch(self, name, claims):
        (self.folder / name).write_text("".join(json.dumps(claim) + "\n" for claim in claims))
        return ["log", "--jsonl", name]

    def check(self, after, listed=False):
        """Opens, verifies, and looks for everything that was acknowledged."""
        against = []
        if self.checkpoint:
            (self.folder / "head.txt").write_text(self.checkpoint)
            against = ["--against", "head.txt"]
        code, out, err = self.run("verify", "--format", "json", *against)
        if code:
            raise Broken(f"{after}: verify exits {code}: {err}{out}")
        found = {row[0] for row in self.rows("SELECT lower(hex(id)) FROM claim")}
        sources = {row[0] for row in self.rows("SELECT lower(hex(id)) FROM source")}
        if lost := (self.claims - found) | (self.sources - sources):
            raise Broken(f"{after}: {len(lost)} acknowledged and not on record, such as {sorted(lost)[0]}")
        if listed:
            ids = {json.loads(line)["id"] for line in self.ok("claims", "--format", "jsonl").splitlines()}
            if lost := self.claims - ids:
                raise Broken(f"{after}: {len(lost)} acknowledged and not listed, such as {sorted(lost)[0]}")
        first, last, n = self.rows("SELECT min(sequence), max(sequence), count(*) FROM entry")[0]
        if (first, last) != (0, n - 1):
            raise Broken(f"{after}: {n} entries from {first} to {last}")
        return n


def ids_in(out):
    """Whole lines only: what was being printed when the process died was not acknowledged."""
    return [line for line in out.split("\n")[:-1] if len(line) == 64]


def date(random):
    return f"{random.randrange(1600, 2025)}-{random.randrange(1, 13):02}-{random.randrange(1, 29):02}"


def say(*words):
    print(*words, flush=True)


class Kills:
    """One ledger after another, each killed again and again while it grows."""

    OPERATIONS = ["capture", "log", "batch", "import", "merge", "redact", "rebuild", "checkpoint", "init"]

    def __init__(self, setting):
        self.setting, self.random = setting, random.Random(setting.seed)
        self.lasts = collections.defaultdict(list)
        self.outcomes = collections.Counter()
        self.acknowledged = self.n = 0

    def words(self, home, operation):
        """The command, and how many entries and rows of which table it adds."""
        self.n += 1
        n, random = self.n, self.random
        if operation == "capture":
            page = "".join(f"<p>Paragraph {i} of report {n} says that {random.randrange(9999)} ships sank.</p>\n" for i in range(random.choice([5, 300, 3000])))
            (home.folder / "report.html").write_text(f"<html><body><article><h1>Report {n}</h1>{page}</article></body></html>")
            return ["capture", "report.html", "--publisher", "Herald", "--whole-page"], "snapshot", 1
        if operation == "log":
            return home.log(random.randrange(SHIPS), date(random)), "claim", 1
        if operation == "batch":
            ships = random.sample(range(SHIPS), BATCH)
            return home.batch("batch.jsonl", [home.claim(ship, date(random)) for ship in ships]), "claim", BATCH
        if operation == "import":
            rows = "".join(f"Town {i},{n}{i:04}\n" for i in range(ROWS))
            (home.folder / "table.csv").write_text("town,people\n" + rows)
            (home.folder / "map.toml").write_text('[columns]\nentity = "town"\n[predicates.people]\nkind = "figure"\nunit = "count"\n')
            return ["import", "table.csv", "--map", "map.toml", "--new", "--publisher", "Office"], "import", 1
        if operation == "merge":
            ships = random.sample(range(SHIPS), BATCH)
            out = home.other.ok(*home.other.batch("batch.jsonl", [home.other.claim(ship, date(random)) for ship in ships]))
            home.other.claims.update(ids_in(out))
            return ["merge", home.other.file], "bring", 1
        if operation == "redact":
            # Whether or not it is done, nobody may count on the claim any more.
            claim = random.choice(sorted(home.claims))
            home.claims.discard(claim)
            home.other.claims.discard(claim)
            return ["redact", claim, "--because", "order of the court"], "redaction", 1
        return {"rebuild": (["rebuild"], "entry", 0), "checkpoint": (["checkpoint"], "checkpoint", 1)}[operation]

    def moment(self, home, process, operation):
        """Waits until the process is to be killed."""
        typical = statistics.median(self.lasts[operation][-9:])
        kind = self.random.choice(["any", "any", "log grows", "log grows", "at the end"])
        if kind == "any":
            time.sleep(self.random.uniform(0, 1.1 * typical))
        elif kind == "at the end":
            time.sleep(self.random.uniform(0.7, 1.05) * typical)
        else:
            # A commit is written into the write-ahead log, so that is where it can be cut in two.
            wal = f"{home.file}-wal"
            until = time.monotonic() + 2 * typical + 0.05
            while process.poll() is None and time.monotonic() < until:
                try:
                    if os.stat(wal).st_size > 0:
                        break
                except FileNotFoundError:
                    pass
            time.sleep(self.random.choice([0, 0, 0.0002, 0.0005, 0.001, 0.003]))

    def killed(self, home, words, operation):
        out = home.folder / ".out"
        with open(out, "w") as stream:
            process = home.popen(*words, stdout=stream, stderr=subprocess.DEVNULL)
            self.moment(home, process, operation)
            process.send_signal(signal.SIGKILL)
            code = process.wait()
        return code, out.read_text()

    def typical(self, home, operation):
        """How long it takes when nobody kills it."""
        words, table, more = self.words(home, operation)
        before, start = home.count(table), time.monotonic()
        out = home.ok(*words)
        home.claims.update(ids_in(out) if operation in ("log", "batch") else home.other.claims if operation == "merge" else [])
        self.lasts[operation].append(time.monotonic() - start)
        if home.count(table) - before != more:
            raise Broken(f"{operation} adds {home.count(table) - before} rows to {table}")

    def once(self, home, operation):
        words, table, more = self.words(home, operation)
        entries, rows = home.count("entry"), home.count(table)
        code, out = self.killed(home, words, operation)
        after = f"kill {self.kills + 1} of {operation}"
        if code not in (0, -9):
            raise Broken(f"{after}: exit {code}")
        wal = os.path.getsize(f"{home.file}-wal") if os.path.exists(f"{home.file}-wal") else 0
        if operation in ("log", "batch"):
            home.claims.update(ids_in(out))
        elif operation == "checkpoint":
            home.checkpoint = out or home.checkpoint
        elif operation == "merge" and out:
            home.claims.update(home.other.claims)
        elif operation in ("capture", "import"):
            home.sources.update(ids_in(out))
        found = home.check(after, listed=self.n % 50 == 0)
        kept = home.count(table) - rows
        if kept not in (0, more):
            raise Broken(f"{after}: {kept} of {more} on record")
        if operation == "checkpoint":
            # The same state signed again is the same checkpoint.
            if out and not home.rows(f"SELECT 1 FROM checkpoint WHERE note = '{out}'"):
                raise Broken(f"{after}: a checkpoint was printed and is not kept")
        elif kept == 0 and more > 0 and (out or found != entries):
            raise Broken(f"{after}: {'acknowledged, ' if out else ''}{found - entries} entries of a command that did nothing")
        return self.counted(operation, code, out, kept > 0, wal > 0)

    def counted(self, operation, code, out, kept, wal):
        self.acknowledged += bool(out)
        if code == 0:
            return self.outcomes.update([(operation, "done")])
        self.kills += 1
        if operation == "rebuild":
            what = "in the commit or after it" if wal else "before the commit"
        else:
            what = "acknowledged" if out else "on record" if kept else "in the commit" if wal else "before the commit"
        self.outcomes.update([(operation, what)])

    def once_init(self, folder):
        """A ledger killed while it is made: it is there and works, or it can be made."""
        home = Home(self.setting.binary, folder)
        if not self.lasts["init"]:
            start = time.monotonic()
            home.ok("init", "--ledger", "first.db")
            self.lasts["init"].append(time.monotonic() - start)
        code, _ = self.killed(home, ["init"], "init")
        made = home.file.exists()
        if not made:
            home.ok("init")
        home.check(f"kill {self.kills + 1} of init")
        self.counted("init", code, "", made, False)
        shutil.rmtree(folder)

    kills = 0

    def run(self):
        start, home, ledgers = time.monotonic(), None, 0
        while self.kills < self.setting.kills:
            operation = self.random.choice(self.OPERATIONS)
            if operation == "init":
                self.once_init(self.setting.folder / "made")
                continue
            if home is None or home.count("entry") > FULL_GROWN:
                if home:
                    shutil.rmtree(home.folder)
                ledgers += 1
                home = Home(self.setting.binary, self.setting.folder / f"killed-{ledgers}").begin()
                home.other = Home(self.setting.binary, home.folder / "other").begin()
                for name in self.OPERATIONS[:-1]:
                    self.typical(home, name)
                    if name == "import":
                        # The first one defines the predicate and names the towns; those after are one entry.
                        self.typical(home, name)
            self.once(home, operation)
            if self.n % 100 == 0 and sys.stderr.isatty():
                print(f"  {self.kills} kills", end="\r", file=sys.stderr)
        shutil.rmtree(home.folder)
        say(f"kills: {self.kills} in {time.monotonic() - start:.0f} s, {ledgers} ledgers, all sound; {self.acknowledged} commands had printed what they did")
        columns = ["before the commit", "in the commit", "on record", "in the commit or after it", "acknowledged", "done"]
        say(f"  {'':<11}" + "".join(f"{name:>{len(name) + 3}}" for name in columns))
        for operation in self.OPERATIONS:
            say(f"  {operation:<11}" + "".join(f"{self.outcomes[operation, name] or '·':>{len(name) + 3}}" for name in columns))


class Mount:
    """A small file system, gone at the end."""

    def __init__(self, folder, size):
        self.folder, self.size = pathlib.Path(folder), size

    def __enter__(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={self.size}", "tmpfs", self.folder], capture_output=True, text=True)
        if done.returncode:
            raise OSError(done.stderr.strip())
        return self

    def again(self, options):
        subprocess.run(["mount", "-o", f"remount,{options}", self.folder], check=True)

    def __exit__(self, *_):
        subprocess.run(["umount", self.folder], check=True)
        self.folder.rmdir()


def mountable(setting, part):
    try:
        with Mount(setting.folder / "probe", "64k"):
            return True
    except OSError as error:
        say(f"{part}: passed over, nothing can be mounted here: {error}")
        return False


def disks(setting):
    if not mountable(setting, "disks"):
        return
    random_ = random.Random(setting.seed + 1)
    outcomes, sizes = collections.Counter(), []
    for n in range(setting.disks):
        # From "not even room for the ledger" to room for some batches.
        size = (random_.randrange(360, 560) if n % 2 else random_.randrange(560, 2000)) * 1024
        sizes.append(size)
        template = Home(setting.binary, setting.folder / f"template-{n}").begin()
        with Mount(setting.folder / f"disk-{n}", size) as disk:
            home = Home(setting.binary, disk.folder)
            home.source, home.sources, home.claims = template.source, template.sources, set()
            shutil.copytree(template.folder / ".config", home.folder / ".config")
            words = n
            try:
                shutil.copy(template.file, home.file)
            except OSError:
                # Not even the ledger fits: then one cannot be made there either, and nothing of it is left behind.
                home.file.unlink()
                code, _, err = home.run("init")
                if code != 3 or "full" not in err or any(name.name.startswith((".onrecord", "onrecord")) for name in home.folder.iterdir()):
                    raise Broken(f"init on a disk of {size} bytes: exit {code}: {err}")
                outcomes["init refused"] += 1
                continue
            refused = 0
            while refused < 6:
                words += 1
                if words % 3 == 0:
                    command = home.log(random_.randrange(SHIPS), date(random_))
                elif words % 3 == 1:
                    # Beside the disk, so that the batch itself takes no room of it.
                    claims = [home.claim(ship, date(random_)) for ship in random_.sample(range(SHIPS), BATCH)]
                    command = template.batch("batch.jsonl", claims)
                    command[-1] = template.folder / command[-1]
                else:
                    text = "".join(f"Paragraph {i} says that {random_.getrandbits(64)} ships sank.\n\n" for i in range(200))
                    (template.folder / "more.txt").write_text(text)
                    command = ["capture", template.folder / "more.txt", "--lang", "en"]
                code, out, err = home.run(*command)
                if code == 0:
                    (home.sources if command[0] == "capture" else home.claims).update(ids_in(out))
                    outcomes["done"] += 1
                    continue
                refused += 1
                if code != 3 or out or "the disk is full" not in err:
                    raise Broken(f"{command[0]} on a full disk of {size} bytes: exit {code}: {out}{err}")
                outcomes[f"{command[0]} refused"] += 1
            # Full to the last byte: the ledger can still be read and checked, or says why not.
            with open(disk.folder / "filler", "wb", buffering=0) as filler:
                try:
                    while True:
                        filler.write(bytes(4096))
                except OSError:
                    pass
            code, out, err = home.run("verify")
            if code not in (0, 3) or (code == 3 and "the disk is full" not in err):
                raise Broken(f"verify with no byte left on a disk of {size} bytes: exit {code}: {out}{err}")
            outcomes["verify on the full disk: " + ("holds" if code == 0 else "refused, no room for -shm")] += 1
            disk.again(f"size={size + (8 << 20)}")
            home.check(f"a full disk of {size} bytes", listed=True)
            home.claims.update(ids_in(home.ok(*home.log(random_.randrange(SHIPS), date(random_)))))
            home.check(f"a disk of {size} bytes, made larger")
        shutil.rmtree(template.folder)
    say(f"disks: {setting.disks} file systems of {min(sizes) >> 10} to {max(sizes) >> 10} KiB filled up; all ledgers sound, and written again once there was room")
    for what, count in sorted(outcomes.items()):
        say(f"  {what}: {count}")


def readonly(setting):
    if not mountable(setting, "readonly"):
        return
    random_ = random.Random(setting.seed + 2)
    reading = [["claims"], ["contradictions"], ["sources"], ["verify"], ["verify", "--quick"]]
    told = collections.Counter()

    def tried(home, way):
        """Every command while it may not be written: those that write are refused, those that read do or say why not."""
        writing = [home.log(random_.randrange(SHIPS), date(random_)), ["capture", "page.txt", "--url", "https://other.example"], ["rebuild"], ["checkpoint"]]
        for command in writing + reading:
            code, out, err = home.run(*command)
            reads = command in reading
            if not (code == 3 and not out and "cannot be written" in err) and not (reads and code == 0):
                raise Broken(f"{way}: {command[0]}: exit {code}: {out[:300]}{err}")
            if reads and way == "file system" and code:
                raise Broken(f"{way}: {command[0]} could be read: {err}")
            told[way, "read" if code == 0 else "refused to write" if not reads else "could not be read"] += 1

    with Mount(setting.folder / "disk", "16m") as disk:
        home = Home(setting.binary, disk.folder).begin()
        home.claims.update(ids_in(home.ok(*home.log(7, "2025-01-01"))))
        disk.again("ro")
        tried(home, "file system")
        disk.again("rw")
        home.check("a file system that was read-only")
        home.claims.update(ids_in(home.ok(*home.log(8, "2025-01-01"))))
        home.check("a file system that is writable again")
    home = Home(setting.binary, setting.folder / "immutable").begin()
    home.claims.update(ids_in(home.ok(*home.log(7, "2025-01-01"))))
    for way, path in [("file", home.file), ("folder", home.folder)]:
        if subprocess.run(["chattr", "+i", path], capture_output=True).returncode:
            say(f"  {way}: passed over, chattr does not work here")
            continue
        try:
            tried(home, way)
        finally:
            subprocess.run(["chattr", "-i", path], check=True)
        home.check(f"a {way} that was read-only")
        home.claims.update(ids_in(home.ok(*home.log(8 + len(home.claims), "2025-01-01"))))
        home.check(f"a {way} that is writable again")
    shutil.rmtree(home.folder)
    say("readonly: nothing lost, and written again afterwards")
    for (way, what), count in sorted(told.items()):
        say(f"  {way}: {what}: {count}")


def wal(setting):
    """A machine that died with entries in the write-ahead log, which is then damaged as a dying disk would."""
    random_ = random.Random(setting.seed + 3)
    outcomes, lost_entries = collections.Counter(), 0
    for n in range(setting.cuts):
        if n % 20 == 0:
            shutil.rmtree(setting.folder / "died", ignore_errors=True)
            home = Home(setting.binary, setting.folder / "died").begin()
            # Somebody reads meanwhile, so that nobody puts the log into the file.
            reader = sqlite3.connect(home.file, isolation_level=None)
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM entry").fetchone()
            for i in range(6):
                home.claims.update(ids_in(home.ok(*home.log(random_.randrange(SHIPS), date(random_)))))
                claims = [home.claim(ship, date(random_)) for ship in random_.sample(range(SHIPS), BATCH)]
                home.claims.update(ids_in(home.ok(*home.batch("batch.jsonl", claims))))
            head = home.ok("checkpoint")
            full = home.check("writing beside a reader")
            dead = {suffix: pathlib.Path(f"{home.file}{suffix}").read_bytes() for suffix in ("", "-wal", "-shm")}
            reader.close()
        copy = Home(setting.binary, setting.folder / "copy")
        copy.claims, copy.sources, copy.source = set(home.claims), set(home.sources), home.source
        shutil.copytree(home.folder / ".config", copy.folder / ".config", dirs_exist_ok=True)
        (copy.folder / "head.txt").write_text(head)
        parts = {suffix: bytearray(bytes_) for suffix, bytes_ in dead.items()}
        fault = ["-shm gone", "-shm cut", "-shm noise", "-shm zeros", "-wal cut", "-wal twisted", "-wal tail of noise", "-wal gone"][n % 8]
        suffix = fault[:4]
        at = random_.randrange(len(parts[suffix]))
        match fault.split(" ", 1)[1]:
            case "gone": del parts[suffix]
            case "cut": del parts[suffix][at:]
            case "noise": parts[suffix][:] = random_.randbytes(len(parts[suffix]))
            case "zeros": parts[suffix][:] = bytes(len(parts[suffix]))
            case "twisted": parts[suffix][at] ^= 1 << random_.randrange(8)
            case "tail of noise": parts[suffix][at:] = random_.randbytes(len(parts[suffix]) - at)
        for suffix, bytes_ in parts.items():
            pathlib.Path(f"{copy.file}{suffix}").write_bytes(bytes_)
        if fault.startswith("-shm"):
            # It is an index of the log and can be made again: nothing may be lost.
            if copy.check(fault, listed=True) != full:
                raise Broken(f"{fault}: {full} entries before")
            outcomes[fault, "all there"] += 1
        else:
            # Bytes that are gone are gone. What is left must be the record as it stood after one of its commands, and whoever
            # kept a checkpoint must be told.
            copy.claims, copy.sources = set(), set()
            entries = copy.check(fault)
            order = [row[0] for row in home.rows("SELECT header FROM entry ORDER BY sequence")]
            if [row[0] for row in copy.rows("SELECT header FROM entry ORDER BY sequence")] != order[:entries]:
                raise Broken(f"{fault}: not the first {entries} entries")
            claims = copy.count("claim")
            if claims % (BATCH + 1) not in (0, 1):
                raise Broken(f"{fault}: {claims} claims, part of a batch")
            code, out, err = copy.run("verify", "--against", "head.txt")
            if code != (0 if entries == full else 4) or (code and "were taken away" not in out + err):
                raise Broken(f"{fault}: {entries} of {full} entries, and verify --against exits {code}: {out}{err}")
            lost_entries += full - entries
            outcomes[fault, "all there" if entries == full else "an earlier state, told by --against"] += 1
        copy.claims.update(ids_in(copy.ok(*copy.log(random_.randrange(SHIPS), "1500-01-01"))))
        copy.check(f"{fault}, written again")
        shutil.rmtree(copy.folder)
    shutil.rmtree(home.folder)
    say(f"wal: {setting.cuts} faults; every ledger opens, verifies and is written again")
    for (fault, what), count in sorted(outcomes.items()):
        say(f"  {fault}: {what}: {count}")


CLOCK = r"""
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
int clock_gettime(clockid_t clock, struct timespec *time) {
    int done = (int)syscall(SYS_clock_gettime, clock, time);
    const char *offset = getenv("CLOCK_OFFSET");
    if (clock == CLOCK_REALTIME && offset) time->tv_sec += atoll(offset);
    return done;
}
"""


def clocks(setting):
    source, shim = setting.folder / "clock.c", setting.folder / "clock.so"
    source.write_text(CLOCK)
    if subprocess.run(["cc", "-shared", "-fPIC", "-o", shim, source], capture_output=True).returncode:
        return say("clocks: passed over, there is no C compiler here")
    random_ = random.Random(setting.seed + 4)
    home = Home(setting.binary, setting.folder / "clocks").begin()
    home.env["LD_PRELOAD"] = str(shim)
    back, time_before = 0, None
    for n in range(setting.clocks):
        home.env["CLOCK_OFFSET"] = str(random_.choice([-1, -3600, -86400, -400 * 86400, 3600, -60 * 365 * 86400, 30 * 365 * 86400]) * random_.randrange(1, 3))
        if n % 10 == 3:
            home.checkpoint = home.ok("checkpoint")
        home.claims.update(ids_in(home.ok(*home.log(random_.randrange(SHIPS), date(random_)))))
        time_now = home.rows("SELECT json_extract(header, '$.time') FROM entry ORDER BY sequence DESC LIMIT 1")[0][0]
        back += time_before is not None and time_now < time_before
        time_before = time_now
        home.check(f"clock jump {n}", listed=True)
        home.ok("claims", "--as-of-entry", time_now)
    shutil.rmtree(home.folder)
    if back < setting.clocks // 4:
        raise Broken(f"the clock went back {back} times only: the shim does not work")
    say(f"clocks: {setting.clocks} jumps, {back} of them backwards; nothing lost, entries keep their order and the times they were told")


def writers(setting):
    for n_writers in setting.writers:
        for batch in setting.batches:
            home = Home(setting.binary, setting.folder / f"writers-{n_writers}-{batch}").begin()
            entries, commands, waited = home.count("entry"), setting.claims // batch, []
            acknowledged, troubles, looks = set(), [], []
            done = threading.Event()

            def write(writer):
                for n in range(commands):
                    ships = range(n * batch, (n + 1) * batch)
                    claims = [home.claim(ship % SHIPS, f"{1000 + writer * 50 + ship // SHIPS}-01-01") for ship in ships]
                    if batch == 1:
                        words = home.log(ships[0] % SHIPS, claims[0]["as_of"])
                    else:
                        words = home.batch(f"batch-{writer}.jsonl", claims)
                    start = time.monotonic()
                    code, out, err = home.run(*words)
                    waited.append(time.monotonic() - start)
                    if code or len(ids_in(out)) != batch:
                        return troubles.append(f"writer {writer}: exit {code}: {out}{err}")
                    acknowledged.update(ids_in(out))

            def read():
                """Whole states only: all of a batch or nothing of it, and never less than before."""
                before = 0
                while not done.is_set():
                    start = time.monotonic()
                    code, out, err = home.run("claims", "--format", "jsonl")
                    looks.append((time.monotonic() - start, out.count("\n")))
                    n = out.count("\n")
                    if code or n % batch or n < before:
                        return troubles.append(f"a reader: exit {code}, {n} claims after {before}: {err}")
                    before = n
                    time.sleep(0.2)

            start = time.monotonic()
            threads = [threading.Thread(target=write, args=(writer,)) for writer in range(n_writers)]
            readers = [threading.Thread(target=read) for _ in range(2)]
            for thread in threads + readers:
                thread.start()
            for thread in threads:
                thread.join()
            seconds = time.monotonic() - start
            done.set()
            for thread in readers:
                thread.join()
            if troubles:
                raise Broken(f"{n_writers} writers: {troubles[0]}")
            home.claims = acknowledged
            found = home.check(f"{n_writers} writers", listed=True)
            if len(acknowledged) != n_writers * commands * batch or found != entries + len(acknowledged):
                raise Broken(f"{n_writers} writers: {len(acknowledged)} acknowledged, {found - entries} entries")
            waited.sort()
            say(f"writers: {n_writers} processes, {commands} commands of {batch} each: {len(acknowledged)} claims in {seconds:.0f} s, all there, one chain; "
                f"a command took {statistics.median(waited) * 1000:.0f} ms, the slowest {waited[-1]:.2f} s; "
                f"{len(looks)} reads meanwhile, all of whole states, {statistics.median(t for t, _ in looks) * 1000:.0f} ms, the slowest {max(t for t, _ in looks):.2f} s")
            shutil.rmtree(home.folder)


# What is hashed: table, column, and what tells its rows apart.
HASHED = [("entry", "header", "sequence"), ("entry", "leaf", "sequence"), ("entry_body", "body", "sequence"), ("entry_body", "salt", "sequence"),
          ("tree_node", "hash", "level * 1000000000 + place"), ("blob", "packed", "rowid")]


def bytes_changed(setting):
    random_ = random.Random(setting.seed + 5)
    home = Home(setting.binary, setting.folder / "bytes").begin()
    for first in range(0, setting.large, 20_000):
        many = range(first, min(first + 20_000, setting.large))
        home.ok(*home.batch("batch.jsonl", [home.claim(n % SHIPS, f"{1000 + n // SHIPS // 300}-{n // SHIPS % 12 + 1:02}-{n // SHIPS // 12 % 25 + 1:02}") for n in many]))
    home.check("before")
    connection = sqlite3.connect(home.file, isolation_level=None)
    for (trigger,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {trigger}")
    connection.execute("PRAGMA ignore_check_constraints = on")
    told = collections.Counter()
    for n in range(setting.flips):
        table, column, key = HASHED[n % len(HASHED)]
        rows = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        row, value = connection.execute(f"SELECT {key}, {column} FROM {table} LIMIT 1 OFFSET ?", [random_.randrange(rows)]).fetchone()
        is_text, old = isinstance(value, str), value.encode() if isinstance(value, str) else value
        new = bytearray(old)
        new[random_.randrange(len(new))] ^= random_.randrange(1, 256)
        put = f"UPDATE {table} SET {column} = {'CAST(? AS TEXT)' if is_text else '?'} WHERE {key} = ?"
        connection.execute(put, [bytes(new), row])
        code, out, err = home.run("verify", "--quick")
        connection.execute(put, [old, row])
        if code != 4:
            # The last bits of packed bytes may mean nothing.
            if column != "packed" or zlib.decompress(bytes(new)) != zlib.decompress(old):
                raise Broken(f"byte of {table}.{column}, row {row}: exit {code}: {out}{err}")
            told[column, "unpack alike"] += 1
        elif table.startswith("entry") and f"entry {row}" not in err:
            raise Broken(f"byte of {table}.{column}, row {row}, is told as: {err}")
        told[column, "told"] += code == 4
    connection.close()
    say(f"bytes: {setting.flips} single bytes of a ledger of {home.count('entry')} entries changed at random: " + ", ".join(f"{column} {what}: {n}" for (column, what), n in sorted(told.items()) if n))
    shutil.rmtree(home.folder)


def apart():
    """Goes on with mounts of its own, which are gone with it however it ends."""
    if "FAULTS_APART" in os.environ or not shutil.which("unshare"):
        return
    flags = "-m" if os.geteuid() == 0 else "-rm"
    if subprocess.run(["unshare", flags, "true"], capture_output=True).returncode == 0:
        os.environ["FAULTS_APART"] = "yes"
        os.execvp("unshare", ["unshare", flags, sys.executable, *sys.argv])


def main():
    parts = {"kills": lambda setting: Kills(setting).run(), "disks": disks, "readonly": readonly, "wal": wal, "clocks": clocks, "writers": writers, "bytes": bytes_changed}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("parts", nargs="*", metavar="PART")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--disks", type=int, default=40)
    parser.add_argument("--cuts", type=int, default=160)
    parser.add_argument("--clocks", type=int, default=100)
    parser.add_argument("--writers", default="2,8", type=lambda text: [int(n) for n in text.split(",")])
    parser.add_argument("--batches", default="10,1", type=lambda text: [int(n) for n in text.split(",")])
    parser.add_argument("--claims", type=int, default=1000)
    parser.add_argument("--large", type=int, default=100_000)
    parser.add_argument("--flips", type=int, default=300)
    setting = parser.parse_args()
    apart()
    if unknown := [part for part in setting.parts if part not in parts]:
        parser.error(f"no part {unknown[0]}: there are {', '.join(parts)}")
    setting.binary, setting.folder = setting.binary.resolve(), setting.folder.resolve()
    setting.folder.mkdir(parents=True, exist_ok=True)
    folder = setting.folder
    for part in setting.parts or parts:
        # What an earlier run left behind, its kept ledger among it, is gone with this one.
        setting.folder = folder / part
        shutil.rmtree(setting.folder, ignore_errors=True)
        setting.folder.mkdir()
        try:
            parts[part](setting)
        except Broken as broken:
            sys.exit(f"{part}, seed {setting.seed}: {broken}")


if __name__ == "__main__":
    main()
