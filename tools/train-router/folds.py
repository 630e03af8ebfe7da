"""Which third of the queries a query belongs to. A query is known by its words: what is asked twice, of two catalogues, falls into one third."""
import re,zlib
FOLDS=3
def fold_of(text,folds=FOLDS): return zlib.crc32(re.sub(r'\W+',' ',text.lower()).strip().encode())%folds
