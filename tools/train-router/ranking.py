"""Ranking forests: one without each collection, one without each third of the queries, one of all."""
from fusion import *
GS=['etom','livemcp','mcpbench','toolbench','sealtools','toolalpaca','restbench','metatool','bfcl','clinc','core']
lo={};cv={}
for g in GS: lo.update(load(WORK+f'signs/loso_{g}'))
for k in range(3): cv.update(load(WORK+f'signs/cv_{k}'))
ids=[i for i in cv if usable(Q[i])]
fold=lambda i:zlib.crc32(i.encode())%3
both={**{('l',i):lo[i] for i in ids},**{('c',i):cv[i] for i in ids}}
def dataset2(keys):
    X,y,g,w=[],[],[],[]
    cnt=collections.Counter(Q[i]['suite'] for _,i in keys)
    for key in keys:
        i=key[1]; tools,R=both[key]; gold={t for st in Q[i]['gold_steps'] for t in st}; lab=np.array([t in gold for t in tools],np.int32)
        if not lab.any() or lab.all(): continue
        k=np.argsort(-(R[:,24]+R[:,12]),kind='stable')[:30]; k=np.union1d(k,np.where(lab)[0])
        X.append(R[k]);y.append(lab[k]);g.append(len(k));w.append(np.full(len(k),cnt[Q[i]['suite']]**-0.6))
    w=np.concatenate(w); return np.concatenate(X),np.concatenate(y),g,w/w.mean()
def fit(keys,rounds=160):
    X,y,g,w=dataset2(keys); return lgb.train({**PARAMS,'num_leaves':8,'learning_rate':.1},lgb.Dataset(X,y,group=g,weight=w),rounds)
evaluate({i:(cv[i][0],cv[i][1][:,5]) for i in ids},'CV meaning')
sc={}
for k in range(3):
    m=fit([x for x in both if fold(x[1])!=k]); json.dump({'rank':export(m)},open(WORK+f'fusions/cv_{k}.json','w'))
    for i in ids:
        if fold(i)==k: sc[i]=(cv[i][0],m.predict(cv[i][1]))
per=evaluate(sc,'CV fused (LOSO+CV signs)')
for s,v in per.items(): print(s,{k:round(float(np.mean(x)),3) for k,x in v.items()},flush=True)
lost={}
for g in GS:
    L=[i for i in ids if GROUP(Q[i]['suite'])==g]; Lo={('l',i) for i in ids if GROUP(Q[i]['suite'])!=g}
    m=fit(sorted(Lo)); json.dump({'rank':export(m)},open(WORK+f'fusions/loso_{g}.json','w'))
    for i in L: lost[i]=(lo[i][0],m.predict(lo[i][1]))
evaluate(lost,'LOSO fused')
m=fit(list(both)); json.dump({'rank':export(m)},open(WORK+'fusions/all.json','w')); print('done',flush=True)
