"""The five nearest neighbours by brute force, against faiss and scikit-learn, in one thread and two.

    python benchmarks/neighbors.py                       # about a minute
    python benchmarks/neighbors.py --threads 2 --runs 5
    python benchmarks/neighbors.py --memory l2           # 1,000 queries against 50,000 × 3,072, once

The libraries take turns, each round in another order, and the least time of each counts: other work on the
machine only ever adds time.
In one thread it is the processor's time, which others disturb least; in more it is the time on the clock.
All keep the training set before the clock starts, and must agree on the neighbours. A peer that is not
installed is left out: pip install faiss-cpu
Aims: at most 1.1 times the time of faiss's flat index, and scikit-learn at least 1.3 times ours.
"""

import argparse
import random
import resource
import sys
import time

import torch
from sklearn.neighbors import NearestNeighbors as SklearnNeighbors
from threadpoolctl import threadpool_limits

from course.neighbors import NearestNeighbors

try:
    import faiss
except ImportError:
    faiss = None

K = 5
SIZES = {"MNIST": (1000, 5000, 784), "CIFAR-10": (500, 10_000, 3072)}


def libraries(train, X):
    """Each library's search as a function without arguments that returns indices (N, K)."""
    ours = NearestNeighbors(K).fit(train)
    yield "ours", lambda: ours.kneighbors(X)[1].numpy()
    if faiss is not None:
        flat = faiss.IndexFlatL2(train.shape[1])
        flat.add(train.numpy())
        yield "faiss", lambda: flat.search(X.numpy(), K)[1]
    brute = SklearnNeighbors(n_neighbors=K, algorithm="brute").fit(train.numpy())
    yield "scikit-learn", lambda: brute.kneighbors(X.numpy())[1]


def seconds(search):
    clock = time.process_time if torch.get_num_threads() == 1 else time.perf_counter
    start = clock()
    search()
    return clock() - start


def compare(threads, runs):
    torch.set_num_threads(threads)
    if faiss is not None:
        faiss.omp_set_num_threads(threads)
    with threadpool_limits(threads):
        for name, (N, n, D) in SIZES.items():
            generator = torch.Generator().manual_seed(0)
            train, X = (torch.rand(rows, D, generator=generator) for rows in (n, N))
            searches = dict(libraries(train, X))
            found = [search() for search in searches.values()]
            agree = min((indices == found[0]).mean() for indices in found)
            least = dict.fromkeys(searches, float("inf"))
            for _ in range(runs):
                # Whoever comes after a large one finds the caches empty.
                for library in random.sample(list(searches), len(searches)):
                    least[library] = min(least[library], seconds(searches[library]))
            mine = least["ours"]
            to_faiss = f"{mine / least['faiss']:.2f}" if faiss is not None else "–"
            to_sklearn = f"{least['scikit-learn'] / mine:.2f}"
            size = f"{N:,} against {n:,} × {D:,} ({name})"
            print(threads, size, f"{1e3 * mine:.1f} ms", to_faiss, to_sklearn, f"{agree:.2%}", sep=" | ")


def peak_mib():
    """The most memory that this process has had, in MiB."""
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def memory(metric):
    """One run of the size that must stay within 1 GiB: data and search, without the libraries' own memory."""
    empty = peak_mib()
    train, X = torch.rand(50_000, 3072), torch.rand(1000, 3072)
    data = peak_mib() - empty
    start = time.perf_counter()
    NearestNeighbors(K, metric=metric).fit(train).kneighbors(X)
    print(f"{metric}: {time.perf_counter() - start:.1f} s; data {data:.0f} MiB,", end=" ")
    print(f"data and search {peak_mib() - empty:.0f} MiB at most, of 1,024 MiB allowed")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--memory", choices=["l1", "l2", "cosine"])
    arguments = parser.parse_args()
    if arguments.memory:
        torch.set_num_threads(max(arguments.threads))
        return memory(arguments.memory)
    if faiss is None:
        print("faiss is not installed: left out")
    print("threads | size | ours | ours / faiss | scikit-learn / ours | same neighbours")
    print("---: | --- | ---: | ---: | ---: | ---:")
    for threads in arguments.threads:
        compare(threads, arguments.runs)


if __name__ == "__main__":
    main()
