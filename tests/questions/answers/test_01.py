"""Session 1: which answers are right, and what is said of those that are not."""

import pytest

from .table import (  # noqa: F401
    test_a_sample_of_changed_answers_is_refused,
    test_right_answers_are_right,
    test_wrong_answers_are_told_why,
)

STEM = "01_machine_learning"

MEND = """
def report(x, labels, patients, held_out, keep):
    val = np.isin(patients, held_out)
    tr = ~val
    mean, std = x[tr].mean(axis=0), x[tr].std(axis=0)
    z = (x - mean) / std
    m = np.stack([z[tr & (labels == k)].mean(0) for k in (0, 1, 2)])
    gap = np.ptp(m, axis=0)
    cols = np.sort(np.argsort(gap)[-keep:])
    c = m[:, cols]
    d = np.sqrt(((z[val][:, None, cols] - c) ** 2).sum(2))
    said = d.argmin(axis=1)
    truth = labels[val]
    recall = [((said == k) & (truth == k)).sum() / (truth == k).sum() for k in (0, 1, 2)]
    return {"validating rows": np.flatnonzero(val), "normalized": z[val], "spread": gap,
            "kept columns": cols, "distances": d, "recall": recall}
"""

RIGHT = {
    "accuracy with a loop over pairs": (
        "accuracy",
        """
        def accuracy(labels, predictions):
            return sum(1 for a, b in zip(labels, predictions) if a == b) / len(labels)
        """,
    ),
    "accuracy by torch": (
        "accuracy",
        """
        def accuracy(labels, predictions):
            import torch
            return (torch.tensor(labels) == torch.tensor(predictions)).double().mean().item()
        """,
    ),
    "confusion in floats, cell by cell": (
        "confusion",
        """
        def confusion_matrix(labels, predictions, classes):
            counts = np.empty((classes, classes))
            for i in range(classes):
                for j in range(classes):
                    counts[i][j] = ((labels == i) * (predictions == j)).sum()
            return counts
        """,
    ),
    "confusion as lists": (
        "confusion",
        """
        def confusion_matrix(labels, predictions, classes):
            counts = [[0] * classes for _ in range(classes)]
            for label, prediction in zip(labels, predictions):
                counts[label][prediction] += 1
            return counts
        """,
    ),
    "confusion by a histogram": (
        "confusion",
        """
        def confusion_matrix(labels, predictions, classes):
            edges = np.arange(classes + 1) - 0.5
            return np.histogram2d(labels, predictions, bins=(edges, edges))[0]
        """,
    ),
    "interval cut at 0 and 1": (
        "interval",
        """
        def confidence_interval(right, n):
            p = right / n
            error = (p * (1 - p) / n) ** 0.5
            return np.clip([p - 1.96 * error, p + 1.96 * error], 0, 1)
        """,
    ),
    "interval with the exact factor": (
        "interval",
        """
        def confidence_interval(right, n):
            from statistics import NormalDist
            p = right / n
            error = NormalDist().inv_cdf(0.975) * (p - p**2) ** 0.5 / n**0.5
            return (p - error, p + error)
        """,
    ),
    "normalize with the zeros replaced": (
        "normalize",
        """
        def normalize(train, other):
            mean = np.mean(train, axis=0, keepdims=True)
            std = np.std(train, axis=0, keepdims=True)
            std[std == 0] = 1
            train = train - mean
            other = other - mean
            train /= std
            other /= std
            return [train, other]
        """,
    ),
    "normalize with a limit for small deviations": (
        "normalize",
        """
        def normalize(train, other):
            std = train.std(0)
            std = np.where(std < 1e-6, 1.0, std)
            return (train - train.mean(0)) / std, (other - train.mean(0)) / std
        """,
    ),
    "split by shuffling in place": (
        "split",
        """
        def stratified_split(labels, share, rng):
            train, val = [], []
            for c in range(labels.max() + 1):
                idx = np.where(labels == c)[0]
                rng.shuffle(idx)
                m = int(np.round(len(idx) * share))
                val.extend(idx[:m])
                train.extend(idx[m:])
            return np.array(train), np.array(val)
        """,
    ),
    "split by the smallest of random numbers, as floats": (
        "split",
        """
        def stratified_split(labels, share, rng):
            keys, rank = rng.random(len(labels)), np.zeros(len(labels))
            for c in set(labels):
                members = labels == c
                rank[members] = keys[members].argsort().argsort() >= round(share * members.sum())
            return np.flatnonzero(rank == 1) * 1.0, np.flatnonzero(rank == 0) * 1.0
        """,
    ),
    "split with a generator that the given one seeds": (
        "split",
        """
        def stratified_split(labels, share, rng):
            import random
            own, validation = random.Random(int(rng.integers(10**9))), []
            for c in np.unique(labels):
                members = np.flatnonzero(labels == c).tolist()
                validation += own.sample(members, round(share * len(members)))
            return sorted(set(range(len(labels))) - set(validation)), sorted(validation)
        """,
    ),
    "folds by yield": (
        "folds",
        """
        def kfold(n, k, rng):
            parts = np.array_split(rng.permutation(n), k)
            for i in range(k):
                yield np.concatenate(parts[:i] + parts[i + 1:]), parts[i]
        """,
    ),
    "folds by zip": (
        "folds",
        """
        def kfold(n, k, rng):
            order = rng.permutation(n)
            validation = [order[i::k] for i in range(k)]
            return zip([np.setdiff1d(order, part) for part in validation], validation)
        """,
    ),
    "folds of sets": (
        "folds",
        """
        def kfold(n, k, rng):
            order, start, pairs = list(rng.choice(n, n, replace=False)), 0, []
            for i in range(k):
                size = n // k + (i < n % k)
                own = set(order[start : start + size])
                pairs.append((set(order) - own, own))
                start += size
            return pairs
        """,
    ),
    "means with squares": (
        "means",
        """
        def nearest_mean(train, labels, other):
            classes = sorted(set(labels))
            answer = []
            for row in other:
                best = None
                for c in classes:
                    d = ((train[labels == c].mean(0) - row) ** 2).sum()
                    if best is None or d < best[0]:
                        best = (d, c)
                answer.append(best[1])
            return np.array(answer)
        """,
    ),
    "means by a table up to the largest label": (
        "means",
        """
        def nearest_mean(train, labels, other):
            d = np.full((len(other), labels.max() + 1), np.inf)
            for c in np.unique(labels):
                d[:, c] = np.linalg.norm(other - train[labels == c].mean(0), axis=1)
            return d.argmin(1)
        """,
    ),
    "project with a function for one fit": (
        "project",
        """
        def choose_and_report(x, labels, test_x, test_labels, folds, strengths):
            def loss(strength, t, x2, y2):
                m = x[t].mean(0)
                return squared_error(fit_linear(x[t] - m, labels[t], strength), x2 - m, y2)

            means = {s: np.mean([loss(s, t, x[v], labels[v]) for t, v in folds]) for s in strengths}
            best = min(means, key=means.get)
            return means.values() and list(means.values()), best, loss(best, slice(None), test_x, test_labels)
        """,
    ),
    "project in place": (
        "project",
        """
        def choose_and_report(x, labels, test_x, test_labels, folds, strengths):
            table = np.zeros((len(folds), len(strengths)))
            for i, (t, v) in enumerate(folds):
                a, b = x[t], x[v]
                mean = a.mean(axis=0)
                a -= mean
                b -= mean
                for j, s in enumerate(strengths):
                    table[i, j] = squared_error(fit_linear(a, labels[t], s), b, labels[v])
            s = strengths[table.mean(0).argmin()]
            test_x -= x.mean(axis=0)
            x -= x.mean(axis=0)
            return table.mean(0), s, squared_error(fit_linear(x, labels, s), test_x, test_labels)
        """,
    ),
    "mend with masks": ("mend", MEND),
    "mend with lists and one loop a row": (
        "mend",
        """
        def report(x, labels, patients, held_out, keep):
            val = [i for i in range(len(x)) if patients[i] in held_out]
            tr = [i for i in range(len(x)) if i not in val]
            m, s = np.mean(x[tr], 0), np.std(x[tr], 0)
            z = (x - m) / s
            means = [z[[i for i in tr if labels[i] == k]].mean(0) for k in range(3)]
            gap = np.max(means, 0) - np.min(means, 0)
            cols = sorted(np.argsort(-gap)[:keep])
            d = [[np.linalg.norm(z[i, cols] - one[cols]) for one in means] for i in val]
            recall = []
            for k in range(3):
                own = [row for row, i in zip(d, val) if labels[i] == k]
                recall.append(sum(np.argmin(row) == k for row in own) / len(own))
            return {"validating rows": val, "normalized": [z[i] for i in val], "spread": gap,
                    "kept columns": cols, "distances": d, "recall": recall}
        """,
    ),
    "mend in float32": ("mend", MEND.replace("z[val],", "z[val].astype(np.float32),")),
    "mend that calls the colleague's function for the distances": (
        "mend",
        """
        def report(x, labels, patients, held_out, keep):
            val = np.isin(patients, held_out)
            mean, std = x[~val].mean(0), x[~val].std(0)
            known = too_good(x[~val], labels[~val], patients[~val], [], keep)
            z, cols = (x - mean) / std, known["kept columns"]
            c = [z[~val & (labels == k)][:, cols].mean(0) for k in range(3)]
            d = np.array([np.linalg.norm(z[val][:, cols] - one, axis=1) for one in c]).T
            found = d.argmin(1) == labels[val]
            recall = np.bincount(labels[val], found) / np.bincount(labels[val])
            return known | {"validating rows": np.where(val)[0], "normalized": z[val], "distances": d,
                            "recall": recall}
        """,
    ),
    "mend by the spread of raw columns over the deviation": (
        "mend",
        MEND.replace(
            "np.ptp(m, axis=0)",
            "np.ptp([x[tr & (labels == k)].mean(0) for k in range(3)], axis=0) / std",
        ),
    ),
}


