"""Trains the token table. Usage: table.py OUTDIR NAME...   (NAME: all, loso:<group>, cv:<k>of<n>)"""
import json,sys,time,re,numpy as np
from scipy import sparse as sp
from wordpiece import *
from folds import fold_of
from places import DATA,MODEL,WORK
D=128; NAME_W,DESC_W,PARAM_W=2.0,1.0,0.5; DESC_TOKENS=48; NAME_TOKENS=16; PARAM_TOKENS=24; QUERY_TOKENS=96
HARD,HARDEST=8,24  # how many of the hardest other tools of its view a query is held against, and out of how many
GROUP=lambda s:{'metatool_multi':'metatool'}.get(s,s.split('_')[0])
def props(t):
    return list(((t.get('input_schema') or {}).get('properties') or {}).keys())
def main():
    out=sys.argv[1]; rng0=np.random.default_rng(7)
    v=load_vocab(MODEL+'vocab.txt'); wp=Wp(v); V=len(v)
    C=json.load(open(DATA+'catalog.json')); Q=[json.loads(l) for l in open(DATA+'dev.jsonl')]; views=json.load(open(DATA+'views.json'))
    tools=[(s,t) for s in C for t in s['tools']]; tid={s['server']+'/'+t['name']:i for i,(s,t) in enumerate(tools)}
    tcol=np.array([s['collection'] for s,t in tools])
    def bag(rows):
        r,c,x=[],[],[]
        for i,d in enumerate(rows):
            for k,w in d.items(): r.append(i);c.append(k);x.append(w)
        return sp.csr_matrix((np.array(x,np.float32),(r,c)),shape=(len(rows),V))
    full,name=[],[]
    for s,t in tools:
        n=wp.ids(t['name'],NAME_TOKENS); d={}
        for k in wp.ids(' '.join(props(t)),PARAM_TOKENS): d[k]=PARAM_W
        for k in wp.ids(t.get('description') or '',DESC_TOKENS): d[k]=DESC_W
        for k in n: d[k]=NAME_W
        full.append(d); name.append({k:1.0 for k in n})
    FB,NB=bag(full),bag(name); QB=bag([{k:1.0 for k in wp.ids(q['query'],QUERY_TOKENS)} for q in Q])
    q384,t384,v384=(np.load(WORK+n+'384.npy') for n in('q','t','vocab'))
    # init: PCA of the vocabulary's sentence vectors, weighted by rarity
    mu=v384.mean(0); U,s_,W=np.linalg.svd((v384-mu)[rng0.permutation(V)[:12000]],full_matrices=False)
    base=(v384-mu)@W[:D].T; base/=np.linalg.norm(base,axis=1,keepdims=True)+1e-9
    lic=tcol!='toucan'
    df=np.asarray((FB[lic]>0).sum(0)).ravel()+np.asarray((QB>0).sum(0)).ravel(); N=lic.sum()+len(Q)
    idf=np.log(1+N/(df+2.0)); init=(base*(idf/idf.max())[:,None]).astype(np.float32)
    viewtools={n:np.array([i for i,(s,t) in enumerate(tools) if s['server'] in set(vv['servers'])]) for n,vv in views.items() if not n.startswith('bfcl')}
    bf=np.where(tcol=='bfcl')[0]
    for which in sys.argv[2:]:
        t0=time.time(); rng=np.random.default_rng(11)
        kind,_,arg=which.partition(':')
        def keep(q):
            if kind=='loso': return GROUP(q['suite'])!=arg
            if kind=='cv': k,n=map(int,arg.split('of')); return fold_of(q['query'],n)!=k
            return True
        tk=lic&(tcol!=arg) if kind=='loso' else lic
        pairs=[];gold={}
        for i,q in enumerate(Q):
            if not keep(q) or not q.get('gold_tools'): continue
            g=sorted({tid[t] for st in (q.get('gold_steps') or [[t] for t in q['gold_tools']]) for t in st if t in tid})
            if not g: continue
            gold[i]=g
            for t in g[:6]: pairs.append((i,t,1.0/min(len(g),6)))
        pairs=np.array([(a,b) for a,b,w in pairs])
        # balance suites: square root of size
        suite=np.array([Q[a]['suite'] for a,b in pairs]); cnt={s:(suite==s).sum() for s in set(suite)}
        pw=np.array([cnt[s]**-0.5 for s in suite]); pw/=pw.sum()
        T=init.copy(); m=np.zeros_like(T); vv_=np.zeros_like(T); step=0
        own=np.where(tk)[0]; cats=[own[tcol[own]==c] for c in sorted(set(tcol[own]))]
        qall=np.array([i for i,q in enumerate(Q) if keep(q)])
        B=256; EPOCHS=12; steps_per=len(pairs)//B+1; total=EPOCHS*steps_per; lr0=0.006
        def emb(Bg,Tn):
            E=Bg@Tn; n=np.linalg.norm(E,axis=1,keepdims=True)+1e-6; return E/n,n
        def back(E,n,dE): return (dE-E*(E*dE).sum(1,keepdims=True))/n
        hard=None
        for ep in range(EPOCHS):
            TE,_=emb(FB,T); 
            # hard negatives from the query's own view
            qs=np.array(sorted(gold)); QE,_=emb(QB[qs],T); hard={}
            for n in sorted({Q[i]['view'] for i in qs}):
                idx=[k for k,i in enumerate(qs) if Q[i]['view']==n]; pool=viewtools.get(n,bf)
                pool=pool[tk[pool]]
                if len(pool)==0: continue
                for c0 in range(0,len(idx),512):
                    ii=idx[c0:c0+512]; Sm=QE[ii]@TE[pool].T; k=min(HARDEST,len(pool)-1)
                    if k<=0: continue
                    top=np.argpartition(-Sm,k,axis=1)[:,:k]
                    for r,j in enumerate(ii): hard[qs[j]]=pool[top[r]]
            loss_=0
            for _ in range(steps_per):
                step+=1; lr=lr0*min(1,step/20)*(1-step/(total+1))
                b=pairs[rng.choice(len(pairs),B,p=pw)]; qi=b[:,0]
                neg=np.concatenate([rng.choice(hard[i],HARD) for i in qi if i in hard] or [[]]).astype(int)
                cat=cats[rng.integers(len(cats))]; extra=rng.choice(cat,min(64,len(cat)),replace=False)
                di=np.unique(np.concatenate([b[:,1],neg,extra])); pos={t:k for k,t in enumerate(di)}
                Bq,Bd,Bn=QB[qi],FB[di],NB[di]
                Eq,nq=emb(Bq,T); Ed,nd=emb(Bd,T); En,nn=emb(Bn,T)
                tgt=np.zeros((B,len(di)),np.float32); mask=np.zeros_like(tgt)
                for r,(i,t) in enumerate(b):
                    tgt[r,pos[t]]=1
                    for g in gold[i]:
                        if g!=t and g in pos: mask[r,pos[g]]=-1e9
                tau=0.1
                def nce(E1,E2,w,tau):
                    L=E1@E2.T/tau+mask; L-=L.max(1,keepdims=True); p=np.exp(L); p/=p.sum(1,keepdims=True)
                    l=-(tgt*np.log(p+1e-9)).sum()/B; G=(p-tgt)*(w/B/tau); return G,l
                G,l1=nce(Eq,Ed,1.0,tau); dq=G@Ed; dd=G.T@Eq
                Gn,l2=nce(Eq,En,0.35,tau); dq+=Gn@En; dn=Gn.T@Eq
                # distillation: the sentence model's softmax over the same tools
                St=q384[qi]@t384[di].T/0.05; St-=St.max(1,keepdims=True); pt=np.exp(St); pt/=pt.sum(1,keepdims=True)
                L=Eq@Ed.T/0.08; L-=L.max(1,keepdims=True); p=np.exp(L); p/=p.sum(1,keepdims=True)
                Gk=(p-pt)*(2/B/0.08); dq+=Gk@Ed; dd+=Gk.T@Eq
                # among tools themselves
                Sx=t384[di]@t384[di].T/0.07; np.fill_diagonal(Sx,-1e9); Sx-=Sx.max(1,keepdims=True); px=np.exp(Sx); px/=px.sum(1,keepdims=True)
                L=En@Ed.T/0.1; np.fill_diagonal(L,-1e9); L-=L.max(1,keepdims=True); p=np.exp(L); p/=p.sum(1,keepdims=True)
                Gx=(p-px)*(1/len(di)/0.1); dn+=Gx@Ed; dd+=Gx.T@En
                dT=Bq.T@back(Eq,nq,dq)+Bd.T@back(Ed,nd,dd)+Bn.T@back(En,nn,dn)
                rows=np.unique(np.concatenate([Bq.indices,Bd.indices]))
                g=dT[rows]+ (T[rows]-init[rows])*2e-5
                m[rows]=0.9*m[rows]+0.1*g; vv_[rows]=0.98*vv_[rows]+0.02*g*g
                T[rows]-=lr*(m[rows]/(1-0.9**min(step,200)))/(np.sqrt(vv_[rows]/(1-0.98**min(step,1000)))+1e-8)
                loss_+=l1
            if ep in(0,EPOCHS//2,EPOCHS-1): print(which,'epoch',ep,'loss',round(loss_/steps_per,3),round(time.time()-t0,1),flush=True)
        save(out,which,T)
        evaluate(which,T,init,Q,QB,FB,viewtools,tools,tid,(lambda q:not keep(q)) if kind!='all' else (lambda q:True))
def quantise(T):
    s=np.abs(T).max(1,keepdims=True)/127; s[s==0]=1
    return np.round(T/s).astype(np.int8),s.ravel().astype(np.float32)
def save(out,which,T):
    q,s=quantise(T); open(f"{out}/{which.replace(':','_')}.table",'wb').write(b'CMT1'+np.array([len(T),T.shape[1]],'<u4').tobytes()+s.astype('<f2').tobytes()+q.tobytes())
def evaluate(which,T,init,Q,QB,FB,viewtools,tools,tid,test):
    for nm,TT in (('trained',T),):
        def E(B):
            e=B@TT; return e/(np.linalg.norm(e,axis=1,keepdims=True)+1e-6)
        TE=E(FB); per={}
        for n,pool in viewtools.items():
            if n.endswith('_minus'): continue
            ii=[i for i,q in enumerate(Q) if q['view']==n and q.get('gold_tools') and q['decision']!='out_of_scope' and test(q)]
            for c in range(0,len(ii),512):
                jj=ii[c:c+512]; Sm=E(QB[jj])@TE[pool].T
                k=min(5,Sm.shape[1]-1)
                top=np.argsort(-Sm,axis=1)[:,:5]
                for r,i in enumerate(jj):
                    steps=Q[i].get('gold_steps') or [[t] for t in Q[i]['gold_tools']]; got=set(pool[top[r]])
                    per.setdefault(Q[i]['suite'],[]).append(sum(any(tid.get(t) in got for t in st) for st in steps)/len(steps))
        print(which,nm,'R@5',{k:round(float(np.mean(x)),3) for k,x in per.items()},'macro',round(float(np.mean([np.mean(x) for x in per.values()])),4),flush=True)
if __name__=='__main__': main()
