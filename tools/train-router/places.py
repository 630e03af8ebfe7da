"""Where things are: set by train.py."""
import os

DATA = os.environ["ROUTING_DATA"].rstrip("/") + "/"  # catalog.json, views.json, dev.jsonl, score.py
MODEL = os.environ["ROUTING_MINILM"].rstrip("/") + "/"  # model.safetensors, vocab.txt
WORK = os.environ["ROUTING_WORK"].rstrip("/") + "/"  # everything in between