SPLIT = """
def stratified_split(labels, share, rng):
    train, validation = [], []
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        {draw}
        count = {count}
        validation.append(members[:count])
        train.append(members[count:])
    return np.concatenate(train), np.concatenate(validation)
"""
DRAW, COUNT = "members = rng.permutation(members)", "round(share * len(members))"

KFOLD = """
def kfold(n, k, rng):
    order = {order}
    parts = np.array_split(order, k)
    return [(np.concatenate([parts[j] for j in range(k) if j != i]), parts[i]) for i in range(k)]
"""

NORMALIZE = """
def normalize(train, other):
    mean, std = train.mean(axis=0), train.std(axis=0)
    with np.errstate(all="ignore"):
        return {train}, {other}
"""

PROJECT = """
def choose_and_report(x, labels, test_x, test_labels, folds, strengths):
    losses = []
    for s in strengths:
        total = 0
        for t, v in folds:
            m = {mean}
            total += squared_error(fit_linear(x[t] - m, labels[t], s), x[v] - m, labels[v])
        losses.append(total / {folds})
    best = {best}
    m = x.mean(axis=0)
    return losses, best, squared_error(fit_linear(x - m, labels, best), {test}, test_labels)
"""
MEAN, FOLDS, BEST, TEST = "x[t].mean(axis=0)", "len(folds)", "strengths[np.argmin(losses)]", "test_x - m"

