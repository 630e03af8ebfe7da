"""The forests that rank: ranking.py first|second|server.

Each is trained without each third of the queries, without each collection, and on all; the first look's write fusions/*.json,
the second look's and the servers' add to them.
"""
import json,sys,time,numpy as np,lightgbm as lgb
from evidence import *
import forests
STEP=sys.argv[1]
# Of which signs more is worse, and of which more is neither.
LESS={'first':(25,26,28,49)}; NEITHER={'first':(29,30,31,32,43,44)}
SIZE={'first':dict(rounds=300,num_leaves=12,learning_rate=.08,min_data_in_leaf=100,lambdarank_truncation_level=12),
      'second':dict(rounds=250,num_leaves=12,learning_rate=.06,min_data_in_leaf=100,lambdarank_truncation_level=12),
      'server':dict(rounds=200,num_leaves=10,learning_rate=.06,min_data_in_leaf=80,lambdarank_truncation_level=3)}
WIDTH={'first':40,'second':32,'server':24}; NAME={'first':'rank','second':'second','server':'server'}; READ={'first':'bare','second':'once','server':'twice'}
BASE=dict(objective='lambdarank',monotone_constraints_method='basic',feature_fraction=.6,bagging_fraction=.8,bagging_freq=1,lambda_l2=5.0,
  verbosity=-1,num_threads=1,seed=5,force_col_wise=True,max_bin=63)
def rows(s): return {'first':lambda:(s.tools,s.signs),'second':lambda:(s.tools[:len(s.second)] if s.second is not None else [],s.second),'server':lambda:(s.servers,s.server_signs)}[STEP]()
def gold(q): return {x for st in (q['gold_steps'] if STEP!='server' else server_steps(q)) for x in st}
def monotone(n):
    m=[0 if STEP=='second' and i>=54 or STEP=='server' else 1 for i in range(n)]
    if STEP!='server':
        for i in LESS['first']: m[i]=-1
        for i in NEITHER['first']: m[i]=0
    if STEP=='second':
        for i in (54,55,59,60,62,73,74): m[i]=1
    if STEP=='server':
        for i in (0,2,5,6,7,10): m[i]=1
    return m
def fit(seen,ids):
    X,y,g,w=[],[],[],[]; size=dict(SIZE[STEP]); rounds=size.pop('rounds'); count=collections.Counter(Q[i]['suite'] for i in ids)
    for i in ids:
        things,R=rows(seen[i])
        if R is None: continue
        own=gold(Q[i]); label=np.array([t in own for t in things],np.int32)
        if not label.any() or label.all(): continue
        if STEP=='first':
            k=np.argsort(-(R[:,24]+R[:,12]),kind='stable')[:WIDTH[STEP]]; k=np.union1d(k,np.where(label)[0]); R,label=R[k],label[k]
        X.append(R);y.append(label);g.append(len(label));w.append(np.full(len(label),count[Q[i]['suite']]**-(.8 if STEP=='server' else .6)))
    w=np.concatenate(w); X=np.concatenate(X)
    return lgb.train({**BASE,**size,'monotone_constraints':monotone(X.shape[1])},lgb.Dataset(X,np.concatenate(y),group=g,weight=w/w.mean()),rounds)
def order(model,s):
    things,R=rows(s); things=list(things)
    if R is None or not len(things): return list(s.servers if STEP=='server' else s.tools)
    best=[things[k] for k in np.argsort(-model.predict(R),kind='stable')]
    return best if STEP!='second' else best+list(s.tools[len(best):])
def keep(name,model):
    path=WORK+f'fusions/{name}.json'; own=json.load(open(path)) if STEP!='first' else {}
    own[NAME[STEP]]=export(model); json.dump(own,open(path,'w'),separators=(',',':')); open(path.replace('.json','.trees'),'wb').write(forests.packed(own))
t0=time.time(); which=sys.argv[2:] or ['cv','all','loso']
cv=load_folds(READ[STEP],signs=STEP=='first'); ids=[i for i in cv if usable(Q[i])]
def show(found,label,suites=False):
    if STEP=='server': evaluate({i:cv[i].tools for i in found},label,found,suites)
    else: evaluate(found,label,None,suites)
evaluate({i:cv[i].tools for i in ids},'before, unseen queries') if STEP!='first' else None
if 'cv' in which:
    found={}
    for k in range(FOLDS):
        m=fit(cv,[i for i in ids if Q[i]['fold']!=k]); keep(f'cv_{k}',m)
        for i in ids:
            if Q[i]['fold']==k: found[i]=order(m,cv[i])
    show(found,f'{STEP}, unseen queries {time.time()-t0:.0f}s',True)
if 'all' in which: keep('all',fit(cv,ids))
if 'loso' in which:
    lo=load_collections(READ[STEP],signs=STEP=='first'); found={}
    for g in GROUPS:
        m=fit(lo,[i for i in ids if Q[i]['group']!=g]); keep(f'loso_{g}',m)
        for i in ids:
            if Q[i]['group']==g: found[i]=order(m,lo[i])
    if STEP=='server': evaluate({i:lo[i].tools for i in ids},f'{STEP}, unseen collections {time.time()-t0:.0f}s',found)
    else: evaluate(found,f'{STEP}, unseen collections {time.time()-t0:.0f}s',None,True)
