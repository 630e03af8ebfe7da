"""The MiniLM sentence model (a six-layer BERT) in plain numpy, for distillation."""
import json,numpy as np
def tensors(path):
    b=open(path,'rb').read(); n=int.from_bytes(b[:8],'little'); h=json.loads(b[8:8+n]); o={}
    for k,m in h.items():
        if k=='__metadata__' or m['dtype']!='F32': continue
        s,e=m['data_offsets']; o[k]=np.frombuffer(b[8+n+s:8+n+e],np.float32).reshape(m['shape'])
    return o
class MiniLM:
    def __init__(s,path): s.t=tensors(path)
    def ln(s,x,k):
        m=x.mean(-1,keepdims=True); x=x-m; v=(x*x).mean(-1,keepdims=True)
        return x/np.sqrt(v+1e-12)*s.t[k+'.weight']+s.t[k+'.bias']
    def lin(s,x,k): return x@s.t[k+'.weight'].T+s.t[k+'.bias']
    def batch(s,ids):
        # all of one length: no mask
        B,L=ids.shape; t=s.t
        x=t['embeddings.word_embeddings.weight'][ids]+t['embeddings.position_embeddings.weight'][:L]+t['embeddings.token_type_embeddings.weight'][0]
        x=s.ln(x,'embeddings.LayerNorm')
        for i in range(6):
            p=f'encoder.layer.{i}.'
            sp=lambda y:y.reshape(B,L,12,32).transpose(0,2,1,3)
            q,k,v=(sp(s.lin(x,p+'attention.self.'+n)) for n in('query','key','value'))
            a=q@k.transpose(0,1,3,2)*np.float32(32**-0.5); a-=a.max(-1,keepdims=True); a=np.exp(a); a/=a.sum(-1,keepdims=True)
            c=(a@v).transpose(0,2,1,3).reshape(B,L,384)
            x=s.ln(s.lin(c,p+'attention.output.dense')+x,p+'attention.output.LayerNorm')
            h=s.lin(x,p+'intermediate.dense'); h*=0.5*(1+np.tanh(np.float32(0.7978846)*h*(1+np.float32(0.044715)*h*h)))
            x=s.ln(s.lin(h,p+'output.dense')+x,p+'output.LayerNorm')
        return x.mean(1)
    def encode(s,lists,cls=101,sep=102,tokens=768):
        out=np.zeros((len(lists),384),np.float32); by={}
        for i,l in enumerate(lists): by.setdefault(len(l),[]).append(i)
        for L,idx in by.items():
            if L==0: continue
            bs=max(1,tokens//(L+2))
            for b in range(0,len(idx),bs):
                ii=idx[b:b+bs]
                out[ii]=s.batch(np.array([[cls]+list(lists[i])+[sep] for i in ii]))
        n=np.linalg.norm(out,axis=1,keepdims=True); n[n==0]=1
        return out/n