WRONG = {
    "accuracy counts": (
        "accuracy",
        "def accuracy(labels, predictions): return (labels == predictions).sum()",
        "You count the right predictions",
    ),
    "accuracy is rounded": (
        "accuracy",
        "def accuracy(labels, predictions): return round(np.mean(labels == predictions), 4)",
        "You round the result",
    ),
    "accuracy with a fixed number of examples": (
        "accuracy",
        "def accuracy(labels, predictions): return np.sum(labels == predictions) / 47",
        "",
    ),
    "accuracy is not returned": ("accuracy", "def accuracy(labels, predictions): print(1.0)", "None"),
    "confusion ignores classes": (
        "confusion",
        """
        def confusion_matrix(labels, predictions, classes):
            counts = np.zeros((6, 6), int)
            np.add.at(counts, (labels, predictions), 1)
            return counts
        """,
        "",
    ),
    "confusion is turned": (
        "confusion",
        """
        def confusion_matrix(labels, predictions, classes):
            return np.bincount(predictions * classes + labels, minlength=classes**2).reshape(classes, -1)
        """,
        "Rows and columns are swapped",
    ),
    "confusion of the classes that occur": (
        "confusion",
        """
        def confusion_matrix(labels, predictions, classes):
            present = sorted(set(labels) | set(predictions))
            return [[np.sum((labels == i) & (predictions == j)) for j in present] for i in present]
        """,
        "Each of all classes has its own",
    ),
    "interval of two standard errors": (
        "interval",
        """
        def confidence_interval(right, n):
            p = right / n
            return p - 2 * np.sqrt(p * (1 - p) / n), p + 2 * np.sqrt(p * (1 - p) / n)
        """,
        "The factor for 95 % is 1.96",
    ),
    "interval of Wilson": (
        "interval",
        """
        def confidence_interval(right, n):
            z = 1.96
            middle = (right + z**2 / 2) / (n + z**2)
            half = z * np.sqrt(right * (n - right) / n + z**2 / 4) / (n + z**2)
            return middle - half, middle + half
        """,
        "Wilson",
    ),
    "interval with n - 1": (
        "interval",
        """
        def confidence_interval(right, n):
            p = right / n
            half = 1.96 * np.sqrt(p * (1 - p) / (n - 1))
            return p - half, p + half
        """,
        "n - 1",
    ),
    "normalize with a tiny number": (
        "normalize",
        NORMALIZE.format(train="(train - mean) / (std + 1e-6)", other="(other - mean) / (std + 1e-6)"),
        "lets unseen rows explode",
    ),
    "normalize without NaN alone": (
        "normalize",
        NORMALIZE.format(
            train="np.nan_to_num((train - mean) / std)", other="np.nan_to_num((other - mean) / std)"
        ),
        "np.nan_to_num hides",
    ),
    "normalize divides by 0": (
        "normalize",
        NORMALIZE.format(train="(train - mean) / std", other="(other - mean) / std"),
        "divided by 0",
    ),
    "normalize with the other rows' own mean, and a division by 0": (
        "normalize",
        NORMALIZE.format(train="(train - mean) / std", other="(other - other.mean(0)) / other.std(0)"),
        "",
    ),
    "normalize forgets the other rows": (
        "normalize",
        NORMALIZE.format(train="(train - mean) / np.where(std > 0, std, 1)", other="other"),
        "The other rows come back as they were",
    ),
    "normalize where division by 0 gives 0": (
        "normalize",
        NORMALIZE.format(
            train="np.divide(train - mean, std, out=np.zeros_like(train), where=std > 0)",
            other="np.divide(other - mean, std, out=np.zeros_like(other), where=std > 0)",
        ),
        "Where training is constant you set 0",
    ),
    "split rounds down": ("split", SPLIT.format(draw=DRAW, count="int(share * len(members))"), "round down"),
    "split rounds up": ("split", SPLIT.format(draw=DRAW, count="-int(-share * len(members) // 1)"), "round"),
    "split ignores the share": (
        "split",
        SPLIT.format(draw=DRAW, count="round(0.2 * len(members))"),
        "round(share * count)",
    ),
    "split takes the first": ("split", SPLIT.format(draw="", count=COUNT), "Nothing is drawn"),
    "split takes the last": (
        "split",
        SPLIT.format(draw="members = members[::-1]", count=COUNT),
        "always the same examples validate",
    ),
    "split takes every fifth or so": (
        "split",
        SPLIT.format(
            draw="members = np.roll(np.concatenate([members[i::4] for i in range(4)]), rng.integers(99))",
            count=COUNT,
        ),
        "are drawn together too often, or too rarely",
    ),
    "split takes a block": (
        "split",
        SPLIT.format(draw="members = np.roll(members, rng.integers(len(members)))", count=COUNT),
        "are drawn together too often, or too rarely",
    ),
    "split from the global generator": (
        "split",
        SPLIT.format(draw="np.random.shuffle(members)", count=COUNT),
        "The draw ignores rng",
    ),
    "split from the standard library": (
        "split",
        SPLIT.format(draw="import random; random.shuffle(members)", count=COUNT),
        "",
    ),
    "split with a seed of its own": (
        "split",
        SPLIT.format(draw="np.random.seed(0); np.random.shuffle(members)", count=COUNT),
        "same for every rng",
    ),
    "split with a new generator": (
        "split",
        SPLIT.format(draw="members = np.random.default_rng(7).permutation(members)", count=COUNT),
        "",
    ),
    "split with a generator that nobody can repeat": (
        "split",
        SPLIT.format(draw="members = np.random.default_rng().permutation(members)", count=COUNT),
        "",
    ),
    "split draws beside the rng": (
        "split",
        SPLIT.format(draw="rng.random(); members = np.random.permutation(members)", count=COUNT),
        "",
    ),
    "split returns validation first": (
        "split",
        SPLIT.format(draw=DRAW, count=f"len(members) - {COUNT}"),
        "The two parts are swapped",
    ),
    "folds are blocks": ("folds", KFOLD.format(order="np.arange(n)"), "The examples are not mixed"),
    "folds are blocks that begin anywhere": (
        "folds",
        KFOLD.format(order="np.roll(np.arange(n), rng.integers(n))"),
        "neighbours in the data share a fold too often, or too rarely",
    ),
    "folds from the global generator": (
        "folds",
        KFOLD.format(order="np.random.permutation(n)"),
        "The draw ignores rng",
    ),
    "folds with a seed of their own": (
        "folds",
        KFOLD.format(order="np.random.default_rng(0).permutation(n)"),
        "same for every rng",
    ),
    "folds with a seed of their own, in another way": (
        "folds",
        KFOLD.format(order="np.random.RandomState(3).permutation(n)"),
        "",
    ),
    "folds of the same order, drawn in another one": (
        "folds",
        """
        def kfold(n, k, rng):
            parts = np.array_split(np.random.default_rng(1).permutation(n), k)
            rng.shuffle(order := list(range(k)))
            return [(np.setdiff1d(np.arange(n), parts[i]), parts[i]) for i in order]
        """,
        "",
    ),
    "folds with training twice": (
        "folds",
        """
        def kfold(n, k, rng):
            parts = np.array_split(rng.permutation(n), k)
            train = [np.concatenate(2 * (parts[:i] + parts[i + 1 :])) for i in range(k)]
            return list(zip(train, parts))
        """,
        "",
    ),
    "folds drop the remainder": (
        "folds",
        """
        def kfold(n, k, rng):
            order, m, folds = rng.permutation(n), n // k, []
            for i in range(k):
                val = order[i * m : (i + 1) * m]
                folds.append((np.array([j for j in order if j not in val]), val))
            return folds
        """,
        "the remainder is dropped",
    ),
    "folds are not returned": ("folds", "def kfold(n, k, rng): rng.permutation(n)", "None"),
    "means of the wrong metric": (
        "means",
        """
        def nearest_mean(train, labels, other):
            c = np.unique(labels)
            m = np.array([train[labels == i].mean(0) for i in c])
            return c[np.argmin(np.abs(other[:, None] - m[None]).sum(-1), 1)]
        """,
        "L1 distance",
    ),
    "means as positions": (
        "means",
        """
        def nearest_mean(train, labels, other):
            m = np.array([train[labels == i].mean(0) for i in sorted(set(labels))])
            return [int(np.argmin([np.linalg.norm(row - one) for one in m])) for row in other]
        """,
        "not its label",
    ),
    "means for ten classes": (
        "means",
        """
        def nearest_mean(train, labels, other):
            with np.errstate(all="ignore"):
                m = np.array([train[labels == i].sum(0) / np.sum(labels == i) for i in range(10)])
            return np.nanargmin(np.linalg.norm(other[:, None] - m, axis=2), axis=1)
        """,
        "",
    ),
    "project leaks the mean": (
        "project",
        PROJECT.format(mean="x.mean(axis=0)", folds=FOLDS, best=BEST, test=TEST),
        "they leak",
    ),
    "project takes the highest loss": (
        "project",
        PROJECT.format(mean=MEAN, folds=FOLDS, best="strengths[np.argmax(losses)]", test=TEST),
        "highest validation loss",
    ),
    "project sums": ("project", PROJECT.format(mean=MEAN, folds=1, best=BEST, test=TEST), "You add up"),
    "project with a fixed number of folds": (
        "project",
        PROJECT.format(mean=MEAN, folds=3, best=BEST, test=TEST),
        "",
    ),
    "project returns the place": (
        "project",
        PROJECT.format(mean=MEAN, folds=FOLDS, best="int(np.argmin(losses))", test=TEST).replace(
            "labels, best)", "labels, strengths[best])"
        ),
        "the place of the best strength",
    ),
    "project with strengths of its own": (
        "project",
        PROJECT.format(mean=MEAN, folds=FOLDS, best=BEST, test=TEST).replace(
            "losses = []", "losses, strengths = [], [0.1, 3.0, 100.0, 3000.0]"
        ),
        "",
    ),
    "project forgets the mean of the test rows": (
        "project",
        PROJECT.format(mean=MEAN, folds=FOLDS, best=BEST, test="test_x"),
        "The test rows come as they are",
    ),
    "project centres the test rows by themselves, and sums": (
        "project",
        PROJECT.format(mean=MEAN, folds=1, best=BEST, test="test_x - test_x.mean(0)"),
        "mean of the test rows",
    ),
    "mend with the mean of all rows": (
        "mend",
        MEND.replace(
            "x[tr].mean(axis=0), x[tr].std(axis=0)",
            "x.mean(axis=0), x.std(axis=0)",
        ),
        "still come from all rows",
    ),
    "mend with the validating rows' own scale": (
        "mend",
        MEND.replace(
            "x[tr].mean(axis=0), x[tr].std(axis=0)",
            "x[val].mean(axis=0), x[val].std(axis=0)",
        ),
        "come from the validating rows",
    ),
    "mend with n - 1": (
        "mend",
        MEND.replace(
            "x[tr].std(axis=0)",
            "x[tr].std(axis=0, ddof=1)",
        ),
        "N - 1",
    ),
    "mend that chooses with all labels": (
        "mend",
        MEND.replace("np.ptp(m, axis=0)", "np.ptp([z[labels == k].mean(0) for k in range(3)], axis=0)"),
        "chosen with the labels of all rows",
    ),
    "mend with centres of all rows": (
        "mend",
        MEND.replace(
            "c = m[:, cols]",
            "c = np.stack([z[labels == k].mean(0) for k in range(3)])[:, cols]",
        ),
        "still contain the validating rows",
    ),
    "mend with precision": (
        "mend",
        MEND.replace(
            "/ (truth == k).sum()",
            "/ max((said == k).sum(), 1)",
        ),
        "This is the precision",
    ),
    "mend with one accuracy": (
        "mend",
        MEND.replace(
            "recall = [((said == k) & (truth == k)).sum() / (truth == k).sum() for k in (0, 1, 2)]",
            "recall = np.mean(said == truth)",
        ),
        "one accuracy for all",
    ),
    "mend of the first rows": (
        "mend",
        MEND.replace(
            "val = np.isin(patients, held_out)",
            "val = np.arange(len(x)) < np.isin(patients, held_out).sum()",
        ),
        "stands on both sides",
    ),
    "mend the wrong way round": (
        "mend",
        MEND.replace(
            "val = np.isin(patients, held_out)",
            "val = ~np.isin(patients, held_out)",
        ),
        "are swapped",
    ),
    "mend with the largest mean alone": (
        "mend",
        MEND.replace(
            "np.ptp(m, axis=0)",
            "m.max(axis=0)",
        ),
        "largest class mean alone",
    ),
    "mend with the least columns": (
        "mend",
        MEND.replace(
            "[-keep:]",
            "[:keep]",
        ),
        "differ least",
    ),
    "mend without the root": (
        "mend",
        MEND.replace(
            "np.sqrt(((z[val][:, None, cols] - c) ** 2).sum(2))",
            "((z[val][:, None, cols] - c) ** 2).sum(2)",
        ),
        "The root is missing",
    ),
    "mend with a mask of the rows": (
        "mend",
        MEND.replace(
            "np.flatnonzero(val)",
            "val",
        ),
        "This is a mask",
    ),
    "mend of one row a patient": (
        "mend",
        MEND.replace(
            "np.flatnonzero(val)",
            "np.array(held_out)",
        ),
        "rows of the held-out patients",
    ),
    "mend without normalizing": (
        "mend",
        MEND.replace(
            "z = (x - mean) / std",
            "z = x",
        ),
        "normalized",
    ),
    "accuracy without the mean": ("accuracy", "def accuracy(a, b): return a == b", "a mean is missing"),
    "accuracy as text": ("accuracy", "def accuracy(a, b): return str((a == b).mean())", "the answer is text"),
    "accuracy as two counts": (
        "accuracy",
        "def accuracy(a, b): return (a == b).sum(), len(a)",
        "one number is asked for: the shape is (2,)",
    ),
    "confusion that sets 1": (
        "confusion",
        """
        def confusion_matrix(labels, predictions, classes):
            counts = np.zeros((classes, classes))
            for label, prediction in zip(labels, predictions):
                counts[label, prediction] = 1
            return counts
        """,
        "= 1 does not count",
    ),
    "normalize by the other rows": (
        "normalize",
        NORMALIZE.format(train="(train - mean) / std", other="(other - mean) / std").replace(
            "train.mean(axis=0), train.std(axis=0)", "other.mean(axis=0), other.std(axis=0)"
        ),
        "Mean and deviation come from the other rows",
    ),
    "normalize without constant columns": (
        "normalize",
        """
        def normalize(train, other):
            keep = train.std(axis=0) > 0
            train, other = train[:, keep], other[:, keep]
            return (train - train.mean(0)) / train.std(0), (other - train.mean(0)) / train.std(0)
        """,
        "constant in training are missing",
    ),
    "one fold too few": (
        "folds",
        KFOLD.format(order="rng.permutation(n)").replace("for i in range(k)]", "for i in range(k - 1)]"),
        "number of folds: every number is 1 too small",
    ),
    "means of the first row to classify": (
        "means",
        """
        def nearest_mean(train, labels, other):
            classes = np.unique(labels)
            means = np.stack([train[labels == c].mean(axis=0) for c in classes])
            for row in other:
                return classes[np.linalg.norm(row - means, axis=1).argmin()]
        """,
        "the shape is (), expected (60,)",
    ),
    "project with the lowest loss": (
        "project",
        PROJECT.format(mean=MEAN, folds=FOLDS, best=BEST, test=TEST).replace("s, best,", "s, min(losses),"),
        "You return the lowest mean loss",
    ),
    "project with the last strength": (
        "project",
        PROJECT.format(mean=MEAN, folds=FOLDS, best=BEST, test=TEST).replace("labels, best)", "labels, s)"),
        "the strength that was tried last",
    ),
    "mend with a dict of recalls": (
        "mend",
        MEND.replace('"recall": recall', '"recall": dict(enumerate(recall))'),
        "recall: the answer is a dict",
    ),
    "mend with distances in all columns": (
        "mend",
        MEND.replace(
            "z[val][:, None, cols] - c",
            "z[val][:, None] - m",
        ),
        "distances",
    ),
}


