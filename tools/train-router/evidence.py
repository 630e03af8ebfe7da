"""What the router sees of each query, as the example `signs` of crates/evaluate wrote it, and the labels."""
import collections,json,numpy as np
from folds import FOLDS,fold_of
from places import DATA,WORK
GROUPS=['etom','livemcp','mcpbench','toolbench','sealtools','toolalpaca','restbench','metatool','bfcl','clinc','core']
def group(suite): return suite.split('_')[0]
def read_queries():
    Q={}
    for line in open(DATA+'dev.jsonl',encoding='utf-8'):
        q=json.loads(line); q.setdefault('gold_tools',[]); q.setdefault('gold_servers',[]); q['gold_steps']=q.get('gold_steps') or [[t] for t in q['gold_tools']]
        q['fold']=fold_of(q['query']); q['group']=group(q['suite']); Q[q['id']]=q
    return Q
Q=read_queries()
def usable(q): return q['decision']!='out_of_scope' and not q['view'].endswith('_minus') and q['gold_steps']
def server(tool): return tool.split('/',1)[0]
def server_steps(q):
    steps=[]
    for step in q['gold_steps']:
        s=sorted({server(t) for t in step})
        if s not in steps: steps.append(s)
    return steps
class Seen:
    """One query: its tools best first, their signs, those of the second look, the servers and theirs, the ranking's."""
    __slots__=('tools','scores','signs','second','servers','server_signs','verdict')
def load(path,signs=True):
    heads=[json.loads(l) for l in open(path,encoding='utf-8')]
    def rows(end,count):
        n=sum(count(h) for h in heads); x=np.fromfile(path+end,np.float32); return x.reshape(n,-1) if n and len(x) else None
    A=rows('.f32',lambda h:len(h['tools'])) if signs else None; B=rows('.second.f32',lambda h:h['second']); C=rows('.servers.f32',lambda h:len(h['servers']))
    out={}; a=b=c=0
    for h in heads:
        s=Seen(); n,m,k=len(h['tools']),h['second'],len(h['servers'])
        s.tools,s.scores,s.servers,s.verdict=h['tools'],h['scores'],h['servers'],np.array(h['verdict'],np.float32)
        s.signs=A[a:a+n] if A is not None else None; s.second=B[b:b+m] if m else None; s.server_signs=C[c:c+k] if k else None
        a+=n;b+=m;c+=k; out[h['id']]=s
    return out
def load_folds(name,**kw):
    out={}
    for k in range(FOLDS): out.update(load(WORK+f'signs/{name}_cv_{k}',**kw))
    return out
def load_collections(name,**kw):
    out={}
    for g in GROUPS: out.update(load(WORK+f'signs/{name}_loso_{g}',**kw))
    return out
def metrics(q,ranked,servers=None):
    steps=[set(s) for s in q['gold_steps']]; n=len(steps); pos=[next((i for i,t in enumerate(ranked) if t in s),None) for s in steps]
    r={f'R@{k}':sum(p is not None and p<k for p in pos)/n for k in(1,5,10)}
    if n>1: r['full@10']=float(all(p is not None and p<10 for p in pos))
    found=sorted({p for p in pos if p is not None and p<10}); r['nDCG']=min(1,sum(1/np.log2(p+2) for p in found)/sum(1/np.log2(i+2) for i in range(min(n,10))))
    servers=servers or list(dict.fromkeys(map(server,ranked))); ss=server_steps(q)
    r['sR@1']=sum(servers[0] in s for s in ss)/len(ss)
    return r
KEYS=['R@1','R@5','R@10','nDCG','full@10','sR@1']
def evaluate(ranked,label,servers=None,suites=False):
    """`ranked`: id -> tools, best first."""
    per=collections.defaultdict(lambda:collections.defaultdict(list))
    for i,tools in ranked.items():
        if usable(Q[i]):
            for k,v in metrics(Q[i],tools,servers and servers[i]).items(): per[Q[i]['suite']][k].append(v)
    print(label,{k:round(100*float(np.mean([np.mean(s[k]) for s in per.values() if k in s])),2) for k in KEYS},flush=True)
    if suites:
        for s,v in per.items(): print('   ',f'{s:16}',len(v['R@1']),{k:round(100*float(np.mean(v[k])),1) for k in KEYS if k in v},flush=True)
def export(b):
    """A LightGBM model as columns."""
    trees=[]
    for t in b.dump_model()['tree_info']:
        T=dict(sign=[],threshold=[],left=[],right=[],leaf=[])
        def walk(n):
            if 'leaf_value' in n: T['leaf'].append(round(n['leaf_value'],6)); return -len(T['leaf'])
            k=len(T['sign']); T['sign'].append(n['split_feature']); T['threshold'].append(float(np.float32(n['threshold']))); T['left'].append(0);T['right'].append(0)
            T['left'][k]=walk(n['left_child']); T['right'][k]=walk(n['right_child']); return k
        walk(t['tree_structure']); trees.append(T)
    return trees
