"""Sentence vectors of the vocabulary, the queries and the tools."""
import json,time,numpy as np
from places import DATA,MODEL,WORK
from wordpiece import *; from minilm import MiniLM
v=load_vocab(MODEL+'vocab.txt'); wp=Wp(v); m=MiniLM(MODEL+'model.safetensors')
C=json.load(open(DATA+'catalog.json')); Q=[json.loads(l) for l in open(DATA+'dev.jsonl')]
t0=time.time()
np.save(WORK+'vocab384.npy',m.encode([[i] for i in range(len(v))])); print('vocab',time.time()-t0,flush=True)
np.save(WORK+'q384.npy',m.encode([wp.ids(x['query'],40) for x in Q])); print('q',time.time()-t0,flush=True)
T=[(wp.ids(t['name'],12)+wp.ids(t.get('description') or '',24)) if s['collection']!='toucan' else [] for s in C for t in s['tools']]
np.save(WORK+'t384.npy',m.encode(T)); print('t',time.time()-t0,len(T),flush=True)
