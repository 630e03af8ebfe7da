"""The verdict forests (in scope, ambiguous, sure), their bounds, and fusion.json; predictions in the scorer's format."""
import sys
from fusion import *
sys.path.insert(0,S); import score
GS=['etom','livemcp','mcpbench','toolbench','sealtools','toolalpaca','restbench','metatool','bfcl','clinc','core']
def heads(paths):
    H={}
    for p in paths:
        for l in open(p): h=json.loads(l); H[h['id']]=h
    return H
LO=heads(WORK+f'signs/loso_{g}' for g in GS); CV=heads(WORK+f'signs/cvv_{k}' for k in range(3)); NV=len(next(iter(CV.values()))['verdict'])
for q in Q.values(): q.setdefault('gold_tools',[]); q.setdefault('gold_servers',[])
LQ=[q for q in Q.values() if len(CV[q['id']]['verdict'])==NV and len(LO[q['id']]['verdict'])==NV]
fold=lambda q:zlib.crc32(q['id'].encode())%3; coll=lambda q:GROUP(q['suite'])
SP=dict(objective='binary',learning_rate=0.06,num_leaves=6,min_data_in_leaf=60,feature_fraction=0.4,bagging_fraction=0.7,bagging_freq=1,lambda_l2=10,verbosity=-1,num_threads=1,seed=3,max_bin=63)
MS=[0]*NV
for i in (0,2,3,4,5,7,8,10,13,14,15,16,17,*range(34,44)): MS[i]=1
V=lambda H,q:np.array(H[q['id']]['verdict'],np.float32)
def build(rows):   # rows: (query,label,weight)
    X=np.stack([V(H,q) for H in (LO,CV) for q,_,_ in rows]); y=np.array([l for q,l,w in rows]*2); w=np.array([w for q,l,w in rows]*2); return X,y,w/w.mean()
def fit(rows,rounds,**kw):
    X,y,w=build(rows); return lgb.train({**SP,**kw},lgb.Dataset(X,y,weight=w),rounds)
def crossed(rows,on,rounds,label,ask=None,**kw):
    """by folds on CV signs, and by collection on LOSO signs"""
    cv={};lo={}
    for k in range(3):
        m=fit([r for r in rows if fold(r[0])!=k],rounds,**kw); L=[q for q in on if fold(q)==k]; cv.update(zip((q['id'] for q in L),map(float,m.predict(np.stack([V(CV,q) for q in L])))))
    for g in sorted({coll(q) for q in on}):
        tr=[r for r in rows if coll(r[0])!=g]; L=[q for q in on if coll(q)==g]
        m=fit(tr,rounds,**kw); lo.update(zip((q['id'] for q in L),map(float,m.predict(np.stack([V(LO,q) for q in L])))))
    return cv,lo
groups=score.oos_groups(LQ); wt=collections.Counter()
for I,O in groups.values():
    for q in I: wt[q['id'],1]+=1/len(I)
    for q in O: wt[q['id'],0]+=1/len(O)
ins=[q for q in LQ if q['decision']!='out_of_scope']
for q in ins: wt[q['id'],1]+=1/len(ins)
rows=[(Q[i],l,w) for (i,l),w in wt.items()]
sc_cv,sc_lo=crossed(rows,LQ,150,'scope',monotone_constraints=MS)
def ba(c,t): return float(np.mean([(np.mean([c[q['id']]>=t for q in I])+np.mean([c[q['id']]<t for q in O]))/2 for I,O in groups.values()]))
ts=np.linspace(.05,.95,91); bound=float(max(ts,key=lambda t:ba(sc_cv,t)+ba(sc_lo,t)))
for n,c in (('cv',sc_cv),('loso',sc_lo)): print(n,'scope balanced',round(ba(c,bound),4),'best',round(max(ba(c,t) for t in ts),4),'auroc',round(float(np.mean([score.auroc([c[q['id']] for q in I],[c[q['id']] for q in O]) for I,O in groups.values()])),4),'bound',bound,flush=True)
scope=fit(rows,150,monotone_constraints=MS)
ag=score.amb_groups(LQ); arows=[(q,int(q['decision']=='ambiguous'),1/len(L)) for L in ag.values() for q in L]; AK=dict(min_data_in_leaf=30,num_leaves=5,learning_rate=.05)
am_cv,am_lo=crossed(arows,LQ,90,'amb',**AK)
lab=lambda L:[int(q['decision']=='ambiguous') for q in L]
ab=float(max(np.linspace(.05,.9,86),key=lambda t:np.mean([score.f1(lab(L),[am_cv[q['id']]>=t for q in L])[2] for L in ag.values()])))
for n,c in (('cv',am_cv),('loso',am_lo)): print(n,'ambiguity bound',ab,{k:(round(score.f1(lab(L),[c[q['id']]>=ab for q in L])[2],3),'best',round(score.best_f1(lab(L),[c[q['id']] for q in L])[0],3)) for k,L in ag.items()},flush=True)
amb=fit(arows,90,**AK)
use=[q for q in LQ if usable(q)]; single=[q for q in use if q['shape']=='single' and q['decision']=='route']; cnt=collections.Counter(q['suite'] for q in single)
def right(H,q): return int(any(H[q['id']]['tools'][0] in st for st in q['gold_steps']))
class R: pass
srows=[(q,None,cnt[q['suite']]**-.5) for q in single]
def fit_act(qs):
    X=np.stack([V(H,q) for H in (LO,CV) for q in qs]); y=np.array([right(H,q) for H in (LO,CV) for q in qs]); w=np.array([cnt[q['suite']]**-.5 for q in qs]*2)
    return lgb.train({**SP,'num_leaves':8},lgb.Dataset(X,y,weight=w/w.mean()),150)
