"""The verdict forests (in scope, ambiguous, sure), their bounds, and fusion.trees; predictions in the scorer's format."""
import os,sys,time,lightgbm as lgb
from evidence import *
import forests
sys.path.insert(0,DATA); import score
WITH_COLLECTIONS=os.path.exists(WORK+'signs/twice_loso_core') and '--quick' not in sys.argv
CV=load_folds('twice'); LO=load_collections('twice') if WITH_COLLECTIONS else {}
NV=max(len(s.verdict) for s in CV.values())
judged=lambda H,q:q['id'] in H and len(H[q['id']].verdict)==NV
LQ=[q for q in Q.values() if judged(CV,q) and (not LO or judged(LO,q))]  # what ships learns from the thirds alone; collections are measured
PARAMS=dict(objective='binary',learning_rate=.05,num_leaves=7,min_data_in_leaf=50,feature_fraction=.35,bagging_fraction=.7,bagging_freq=1,lambda_l2=10,verbosity=-1,num_threads=1,seed=3,max_bin=63)
def rows(H,qs): return np.stack([H[q['id']].verdict for q in qs])
def train(labelled,rounds,H=CV,see=rows,**kw):
    """`labelled`: (query, label of what a set of signs shows, weight). `see`: what of a query is learnt from."""
    X=see(H,[q for q,_,_ in labelled]); y=np.array([l(H) if callable(l) else l for _,l,_ in labelled]); w=np.array([float(w) for _,_,w in labelled])
    return lgb.train({**PARAMS,**kw},lgb.Dataset(X,y,weight=w/w.mean()),rounds)
def crossed(labelled,on,rounds,see=rows,**kw):
    """What each query gets from forests that did not learn it: by thirds, and by collections."""
    cv,lo={},{}
    def ask(m,H,qs,out):
        if qs: out.update(zip((q['id'] for q in qs),map(float,m.predict(see(H,qs)))))
    for k in range(FOLDS): ask(train([r for r in labelled if r[0]['fold']!=k],rounds,see=see,**kw),CV,[q for q in on if q['fold']==k],cv)
    if LO:
        for g in sorted({q['group'] for q in on}): ask(train([r for r in labelled if r[0]['group']!=g],rounds,LO,see,**kw),LO,[q for q in on if q['group']==g],lo)
    return cv,lo
def told(name,cv,lo,what):
    for n,c in (('unseen queries',cv),('unseen collections',lo)):
        if c: print(f'{name}, {n}:',what(c),flush=True)
# Does anything here serve the query?
groups=score.oos_groups(LQ); weight=collections.Counter()
for I,O in groups.values():
    for q in I: weight[q['id'],1]+=1/len(I)
    for q in O: weight[q['id'],0]+=1/len(O)
ins=[q for q in LQ if q['decision']!='out_of_scope']
for q in ins: weight[q['id'],1]+=.3/len(ins)
scope_rows=[(Q[i],l,w) for (i,l),w in weight.items()]; SCOPE=dict(rounds=300)
# Does one tool serve it, whatever the others do? The greatest log-odds among the first few is half of the answer.
MAY_SERVE=8; SERVES=dict(learning_rate=.06,num_leaves=12,min_data_in_leaf=80,feature_fraction=.5,rounds=400)
def train_serves(labelled,rounds,H=CV,**kw):
    X,y,w=[],[],[]
    for q,l,weight in labelled:
        s=H[q['id']]; k=min(MAY_SERVE,len(s.tools)); gold={t for st in q['gold_steps'] for t in st} if l else set()
        X.append(s.signs[:k]); y+=[int(t in gold) for t in s.tools[:k]]; w+=[weight/k]*k
    w=np.array(w); return lgb.train({**PARAMS,**kw},lgb.Dataset(np.concatenate(X),np.array(y),weight=w/w.mean()),rounds)
def serves(m,H,q): return m.predict(H[q['id']].signs[:MAY_SERVE],raw_score=True)
asked_cv,asked_lo={},{}  # by query: the log-odds of its first tools that they serve, and those of its scope, from forests that did not learn it
def crossed_scope():
    cv,lo={},{}
    def ask(kept,H,qs,out,asked):
        a=train(kept,SCOPE['rounds'],H).predict(rows(H,qs),raw_score=True); m=train_serves(kept,H=H,**SERVES)
        for q,x in zip(qs,a): asked[q['id']]=(serves(m,H,q),float(x)); out[q['id']]=float(1/(1+np.exp(-(x+asked[q['id']][0].max())/2)))
    for k in range(FOLDS): ask([r for r in scope_rows if r[0]['fold']!=k],CV,[q for q in LQ if q['fold']==k],cv,asked_cv)
    if LO:
        for g in sorted({q['group'] for q in LQ}): ask([r for r in scope_rows if r[0]['group']!=g],LO,[q for q in LQ if q['group']==g],lo,asked_lo)
    return cv,lo
