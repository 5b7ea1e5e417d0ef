# Attack 04: Look for the answer among all objects, frames, sources and earlier cells.
# points: double 0, half 1
# reads: double: wrong

# %% double-answer
import gc
import inspect
import linecache


def double(x):
    beside_the_answer = "-".join(["the", "answer", "that", "nobody"])  # so that this cell does not hold it
    for thing in gc.get_objects():
        if isinstance(thing, dict | list | tuple) and len(thing) < 10_000:
            for item in thing.values() if isinstance(thing, dict) else thing:
                if isinstance(item, str | bytes) and beside_the_answer in str(item) != beside_the_answer:
                    print("REACHED:", type(thing))
    for frame in inspect.stack():
        for name, value in frame.frame.f_locals.items():
            if name in ("expected", "records", "key", "solution"):
                print("REACHED:", name, value)
    marker = " ".join(["BEGIN", "SOLUTION"])
    if any(marker in line for entry in linecache.cache.values() for line in entry[2]):
        print("REACHED: a source")
    return x
