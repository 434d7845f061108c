#!/usr/bin/env python3
"""Medians, spreads and ratios of what benchmarks/compare measured: ratios.py FOLDER.

FOLDER holds conv4j-DEVICE-ROUND.json, and pytorch-ROUND.jsonl, deeplearning4j-ROUND.jsonl and dlprimitives-ROUND.jsonl
where these took part.
Of every round's median the median over the rounds is taken; the spread is from the fastest to the slowest round. Where
a peer was measured in several layouts of images, its fastest one counts. A ratio is the peer's time divided by
conv4j's: above 1, conv4j is faster. The last table has the geometric means of the ratios by group.
"""

import json
import math
import re
import statistics
import sys
from collections import defaultdict
from pathlib import Path

PEERS = {"pytorch": "PyTorch", "deeplearning4j": "Deeplearning4j", "dlprimitives": "dlprimitives"}


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: ratios.py FOLDER")
    folder = Path(sys.argv[1])
    batches = {}
    ours = read(folder, "conv4j-*-*.json", our_rows, batches)
    theirs = read(folder, "*-*.jsonl", their_rows, batches)
    if not ours:
        sys.exit(f"{folder} holds no times of conv4j; run benchmarks/compare, with a higher --limit if all was skipped")
    means(table(ours, theirs, batches))


def read(folder, pattern, rows, batches):
    """(group, name) -> who -> layout -> seconds of every round."""
    found = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    for file in sorted(folder.glob(pattern)):
        for who, row in rows(file):
            if row["seconds"] is not None:
                key = row["group"], row["name"]
                batches[key] = row["batch"]
                found[key][who][row.get("layout")].append(row["seconds"])
    return found


def our_rows(file):
    device = re.fullmatch(r"conv4j-(.*)-\d+\.json", file.name).group(1)
    for row in json.loads(file.read_text(encoding="utf-8"))["measurements"]:
        yield "conv4j " + re.sub(r"^opencl(\d)", r"opencl:\1", device), row


def their_rows(file):
    peer = PEERS[file.name.split("-")[0]]
    for text in file.read_text(encoding="utf-8").splitlines():
        # The last line of a peer that was ended early may be half of one.
        row = json.loads(text) if text.endswith("}") else {}
        if "name" in row:
            yield f"{peer} {row['precision']} {row['mode']}", row


def table(ours, theirs, batches):
    """Prints all times; (group, peer, device) -> ratios."""
    ratios = defaultdict(list)
    for key, devices in ours.items():
        group, name = key
        batch = batches[key] if group == "training" else None
        print(f"\n{group}: {name}")
        own = {}
        for device, layouts in devices.items():
            own[device] = layouts[None]
            print(line(device, own[device], batch))
        for peer, layouts in theirs.get(key, {}).items():
            layout = min(layouts, key=lambda one: statistics.median(layouts[one]))
            shown = []
            for device, seconds in own.items():
                ratio = statistics.median(layouts[layout]) / statistics.median(seconds)
                ratios[group, peer, device].append(ratio)
                shown.append(f"{ratio:.2f} x {device}")
            print(line(peer, layouts[layout], batch) + "  = " + ", ".join(shown) + (f"  ({layout})" if layout else ""))
    return ratios


def line(who, seconds, batch):
    middle = statistics.median(seconds)
    spread = f"({min(seconds) * 1e3:.3f} - {max(seconds) * 1e3:.3f})"
    images = f" {batch / middle:9.0f} images/s" if batch else ""
    return f"    {who:30} {middle * 1e3:10.3f} ms {spread:>23}{images}"


def means(ratios):
    if not ratios:
        return
    print("\ngeometric means of a peer's time / conv4j's time")
    for (group, peer, device), values in ratios.items():
        mean = math.exp(sum(map(math.log, values)) / len(values))
        print(f"    {group:12} {peer:30} / {device:18} {mean:6.2f}  ({len(values)} times)")


if __name__ == "__main__":
    main()