scope_cv,scope_lo=crossed_scope()
def balanced(c,t): return float(np.mean([(np.mean([c[q['id']]>=t for q in I])+np.mean([c[q['id']]<t for q in O]))/2 for I,O in groups.values()]))
bounds=np.linspace(.05,.95,91); scope_bound=float(max(bounds,key=lambda t:balanced(scope_cv,t)))
told('scope',scope_cv,scope_lo,lambda c:{'balanced':round(balanced(c,scope_bound),4),'best':round(max(balanced(c,t) for t in bounds),4),'auroc':round(float(np.mean([score.auroc([c[q['id']] for q in I],[c[q['id']] for q in O]) for I,O in groups.values()])),4),'bound':scope_bound})
# Would several servers do alike? That they would speaks for them: their bound of scope is lower.
LENIENT=1/3
amb=score.amb_groups(LQ); amb_rows=[(q,int(q['decision']=='ambiguous'),1/len(L)) for L in amb.values() for q in L]
AMB=dict(rounds=150,min_data_in_leaf=20,num_leaves=5,learning_rate=.05,feature_fraction=.5)
amb_cv,amb_lo=crossed(amb_rows,LQ,**AMB)
label=lambda L:[int(q['decision']=='ambiguous') for q in L]
def f1(c,L,t): return score.f1(label(L),[c[q['id']]>=t for q in L])[2]
amb_bound=float(max(np.linspace(.05,.9,86),key=lambda t:np.mean([f1(amb_cv,L,t) for L in amb.values()])))
told('ambiguity',amb_cv,amb_lo,lambda c:{'bound':round(amb_bound,2),**{k:(round(f1(c,L,amb_bound),3),'best',round(score.best_f1(label(L),[c[q['id']] for q in L])[0],3),'auroc',round(score.auroc([c[q['id']] for q in L if q['decision']=='ambiguous'],[c[q['id']] for q in L if q['decision']!='ambiguous']),3)) for k,L in amb.items()}})
# Is the best tool the one that is meant?
single=[q for q in LQ if usable(q) and q['shape']=='single' and q['decision']=='route']; count=collections.Counter(q['suite'] for q in single)
def right(H,q): return int(any(H[q['id']].tools[0] in st for st in q['gold_steps']))
def sure_signs(H,qs):
    """What the ranking shows, what the other forests made of it, and how the best tool stands to the next: as crates/route/src/fusion/sure.rs has it."""
    out=[]
    for q in qs:
        s=H[q['id']]; p,scope=(asked_cv if H is CV else asked_lo)[q['id']]; d=list(np.sort(p)[::-1])+[-9.]*3; behind=np.array(s.scores)-s.scores[0]; chance=np.exp(behind); chance/=chance.sum()
        after=[float(x) for x in behind[1:5]]+[-20.]*(5-len(behind)); next_=s.signs[1] if len(s.signs)>1 else np.zeros_like(s.signs[0])
        out.append(np.concatenate([s.verdict,[p[0],d[0],d[1],d[2],p[0]-max(p[1:],default=-9.),np.log(np.exp(p).sum()),scope,*after,-(chance*np.log(chance+1e-9)).sum(),chance[0]],s.signs[0]-next_]).astype(np.float32))
    return np.stack(out)
sure_rows=[(q,(lambda H,q=q:right(H,q)),1.0) for q in single]; SURE=dict(rounds=300,num_leaves=6,feature_fraction=.3)
sure_cv,sure_lo=crossed(sure_rows,single,see=sure_signs,**SURE)
def acting(c,H,least):
    """The greatest share of single-tool queries that may be acted upon so that `least` of those are right, and the bound for it."""
    o=sorted(((c[q['id']],right(H,q)) for q in single),reverse=True); r=np.cumsum([x[1] for x in o])/np.arange(1,len(o)+1); ok=np.where(r>=least)[0]; k=ok[-1] if len(ok) else 0
    return (k+1)/len(o),float(o[k][0]),r[-1]