def test_the_callers_arrays_stay(card):
    """The numbers are right, but the text says that the arrays must not be changed."""
    said = card(
        "normalize",
        """
        def normalize(train, other):
            mean, std = train.mean(0), train.std(0)
            std[std == 0] = 1
            for rows in (train, other):
                rows -= mean
                rows /= std
            return train, other
        """,
    )
    assert "You changed the caller's arrays" in said


SHARE = """
def confidence_interval(right, n):
    p = right / n
    error = {error}
    return {ends}
"""


@pytest.mark.parametrize("change", ["rows.mean(axis=0)", "0"])
def test_a_hint_about_changed_arrays_calls_nothing_right(whole_card, change):
    """Own statistics, or no mean, and in place besides: no hint says that the result is right."""
    code = """
        def normalize(train, other):
            for rows in (train, other):
                mean, std = CHANGE, rows.std(axis=0)
                rows -= mean
                rows /= np.where(std > 0, std, 1)
            return train, other
    """
    said = whole_card("normalize", code.replace("CHANGE", change))
    assert "You changed the caller's arrays" in said and "result is right" not in said, said


def test_the_mean_of_rows_that_are_centred_is_told(whole_card):
    """train is changed before its mean is taken for the others: the mean is subtracted, but it is 0."""
    said = whole_card(
        "normalize",
        """
        def normalize(train, other):
            train = train - train.mean(0)
            std = np.where(train.std(0) > 0, train.std(0), 1)
            return train / std, (other - train.mean(0)) / std
        """,
    )
    assert "train is centred already" in said and "do not subtract" not in said, said


