"""Words and word pieces, cut just as crates/route/src/dense/wordpiece.rs cuts them."""
import re,unicodedata,functools
def load_vocab(p):
    return {l.rstrip('\n'):i for i,l in enumerate(open(p,encoding='utf-8'))}
CAMEL=re.compile(r'(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])')
WORD=re.compile(r'[^\W_]+')
def words(text):
    t=CAMEL.sub(' ',text)
    t=''.join(c for c in unicodedata.normalize('NFD',t.lower()) if unicodedata.category(c)!='Mn')
    return WORD.findall(t)
class Wp:
    def __init__(s,vocab): s.v=vocab; s.cache={}
    def word(s,w):
        r=s.cache.get(w)
        if r is not None: return r
        out=[];i=0
        if len(w)>40: out=[]
        else:
            while i<len(w):
                j=len(w);f=None
                while j>i:
                    p=w[i:j] if i==0 else '##'+w[i:j]
                    if p in s.v: f=s.v[p];break
                    j-=1
                if f is None: out=[];break
                out.append(f);i=j
        s.cache[w]=out
        return out
    def ids(s,text,limit):
        o=[]
        for w in words(text):
            o+=s.word(w)
            if len(o)>=limit: break
        return o[:limit]
