"""Writes forests as crates/route/src/fusion reads them.   forests.py FUSION.json OUT.trees

A fusion: {"rank": trees, "second": …, "server": …, "serves": …, "scope": …, "ambiguity": …, "sure": …, "bounds": [eight numbers]}; what is missing is empty.
A tree, as columns: {"sign", "threshold", "left", "right", "leaf"}; a child below zero is a leaf: -1 - place.
"""
import json,struct,sys
FORESTS=['rank','second','server','serves','scope','ambiguity','sure']
BOUNDS=['scope','scope_if_ambiguous','ambiguity','sure_reads','sure_effects','temperature','floor_reads','floor_effects']
UNLEARNT=dict(zip(BOUNDS,[0,0,0,1,1,1,0,0]))
def f32(x): return struct.unpack('<f',struct.pack('<f',x))[0]
def leaves_of(tree,child):
    """The leaves below a child, from left to right."""
    return [-1-child] if child<0 else leaves_of(tree,tree['left'][child])+leaves_of(tree,tree['right'][child])
def forest(trees):
    scales={}
    for t in trees:
        for s,x in zip(t['sign'],t['threshold']): scales.setdefault(s,set()).add(f32(x))
    signs=sorted(scales); place={s:{x:k for k,x in enumerate(sorted(scales[s]))} for s in signs}; column={s:k for k,s in enumerate(signs)}
    out=[struct.pack('<H',len(signs))]
    for s in signs: out.append(struct.pack('<HB',s,len(place[s]))+b''.join(struct.pack('<f',x) for x in place[s]))
    out.append(struct.pack('<H',len(trees)))
    for t in trees:
        order=leaves_of(t,0 if t['sign'] else -1); at={leaf:k for k,leaf in enumerate(order)}; out.append(bytes([len(t['sign'])]))
        for s,x,left in zip(t['sign'],t['threshold'],t['left']):
            out.append(struct.pack('<BBH',column[s],place[s][f32(x)],0xffff&~sum(1<<at[leaf] for leaf in leaves_of(t,left))))
        out+=[struct.pack('<f',t['leaf'][leaf]) for leaf in order]
    return b''.join(out)
def packed(fusion):
    bounds={**UNLEARNT,**fusion.get('bounds',{})}
    return b'CMF1'+b''.join(forest(fusion.get(name,[])) for name in FORESTS)+b''.join(struct.pack('<f',bounds[b]) for b in BOUNDS)
if __name__=='__main__': open(sys.argv[2],'wb').write(packed(json.load(open(sys.argv[1]))))