ac={};al={}
for k in range(3):
    m=fit_act([q for q in single if fold(q)!=k]); L=[q for q in single if fold(q)==k]; ac.update(zip((q['id'] for q in L),map(float,m.predict(np.stack([V(CV,q) for q in L])))))
for g in {coll(q) for q in single}:
    m=fit_act([q for q in single if coll(q)!=g]); L=[q for q in single if coll(q)==g]; al.update(zip((q['id'] for q in L),map(float,m.predict(np.stack([V(LO,q) for q in L])))))
act_bounds={}
for n,c,H in (('cv',ac,CV),('loso',al,LO)):
    o=sorted(((c[q['id']],right(H,q)) for q in single),reverse=True); r=np.cumsum([x[1] for x in o]); N=np.arange(1,len(o)+1)
    for name,p in (('95',.95),('98',.98)):
        ok=np.where(r/N>=p)[0]; k=ok[-1] if len(ok) else 0; act_bounds[n,name]=o[k][0]; print(n,'acting on',round((k+1)/len(o),3),'at',name,'bound',round(o[k][0],3),'hit@1',round(r[-1]/len(o),3),flush=True)
act=fit_act(single)
def top(q,T):
    s=np.array(CV[q['id']]['scores']); p=np.exp((s-s[0])/T); p/=p.sum(); gold={t for st in q['gold_steps'] for t in st}; return p,np.array([t in gold for t in CV[q['id']]['tools']])
def nll(T): return np.mean([-np.log(max(p[g].max() if g.any() else 1e-4,1e-4)) for p,g in (top(q,T) for q in use[::3])])
T=min([.4,.5,.6,.7,.8,1],key=nll); bg=[]
for q in single:
    p,g=top(q,T); bg.append(p[g].max() if g.any() else 0.0)
bg=np.array(bg); w=np.array([1/cnt[q['suite']] for q in single]); w/=w.sum(); o=np.argsort(bg); cum=np.cumsum(w[o]); floors={n:float(bg[o][np.searchsorted(cum,a)]) for n,a in (('reads',.05),('effects',.02))}; print('T',T,floors)
out={'rank':json.load(open(WORK+'fusions/all.json'))['rank'],'scope':{'forest':export(scope),'bound':bound},'ambiguity':{'forest':export(amb),'bound':ab},'sure':{'forest':export(act),'bound':float(act_bounds['cv','95'])},'sure_effects':float(act_bounds['cv','98']),'temperature':T,'floors':floors}
json.dump(out,open(WORK+'fusion.json','w'),separators=(',',':'))
for n,H,c,a in (('cv',CV,sc_cv,am_cv),('loso',LO,sc_lo,am_lo)):
    with open(WORK+f'pred_{n}.jsonl','w') as f:
        for i,h in H.items():
            d='out_of_scope' if c.get(i,0)<bound else 'ambiguous' if a.get(i,0)>=ab else 'route'; by=collections.OrderedDict()
            for t,s in zip(h['tools'],h['scores']): by.setdefault(t.split('/',1)[0],[]).append(s)
            servers=sorted(by,key=lambda k:-(by[k][0]+.2*sum(max(x+3,0) for x in by[k][1:3])))
            f.write(json.dumps({'id':i,'ranked_tools':h['tools'][:50],'ranked_servers':servers[:30],'decision':d,'confidence':c.get(i,0),'ambiguity':a.get(i,0)})+'\n')
