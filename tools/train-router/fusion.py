"""The ranking forest: reading signs, training, measuring, writing."""
import json,sys,numpy as np,lightgbm as lgb,collections,zlib
from places import DATA as S,WORK
NS=34
GROUP=lambda s:{'metatool_multi':'metatool'}.get(s,s.split('_')[0])
Q={}
for l in open(S+'dev.jsonl'):
    q=json.loads(l); q['gold_steps']=q.get('gold_steps') or [[t] for t in q.get('gold_tools',[])]; Q[q['id']]=q
MONO=[1]*NS
for i in (25,26,28): MONO[i]=-1
for i in (29,30,31,32): MONO[i]=0
def load(path):
    rows=np.fromfile(path+'.f32',np.float32); out={}; at=0
    rows=rows.reshape(-1,NS)
    for l in open(path):
        h=json.loads(l); n=len(h['tools']); out[h['id']]=(h['tools'],rows[at:at+n]); at+=n
    return out
def usable(q): return q['decision']!='out_of_scope' and not q['view'].endswith('_minus') and q['gold_steps']
def dataset(data,ids):
    X,y,g,w=[],[],[],[]
    cnt=collections.Counter(Q[i]['suite'] for i in ids)
    for i in ids:
        tools,R=data[i]; gold={t for st in Q[i]['gold_steps'] for t in st}
        lab=np.array([t in gold for t in tools],np.int32)
        if not lab.any() or lab.all(): continue
        k=np.argsort(-(R[:,24]+R[:,12]),kind='stable')[:40]; k=np.union1d(k,np.where(lab)[0]); R=R[k]; lab=lab[k]; tools=k
        X.append(R);y.append(lab);g.append(len(tools));w.append(np.full(len(tools),cnt[Q[i]['suite']]**-0.6))
    w=np.concatenate(w); return np.concatenate(X),np.concatenate(y),g,w/w.mean()
PARAMS=dict(objective='lambdarank',learning_rate=0.08,num_leaves=12,min_data_in_leaf=150,monotone_constraints=MONO,monotone_constraints_method='basic',
  feature_fraction=0.6,bagging_fraction=0.8,bagging_freq=1,lambda_l2=5.0,lambdarank_truncation_level=12,verbosity=-1,num_threads=1,seed=5,force_col_wise=True,max_bin=63)
ROUNDS=130
def train(data,ids,rounds=ROUNDS,**kw):
    X,y,g,w=dataset(data,ids); return lgb.train({**PARAMS,**kw},lgb.Dataset(X,y,group=g,weight=w,params={'max_bin':63}),rounds)
def metrics(q,ranked):
    steps=[set(s) for s in q['gold_steps']]; n=len(steps); pos=[next((i for i,t in enumerate(ranked) if t in s),None) for s in steps]
    r={f'R@{k}':sum(p is not None and p<k for p in pos)/n for k in(1,5,10)}
    if n>1: r['full@10']=float(all(p is not None and p<10 for p in pos))
    found=sorted({p for p in pos if p is not None and p<10}); r['nDCG']=min(1,sum(1/np.log2(p+2) for p in found)/sum(1/np.log2(i+2) for i in range(min(n,10))))
    sv=lambda t:t.split('/',1)[0]; rs=list(dict.fromkeys(map(sv,ranked))); ss=[]
    for st in q['gold_steps']:
        s={sv(t) for t in st}
        if s not in ss: ss.append(s)
    r['sR@1']=sum(rs[0] in s for s in ss)/len(ss)
    return r
def evaluate(scored,label):
    per=collections.defaultdict(lambda:collections.defaultdict(list))
    for i,(tools,sc) in scored.items():
        q=Q[i]
        if not usable(q): continue
        o=np.argsort(-sc,kind='stable'); m=metrics(q,[tools[k] for k in o])
        for k,v in m.items(): per[q['suite']][k].append(v)
    ks=['R@1','R@5','R@10','nDCG','full@10','sR@1']
    mac={k:np.mean([np.mean(s[k]) for s in per.values() if k in s]) for k in ks}
    print(label,{k:round(float(v),4) for k,v in mac.items()},flush=True)
    return per
def export(b):
    trees=[]
    for t in b.dump_model()['tree_info']:
        T=dict(sign=[],threshold=[],left=[],right=[],leaf=[])
        def walk(n):
            if 'leaf_value' in n: T['leaf'].append(round(n['leaf_value'],6)); return -len(T['leaf'])
            k=len(T['sign']); T['sign'].append(n['split_feature']); T['threshold'].append(float(np.float32(n['threshold']))); T['left'].append(0);T['right'].append(0)
            T['left'][k]=walk(n['left_child']); T['right'][k]=walk(n['right_child']); return k
        walk(t['tree_structure']); trees.append(T)
    return trees