def test_both_ends_say_nothing_of_the_middle(whole_card):
    """Around the number of right answers, and too narrow: no sentence calls the middle right."""
    said = whole_card(
        "interval", SHARE.format(error="np.sqrt(p * (1 - p) / n)", ends="right - error, right + error")
    )
    assert "It must be their share" in said and "1.96 standard errors" in said, said
    assert "middle is right" not in said and "as it should" not in said, said


@pytest.mark.parametrize("error", ["1.96 * np.sqrt(p**2 / n)", "1.96 * np.sqrt(p * 1 - p / n)"])
def test_what_stands_under_the_root_is_not_guessed(whole_card, error):
    """Neither p squared nor forgotten brackets are the root of p / n, which one hint took them for."""
    said = whole_card("interval", SHARE.format(error=error, ends="p - error, p + error"))
    assert "p times (1 - p) is asked for" in said and "square root of p / n" not in said, said


def test_every_kth_example_is_no_block_of_neighbours(whole_card):
    """Folds that are not mixed may be interleaved; the hint names both."""
    said = whole_card(
        "folds",
        """
        def kfold(n, k, rng):
            order = np.arange(n)
            return [(np.delete(order, np.s_[i::k]), order[i::k]) for i in range(k)]
        """,
    )
    assert "or every k-th example" in said, said


