"""The quickstart's pipeline in NumPy, for the figure of the README: python3 examples/quickstart_numpy.py PICTURE

Needs numpy and pillow. Prints the median of seven runs; reading the file is not timed.
"""

import numpy as np, time, sys
from PIL import Image
px=np.asarray(Image.open(sys.argv[1]).convert('RGB'))
def develop(p):
    f=np.float32
    linear=(p.astype(f)/f(255.0))**f(2.2)
    lum=(linear*np.array([0.2126,0.7152,0.0722],f)).sum(-1,keepdims=True)
    h,w=lum.shape[:2]
    s=lum[0:h-4,0:w-4]
    for at in range(1,25):
        d,r=divmod(at,5); s=s+lum[d:h-4+d,r:w-4+r]
    c=lum[2:-2,2:-2]-s/f(25)
    c=np.pad(c,((2,2),(2,2),(0,0)))
    sharp=linear+c*f(.8)
    z=(sharp-sharp.mean())/sharp.std()
    t=f(1)/(f(1)+np.exp(z*f(-1.7)))
    return np.rint(np.clip(t,0,1)*f(255)).astype(np.uint8)
ts=[]
for _ in range(7):
    t=time.perf_counter(); o=develop(px); ts.append(time.perf_counter()-t)
print(sys.argv[1], np.__version__, sorted(ts)[3]*1e3,'ms')