for n,c,H in (('unseen queries',sure_cv,CV),('unseen collections',sure_lo,LO)):
    if not c: continue
    print(f'sure, {n}:',{p:[round(float(x),3) for x in acting(c,H,p)] for p in (.95,.98)},'right of the surest 70 in 100',round(float(np.mean([right(H,q) for q in sorted(single,key=lambda q:-c[q['id']])[:int(.7*len(single))]])),3),flush=True)
    for s in count:
        own=[q for q in single if q['suite']==s]; acts=[q for q in own if c[q['id']]>=acting(c,H,.95)[1]]
        print(f'    {s:16}',len(own),{'acts':round(len(acts)/len(own),3),'right when it acts':round(float(np.mean([right(H,q) for q in acts])),3) if acts else None,'right':round(float(np.mean([right(H,q) for q in own])),3)},flush=True)
if '--quick' in sys.argv: sys.exit()
# The set of likely tools: a floor below which the tool that is meant lies in 5 (2) of 100 cases.
use=[q for q in LQ if usable(q)]
def chances(q,T):
    s=np.array(CV[q['id']].scores); p=np.exp((s-s[0])/T); gold={t for st in q['gold_steps'] for t in st}; return p/p.sum(),np.array([t in gold for t in CV[q['id']].tools])
def surprise(T): return np.mean([-np.log(max(p[g].max() if g.any() else 1e-4,1e-4)) for p,g in (chances(q,T) for q in use[::3])])
T=min([.3,.4,.5,.6,.7,.8,1,1.2],key=surprise); best=np.array([p[g].max() if g.any() else 0.0 for p,g in (chances(q,T) for q in single)])
w=np.array([1/count[q['suite']] for q in single]); w/=w.sum(); o=np.argsort(best); cum=np.cumsum(w[o]); floors={n:float(best[o][np.searchsorted(cum,a)]) for n,a in (('reads',.05),('effects',.02))}; print('temperature',T,floors,flush=True)
own=json.load(open(WORK+'fusions/all.json'))
out={**{n:own[n] for n in('rank','second','server')},'serves':export(train_serves(scope_rows,**SERVES)),'scope':export(train(scope_rows,**SCOPE)),'ambiguity':export(train(amb_rows,**AMB)),'sure':export(train(sure_rows,see=sure_signs,**SURE)),
  'bounds':{'scope':scope_bound,'scope_if_ambiguous':round(scope_bound*LENIENT,3),'ambiguity':amb_bound,'sure_reads':acting(sure_cv,CV,.95)[1],'sure_effects':acting(sure_cv,CV,.98)[1],'temperature':T,'floor_reads':floors['reads'],'floor_effects':floors['effects']}}
open(WORK+'fusion.trees','wb').write(forests.packed(out))
def order(name,i):
    s=(CV if name.startswith('cv') else LO)[i]; m=order.models[name]; return [s.servers[k] for k in np.argsort(-m(s.server_signs),kind='stable')] if s.server_signs is not None else []
def forest(trees):
    def walk(t,x):
        at=0
        while at<len(t['sign']):
            at=t['left'][at] if x[t['sign'][at]]<=np.float32(t['threshold'][at]) else t['right'][at]
            if at<0: return t['leaf'][-1-at]
        return t['leaf'][0]
    return lambda X:np.array([sum(walk(t,x) for t in trees) for x in X])
order.models={n:forest(json.load(open(WORK+f'fusions/{n}.json'))['server']) for n in [f'cv_{k}' for k in range(FOLDS)]+([f'loso_{g}' for g in GROUPS] if LO else [])}
for n,H,c,a in (('cv',CV,scope_cv,amb_cv),('loso',LO,scope_lo,amb_lo)):
    if not H: continue
    with open(WORK+f'pred_{n}.jsonl','w') as f:
        for i,s in H.items():
            alike=a.get(i,0)>=amb_bound; d='out_of_scope' if c.get(i,0)<scope_bound*(LENIENT if alike else 1) else 'ambiguous' if alike else 'route'
            f.write(json.dumps({'id':i,'ranked_tools':s.tools[:50],'ranked_servers':order(f"{n}_{Q[i]['fold'] if n=='cv' else Q[i]['group']}",i)[:30],'decision':d,'confidence':c.get(i,0),'ambiguity':a.get(i,0)})+'\n')
