#!/usr/bin/env python3
"""figures.py BINARY CASES_DIR: runs the external figure suites and compares the share that is fully right with .ci/floors.json.
A floor is the best share that has landed; it only rises. `--raise` writes the shares of this run where they are higher."""
import collections, json, subprocess, sys
from pathlib import Path

binary, cases = sys.argv[1], Path(sys.argv[2])
floors_file = Path(__file__).parent / "floors.json"
floors = json.loads(floors_file.read_text())
failed = False
for suite in sorted(cases.glob("figures/*.dev.jsonl")):
    name = suite.name.removesuffix(".dev.jsonl")
    run = subprocess.run([sys.executable, cases / "score.py", suite, "--json", "--", binary, "figures", "--jsonl"], capture_output=True, text=True)
    if run.returncode:
        sys.exit(f"{name}: {run.stderr}")
    total = collections.Counter()
    for counts in json.loads(run.stdout.splitlines()[0]).values():
        total.update(counts)
    share, floor = total["full"] / total["n"], floors.get(name, 0)
    print(f"{name:18} {share:.4f} of {total['n']}, floor {floor:.4f}{'' if share >= floor else '  BELOW'}")
    failed |= share < floor
    floors[name] = max(floor, int(share * 10000) / 10000)
if "--raise" in sys.argv:
    floors_file.write_text(json.dumps(floors, indent=1, sort_keys=True) + "\n")
sys.exit(failed)
