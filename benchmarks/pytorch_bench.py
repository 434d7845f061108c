#!/usr/bin/env python3
"""PyTorch on the work that `./conv4j bench` measures, by the same names.

    python benchmarks/pytorch_bench.py                          everything, on the GPU if there is one
    python benchmarks/pytorch_bench.py --groups gemm,training --device cpu --threads 2
    python benchmarks/pytorch_bench.py --workloads list.json    the output of ./conv4j bench all --list --json

Prints one JSON object a line: group, name, batch, precision (float32, tf32, half), mode (eager, compiled), seconds
(the median), seconds_least, seconds_most, runs, flops if the work is counted in them, skipped (a reason, or null), and
layout: work on images is measured with the channels last, as conv4j's lie, and with the channels first, PyTorch's own.
Float32 is measured with TF32 off. TF32 and half need CUDA. cuDNN chooses the fastest of its algorithms for every
shape. A run is repeated until it lasts 20 ms, steps of networks until they last 0.2 s; warm-up is left out.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

LONG_ENOUGH = {"training": 0.2}
USUALLY_ENOUGH = 0.02
WARM_UP = {"training": 0.5}
USUAL_WARM_UP = 0.1
LAYOUTS = {"channels-last": torch.channels_last, "channels-first": torch.contiguous_format}
MOST_REPEATS = 1000


def main():
    options = arguments()
    torch.manual_seed(1)
    if options.threads:
        torch.set_num_threads(options.threads)
    torch.backends.cudnn.benchmark = True
    device = options.device or ("cuda" if torch.cuda.is_available() else "cpu")
    say(device=device, device_name=device_name(device), torch=torch.__version__, threads=torch.get_num_threads())
    groups = options.groups.split(",")
    wanted = [one for one in workloads(options) if "all" in groups or one["group"] in groups]
    wanted = [one for one in wanted if options.only in one["name"]]
    for precision in options.precisions.split(","):
        if precision != "float32" and device != "cuda":
            continue
        tf32 = precision == "tf32"
        torch.backends.cuda.matmul.allow_tf32 = tf32
        torch.backends.cudnn.allow_tf32 = tf32
        for mode in options.modes.split(","):
            bench = Bench(device, precision, mode, options.runs, options.limit)
            for one in wanted:
                # A single operation is one call of a library, which compiling does not change.
                if mode == "eager" or one["group"] == "training":
                    for layout in options.layouts.split(",") if has_images(one) else [None]:
                        bench.measure(one, layout)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--groups", default="all", help="gemm, convolution, pooling, elementwise, training, or all")
    parser.add_argument("--only", default="", help="only work whose name contains this")
    parser.add_argument("--workloads", help="output of ./conv4j bench all --list --json; else that is run")
    parser.add_argument("--device", help="cuda or cpu")
    parser.add_argument("--threads", type=int, help="threads on the CPU")
    parser.add_argument("--runs", type=int, default=5, help="runs, of which the median counts")
    parser.add_argument("--limit", type=float, default=2, help="leave out what takes longer, in seconds")
    parser.add_argument("--precisions", default="float32,tf32,half")
    parser.add_argument("--modes", default="eager,compiled")
    parser.add_argument("--layouts", default=",".join(LAYOUTS), help="of images in memory")
    return parser.parse_args()


def workloads(options):
    if options.workloads:
        with open(options.workloads, encoding="utf-8") as file:
            return json.load(file)["workloads"]
    home = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    command = [os.path.join(home, "conv4j"), "bench", "all", "--list", "--json"]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)["workloads"]


def has_images(one):
    return one["group"] != "gemm" and "elements" not in one["sizes"]


def device_name(device):
    if device == "cuda":
        return torch.cuda.get_device_name()
    try:
        with open("/proc/cpuinfo", encoding="latin-1") as file:
            return next(line.split(":", 1)[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return "cpu"


def say(**values):
    print(json.dumps(values), flush=True)


class Bench:
    """Times work on one device, in one precision and mode."""

    def __init__(self, device, precision, mode, runs, limit):
        self.device = device
        self.precision = precision
        self.mode = mode
        self.runs = runs
        self.limit = limit
        self.dtype = torch.float16 if precision == "half" else torch.float32
        self.fastest = {}
        self.layout = None

    def measure(self, one, layout):
        sizes = one["sizes"]
        self.layout = layout
        flops = work(one)
        try:
            expected = flops / self.fastest[one["group"]] if flops and one["group"] in self.fastest else 0
            if expected > self.limit:
                raise Skip(f"would take {expected:.1f} s or more")
            torch.manual_seed(1)
            seconds = self.times(getattr(self, one["group"])(one, sizes), one["group"])
            middle = statistics.median(seconds)
            if flops:
                self.fastest[one["group"]] = max(self.fastest.get(one["group"], 0), flops / middle)
            self.report(one, flops, middle, min(seconds), max(seconds), len(seconds), None)
        except (Skip, RuntimeError) as reason:
            self.report(one, flops, None, None, None, 0, str(reason).split("\n", maxsplit=1)[0])
        if self.device == "cuda":
            torch.cuda.empty_cache()

    def report(self, one, flops, middle, least, most, runs, skipped):
        say(group=one["group"], name=one["name"], batch=one["batch"], precision=self.precision, mode=self.mode,
            layout=self.layout, seconds=middle, seconds_least=least, seconds_most=most, runs=runs, flops=flops,
            skipped=skipped)

    def times(self, run, group):
        begin = time.perf_counter()
        while True:
            once = self.seconds(run, 1)
            if time.perf_counter() - begin >= min(WARM_UP.get(group, USUAL_WARM_UP), self.limit):
                break
        if group == "training" and once > self.limit:
            raise Skip(f"a step takes {once:.2f} s")
        enough = LONG_ENOUGH.get(group, USUALLY_ENOUGH)
        repeats = int(max(1, min(MOST_REPEATS, enough / once)))
        runs = 1 if once > self.limit else self.runs
        return [self.seconds(run, repeats) / repeats for _ in range(runs)]

    def seconds(self, run, times):
        self.finish()
        begin = time.perf_counter()
        for _ in range(times):
            run()
        self.finish()
        return time.perf_counter() - begin

    def finish(self):
        if self.device == "cuda":
            torch.cuda.synchronize()

    def random(self, *shape):
        return torch.rand(*shape, device=self.device, dtype=self.dtype)

    def images(self, batch, channels, size):
        return self.laid(self.random(batch, channels, size, size))

    def laid(self, images):
        return images.contiguous(memory_format=LAYOUTS[self.layout])

    # --- one method per group: what to run -------------------------------------------------------------------------

    def gemm(self, _, sizes):
        m, n, k = sizes["m"], sizes["n"], sizes["k"]
        a = self.random(k, m).t() if sizes["transposed"][0] == "t" else self.random(m, k)
        b = self.random(n, k).t() if sizes["transposed"][1] == "t" else self.random(k, n)
        c = torch.empty(m, n, device=self.device, dtype=self.dtype)
        return lambda: torch.mm(a, b, out=c)

    def convolution(self, one, sizes):
        x = self.images(one["batch"], sizes["channels"], sizes["size"])
        w = self.laid(self.random(sizes["filters"], sizes["channels"], sizes["kernel"], sizes["kernel"]))
        stride, padding = [sizes["stride"]] * 2, [sizes["padding"]] * 2
        if sizes["direction"] == "forward":
            return lambda: F.conv2d(x, w, stride=stride, padding=padding)
        y = torch.rand_like(F.conv2d(x, w, stride=stride, padding=padding))
        wanted = [sizes["direction"] == "input-gradient", sizes["direction"] == "kernel-gradient", False]
        backward = torch.ops.aten.convolution_backward
        return lambda: backward(y, x, w, None, stride, padding, [1, 1], False, [0, 0], 1, wanted)

    def pooling(self, one, sizes):
        x = self.images(one["batch"], sizes["channels"], sizes["size"])
        window, stride, padding = sizes["window"], sizes["stride"], sizes["padding"]
        function = F.max_pool2d if sizes["kind"] == "max" else F.avg_pool2d
        if sizes["direction"] == "forward":
            return lambda: function(x, window, stride, padding)
        x.requires_grad_()
        y = function(x, window, stride, padding)
        upstream = torch.rand_like(y)
        return lambda: torch.autograd.grad(y, x, upstream, retain_graph=True)

    def elementwise(self, one, sizes):
        name = sizes["operation"]
        if "elements" in sizes:
            return self.update(name, sizes["elements"])
        x = self.images(one["batch"], sizes["channels"], sizes["size"])
        other = torch.rand_like(x)
        bias = self.random(sizes["channels"])
        if name.endswith(" gradient"):
            return self.gradient(name, x, other)
        by_name = {
            "relu": lambda: F.relu(x),
            "leaky-relu": lambda: F.leaky_relu(x, 0.1),
            "gelu": lambda: F.gelu(x),
            "tanh": lambda: torch.tanh(x),
            "dropout": lambda: F.dropout(x, 0.25),
            "softmax": lambda: F.softmax(x, 1),
            "add": lambda: x + other,
            "add-bias": lambda: x + bias.view(1, -1, 1, 1),
            "column-sums": lambda: x.sum((0, 2, 3)),
            "batch-normalization": lambda: F.batch_norm(x, bias, bias.clone(), bias, bias, True),
            "batch-normalization inference": lambda: F.batch_norm(x, bias, bias, bias, bias, False),
        }
        if name not in by_name:
            raise Skip("this script does not know it")
        return by_name[name]

    def gradient(self, name, x, upstream):
        x.requires_grad_()
        channels = torch.ones(x.shape[1], device=self.device, dtype=self.dtype)
        wanted = [x]
        if name.startswith("batch-normalization"):
            scale, shift = channels.clone().requires_grad_(), channels.clone().requires_grad_()
            wanted += [scale, shift]
            y = F.batch_norm(x, None, None, scale, shift, True)
        else:
            y = F.leaky_relu(x, 0.1)
        return lambda: torch.autograd.grad(y, wanted, upstream, retain_graph=True)

    def update(self, name, elements):
        w = torch.nn.Parameter(self.random(elements))
        w.grad = torch.rand_like(w)
        fused = {"fused": True} if self.device == "cuda" else {}
        optimizer = {
            "sgd": lambda: torch.optim.SGD([w], 1e-6, momentum=0.9, **fused),
            "adam": lambda: torch.optim.Adam([w], 1e-6, **fused),
        }[name]()
        return optimizer.step

    def training(self, one, sizes):
        networks = {"first-cnn": first_cnn, "resnet18": resnet_18}
        if sizes["network"] not in networks:
            raise Skip("this script does not know the network")
        net = networks[sizes["network"]]().to(self.device).to(memory_format=LAYOUTS[self.layout])
        run = torch.compile(net, mode="max-autotune-no-cudagraphs") if self.mode == "compiled" else net
        x = self.laid(torch.rand(one["batch"], 3, 32, 32, device=self.device))
        labels = torch.randint(10, (one["batch"],), device=self.device)
        half = torch.autocast(self.device, torch.float16, enabled=self.precision == "half")
        if sizes["mode"] == "inference":
            net.eval()
            return lambda: inference(run, x, half)
        scaler = torch.amp.GradScaler(self.device, enabled=self.precision == "half")
        optimizer = torch.optim.Adamax(net.parameters(), 0.005)
        return lambda: training_step(run, optimizer, scaler, x, labels, half)


class Skip(Exception):
    """Why something is not measured."""


def work(one):
    """Operations, a multiply-add counted as two; None where bytes count, or where conv4j's own count is used."""
    sizes = one["sizes"]
    if one["group"] == "gemm":
        return 2.0 * sizes["m"] * sizes["n"] * sizes["k"]
    if one["group"] == "convolution":
        out = (sizes["size"] + 2 * sizes["padding"] - sizes["kernel"]) // sizes["stride"] + 1
        return 2.0 * one["batch"] * out * out * sizes["filters"] * sizes["channels"] * sizes["kernel"] ** 2
    return None


