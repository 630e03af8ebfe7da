"""Trains the router's weights, measures them, and puts them into crates/route/model.

train.py --data DIR --minilm DIR [--work DIR] [--collections] [--keep]

--data    the routing data: catalog.json, views.json, dev.jsonl, score.py
--minilm  the sentence model's directory: model.safetensors, vocab.txt
--work    everything in between (default: a new temporary directory); what is there already is not made again
--collections  measures unseen collections too, which takes four times as long and changes nothing that ships
--keep    do not put anything into crates/route/model
"""
import argparse
import json
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile

import forests
from folds import FOLDS, fold_of

HERE = pathlib.Path(__file__).resolve().parent
TREE = HERE.parents[1]
MODEL = TREE / "crates/route/model"
GROUPS = ["etom", "livemcp", "mcpbench", "toolbench", "sealtools", "toolalpaca", "restbench", "metatool", "bfcl", "clinc", "core"]


def fnv1a(data):
    """The number of a word piece: FNV-1a, 64 bits, as crates/route/src/lexical/key.rs has it."""
    number = 0xcbf29ce484222325
    for byte in data:
        number = (number ^ byte) * 0x100000001b3 % 2**64
    return number


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", required=True, type=pathlib.Path)
    parser.add_argument("--minilm", required=True, type=pathlib.Path)
    parser.add_argument("--work", type=pathlib.Path)
    parser.add_argument("--collections", action="store_true")
    parser.add_argument("--keep", action="store_true")
    a = parser.parse_args()
    work = a.work or pathlib.Path(tempfile.mkdtemp(prefix="train-router-"))
    for name in ("tables", "signs", "fusions"):
        (work / name).mkdir(parents=True, exist_ok=True)
    # One thread each: results then do not depend on the number of cores.
    env = dict(os.environ, ROUTING_DATA=str(a.data), ROUTING_MINILM=str(a.minilm), ROUTING_WORK=str(work),
               OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1", PYTHONHASHSEED="0")

    def python(script, *arguments):
        subprocess.run([sys.executable, str(HERE / script), *arguments], check=True, env=env)

    def signs(*arguments):
        command = ["cargo", "run", "-q", "--release", "-p", "concertmaster-evaluate", "--example", "signs", "--"]
        subprocess.run([*command, *map(str, arguments)], check=True, cwd=TREE)

    def once(product, make):
        """Makes what is not there yet: a run that was broken off goes on where it was."""
        if not (work / product).exists():
            make()

    queries = [(json.loads(line), line) for line in open(a.data / "dev.jsonl", encoding="utf-8")]
    part_of = {g: [line for q, line in queries if q["suite"].split("_")[0] == g] for g in GROUPS}
    part_of |= {f"cv{k}": [line for q, line in queries if fold_of(q["query"]) == k] for k in range(FOLDS)}
    for part, lines in part_of.items():
        (work / f"q_{part}.jsonl").write_text("".join(lines), encoding="utf-8")
    (work / "none.trees").write_bytes(forests.packed({}))

    def look(stage, name, part, learnt):
        fusion = work / (f"fusions/{name}.trees" if learnt else "none.trees")
        table = work / f"tables/{name}of{FOLDS}.table" if name.startswith("cv") else work / f"tables/{name}.table"
        signs("signs", table, fusion, a.data / "catalog.json", a.data / "views.json", work / f"q_{part}.jsonl", work / f"signs/{stage}_{name}")

    def rank(names):
        """First look, second look, servers: each learns from what the router sees with the one before."""
        groups = [f"loso_{g}" for g in GROUPS] if names == ["loso"] else [f"cv_{k}" for k in range(FOLDS)]
        for stage, step in (("bare", "first"), ("once", "second"), ("twice", "server")):
            for name in groups:
                part = name.removeprefix("loso_") if names == ["loso"] else name.replace("_", "")
                once(f"signs/{stage}_{name}.servers.f32", lambda name=name, part=part: look(stage, name, part, stage != "bare"))
            python("ranking.py", step, *names)

    signs("background", a.data / "catalog.json", MODEL / "background.tsv")
    pieces = (a.minilm / "vocab.txt").read_text(encoding="utf-8").splitlines()
    (MODEL / "pieces.keys").write_bytes(b"".join(struct.pack("<Q", fnv1a(piece.encode())) for piece in pieces))
    once("t384.npy", lambda: python("sentences.py"))
    tables = [f"cv:{k}of{FOLDS}" for k in range(FOLDS)] + ["all"] + ([f"loso:{g}" for g in GROUPS] if a.collections else [])
    for table in tables:
        once(f"tables/{table.replace(':', '_')}.table", lambda table=table: python("table.py", str(work / "tables"), table))
    rank(["cv", "all"])
    if a.collections:
        rank(["loso"])
    python("verdicts.py")
    for name in ["cv"] + (["loso"] if a.collections else []):
        print(f"--- {name}", flush=True)
        subprocess.run([sys.executable, str(a.data / "score.py"), "--queries", str(a.data / "dev.jsonl"), "--pred", str(work / f"pred_{name}.jsonl"),
                        "--dev-queries", str(a.data / "dev.jsonl"), "--dev-pred", str(work / f"pred_{name}.jsonl")], check=True)
    if not a.keep:
        shutil.copy(work / "tables/all.table", MODEL / "tokens.table")
        shutil.copy(work / "fusion.trees", MODEL / "fusion.trees")


if __name__ == "__main__":
    main()