def test_several_rows_say_nothing_of_one_row(whole_card):
    """Places in place of labels, of medians: wrong with one row in each class, too."""
    said = whole_card(
        "means",
        """
        def nearest_mean(train, labels, other):
            middles = np.stack([np.median(train[labels == c], axis=0) for c in np.unique(labels)])
            return np.linalg.norm(other[:, None] - middles, axis=2).argmin(axis=1)
        """,
    )
    assert "You return the position" in said and "where classes have several rows" in said, said
    assert "right while" not in said, said


def test_a_strength_that_is_chosen_otherwise_is_not_called_a_highest_loss(whole_card):
    """Of training losses the lowest is that of the strength with the highest validation loss."""
    code = PROJECT.format(mean="0", folds=FOLDS, best=BEST, test="test_x").replace(
        "x[v] - m, labels[v]", "x[t] - m, labels[t]"
    )
    said = whole_card("project", code.replace("m = x.mean(axis=0)", "m = 0"))
    assert "has the highest validation loss" in said and "In the last fit nothing is subtracted" in said, said
    assert "You choose the strength with the highest loss" not in said, said


def test_a_last_fit_without_mean_is_told_of_alone(whole_card):
    """The folds have their means: no hint says that none is subtracted."""
    code = PROJECT.format(mean=MEAN, folds=FOLDS, best=BEST, test="test_x").replace(
        "m = x.mean(axis=0)", "m = 0"
    )
    said = whole_card("project", code)
    assert "In the last fit nothing is subtracted" in said and "never subtract" not in said, said


def test_some_of_the_colleagues_faults_are_not_all(whole_card):
    """Who mended the rows alone does not read that this is the colleague's function."""
    said = whole_card(
        "mend",
        """
        def report(x, labels, patients, held_out, keep):
            val = np.isin(patients, held_out)
            z = (x - x.mean(axis=0)) / x.std(axis=0)
            m = class_means(z, labels)
            gap = np.ptp(m, axis=0)
            cols = np.sort(np.argsort(gap)[-keep:])
            d = np.linalg.norm(z[val][:, None, cols] - m[:, cols], axis=2)
            return {"validating rows": np.flatnonzero(val), "normalized": z[val], "spread": gap,
                    "kept columns": cols, "distances": d, "recall": recall_of(d.argmin(1), labels[val])}
        """,
    )
    assert "still the colleague's numbers" in said and "is the colleague's function" not in said, said