def inference(net, x, half):
    with torch.no_grad(), half:
        return net(x)


def training_step(net, optimizer, scaler, x, labels, half):
    optimizer.zero_grad(set_to_none=True)
    with half:
        loss = F.cross_entropy(net(x), labels)
    scaler.scale(loss).backward()
    scaler.step(optimizer)
    scaler.update()


def first_cnn():
    layers = []
    channels = 3
    for first, second in ((16, 32), (32, 64)):
        for filters in (first, second):
            layers += [nn.Conv2d(channels, filters, 3, padding=1), nn.LeakyReLU(0.1)]
            channels = filters
        layers += [nn.MaxPool2d(2), nn.Dropout(0.25)]
    layers += [nn.Flatten(), nn.Linear(4096, 256), nn.LeakyReLU(0.1), nn.Dropout(0.5), nn.Linear(256, 10)]
    return nn.Sequential(*layers)


class Block(nn.Module):
    """Two convolutions beside a shortcut."""

    def __init__(self, channels, filters, stride):
        super().__init__()
        self.first = normalized(channels, filters, 3, stride)
        self.second = normalized(filters, filters, 3, 1)
        same = stride == 1 and channels == filters
        self.shortcut = nn.Identity() if same else normalized(channels, filters, 1, stride)

    def forward(self, x):
        return F.relu(self.second(F.relu(self.first(x))) + self.shortcut(x))


def normalized(channels, filters, kernel, stride):
    convolution = nn.Conv2d(channels, filters, kernel, stride, kernel // 2, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(filters))


def resnet_18():
    layers = [normalized(3, 64, 3, 1), nn.ReLU()]
    channels = 64
    for filters in (64, 128, 256, 512):
        for stride in (1 if filters == 64 else 2, 1):
            layers.append(Block(channels, filters, stride))
            channels = filters
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 10))


if __name__ == "__main__":
    sys.exit(main())
