#!/usr/bin/env python3
"""Medians, spreads and ratios of what benchmarks/compare measured: ratios.py FOLDER.

FOLDER holds conv4j-DEVICE-ROUND.json and pytorch-ROUND.jsonl. Of every round's median the median over the rounds is
taken; the spread is from the fastest to the slowest round. A ratio is PyTorch's time divided by conv4j's: above 1, conv4j
is faster. The last table has the geometric means of the ratios by group.
"""

import json
import math
import re
import statistics
import sys
from collections import defaultdict
from pathlib import Path


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: ratios.py FOLDER")
    folder = Path(sys.argv[1])
    ours = read(folder, "conv4j-*-*.json", our_rows)
    theirs = read(folder, "pytorch-*.jsonl", their_rows)
    if not ours:
        sys.exit(f"{folder} holds no conv4j-DEVICE-ROUND.json; run benchmarks/compare")
    table(ours, theirs)


def read(folder, pattern, rows):
    """(group, name) -> who -> seconds of every round."""
    found = defaultdict(lambda: defaultdict(list))
    for file in sorted(folder.glob(pattern)):
        for group, name, who, seconds in rows(file):
            if seconds is not None:
                found[group, name][who].append(seconds)
    return found


def our_rows(file):
    device = re.fullmatch(r"conv4j-(.*)-\d+\.json", file.name).group(1)
    for row in json.loads(file.read_text(encoding="utf-8"))["measurements"]:
        yield row["group"], row["name"], f"conv4j {device}", row["seconds"]


def their_rows(file):
    for line in file.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if "name" in row:
            yield row["group"], row["name"], f"PyTorch {row['precision']} {row['mode']}", row["seconds"]


def table(ours, theirs):
    ratios = defaultdict(list)
    for (group, name), devices in ours.items():
        print(f"\n{group}: {name}")
        for device, seconds in devices.items():
            print(f"    {device:28} {times(seconds)}")
        for peer, seconds in theirs.get((group, name), {}).items():
            shown = []
            for device, own in devices.items():
                ratio = statistics.median(seconds) / statistics.median(own)
                ratios[group, peer, device].append(ratio)
                shown.append(f"{ratio:.2f} x of {device}")
            print(f"    {peer:28} {times(seconds)}   takes {', '.join(shown)}")
    print("\ngeometric means of PyTorch's time / conv4j's time")
    for (group, peer, device), values in ratios.items():
        mean = math.exp(sum(map(math.log, values)) / len(values))
        print(f"    {group:12} {peer:24} / {device:20} {mean:6.2f}  ({len(values)} pieces of work)")


def times(seconds):
    middle = statistics.median(seconds) * 1e3
    return f"{middle:10.3f} ms ({min(seconds) * 1e3:.3f} - {max(seconds) * 1e3:.3f}, {len(seconds)} rounds)"


if __name__ == "__main__":
    main()
