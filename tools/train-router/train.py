"""Trains the router's weights, measures them, and puts them into crates/route/model.

train.py --data DIR --minilm DIR [--work DIR] [--keep]

--data    the routing data: catalog.json, views.json, dev.jsonl, score.py
--minilm  the sentence model's directory: model.safetensors, vocab.txt
--work    everything in between (default: a new temporary directory)
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
import zlib

HERE = pathlib.Path(__file__).resolve().parent
TREE = HERE.parents[1]
MODEL = TREE / "crates/route/model"
GROUPS = ["etom", "livemcp", "mcpbench", "toolbench", "sealtools", "toolalpaca", "restbench", "metatool", "bfcl", "clinc", "core"]
FOLDS = 3


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
        command = ["cargo", "run", "-q", "--release", "-p", "concertmaster-route", "--example", "signs", "--"]
        subprocess.run([*command, *map(str, arguments)], check=True, cwd=TREE)

    queries = [(json.loads(line), line) for line in open(a.data / "dev.jsonl", encoding="utf-8")]
    part_of = {g: [line for q, line in queries if q["suite"].split("_")[0] == g] for g in GROUPS}
    part_of |= {f"cv{k}": [line for q, line in queries if zlib.crc32(q["id"].encode()) % FOLDS == k] for k in range(FOLDS)}
    for part, lines in part_of.items():
        (work / f"q_{part}.jsonl").write_text("".join(lines), encoding="utf-8")
    (work / "none.json").write_text('{"rank":[]}')

    def all_signs(fusion, heads):
        for g in GROUPS:
            signs("signs", work / f"tables/loso_{g}.table", fusion(f"loso_{g}"), a.data / "catalog.json", a.data / "views.json",
                  work / f"q_{g}.jsonl", work / f"signs/loso_{g}")
        for k in range(FOLDS):
            signs("signs", work / f"tables/cv_{k}of{FOLDS}.table", fusion(f"cv_{k}"), a.data / "catalog.json",
                  a.data / "views.json", work / f"q_cv{k}.jsonl", work / f"signs/{heads}_{k}")

    signs("background", a.data / "catalog.json", MODEL / "background.tsv")
    pieces = (a.minilm / "vocab.txt").read_text(encoding="utf-8").splitlines()
    (MODEL / "pieces.keys").write_bytes(b"".join(struct.pack("<Q", fnv1a(piece.encode())) for piece in pieces))
    python("sentences.py")
    python("table.py", str(work / "tables"), "all", *(f"loso:{g}" for g in GROUPS), *(f"cv:{k}of{FOLDS}" for k in range(FOLDS)))
    all_signs(lambda _: work / "none.json", "cv")
    python("ranking.py")
    all_signs(lambda name: work / f"fusions/{name}.json", "cvv")
    python("verdicts.py")
    for name in ("loso", "cv"):
        print(f"--- {name}", flush=True)
        subprocess.run([sys.executable, str(a.data / "score.py"), "--queries", str(a.data / "dev.jsonl"), "--pred", str(work / f"pred_{name}.jsonl"),
                        "--dev-queries", str(a.data / "dev.jsonl"), "--dev-pred", str(work / f"pred_{name}.jsonl")], check=True)
    if not a.keep:
        shutil.copy(work / "tables/all.table", MODEL / "tokens.table")
        shutil.copy(work / "fusion.json", MODEL / "fusion.json")


if __name__ == "__main__":
    main()
