"""Session 2: which answers are right, and what is said of those that are not."""

from .table import (  # noqa: F401
    test_a_sample_of_changed_answers_is_refused,
    test_right_answers_are_right,
    test_wrong_answers_are_told_why,
)

STEM = "02_knn"

COLLEAGUE = """
def repaired(train, train_labels, new, new_labels, k):
    everything = np.concatenate([train, new])
    mean, std = {rows}.mean(axis=0), {rows}.std(axis=0)
    {std}
    with np.errstate(all="ignore"):
        train, new = (train - mean) / std, (new - mean) / std
        squares = (new**2).sum(axis=1)[:, None] {sign} 2 * new @ train.T + (train**2).sum(axis=1)
        distances = np.sqrt(squares)
    order = np.argsort(distances, axis=1)[:, {columns}]
    answers = np.array([{answer} for row in order])
    accuracy = np.mean(answers == new_labels)
    return np.take_along_axis(distances, order, axis=1), answers, accuracy
"""
FAULTS = {
    "rows": "everything",
    "std": "pass",
    "sign": "+",
    "columns": "1 : k + 1",
    "answer": "[np.bincount(train_labels[row]).argmax()]",
}
REPAIRED = {
    "rows": "train",
    "std": "std = np.where(std == 0, 1, std)",
    "sign": "-",
    "columns": ":k",
    "answer": "np.bincount(train_labels[row]).argmax()",
}


def repaired_but_for(*names, **others):
    """The colleague's program with some of its faults left, or with other lines."""
    return COLLEAGUE.format(**REPAIRED | {name: FAULTS[name] for name in names} | others)


RIGHT = {
    "l1 in integers for bytes, else as it comes": (
        "l1",
        """
        def l1_distances(X, Y):
            if X.dtype == np.uint8:
                X, Y = X.astype(np.int16), Y.astype(np.int16)
            out = np.zeros((X.shape[0], Y.shape[0]))
            for i in range(X.shape[0]):
                out[i] = np.sum(np.abs(Y - X[i]), axis=1)
            return out
        """,
    ),
    "l1 by SciPy": (
        "l1",
        """
        def l1_distances(X, Y):
            from scipy.spatial.distance import cdist
            return cdist(X, Y, "cityblock")
        """,
    ),
    "l1 in single precision": (
        "l1",
        """
        def l1_distances(X, Y):
            X, Y = np.float32(X), np.float32(Y)
            return [np.linalg.norm(Y - row, ord=1, axis=1) for row in X]
        """,
    ),
    "l2 with lengths from the diagonal": (
        "l2",
        """
        def l2_distances(X, Y):
            X, Y = X.astype(np.float64), Y.astype(np.float64)
            x2, y2 = np.diag(X @ X.T), np.diag(Y @ Y.T)
            return np.sqrt(np.clip(x2[:, np.newaxis] + y2[np.newaxis] - 2 * X.dot(Y.T), 0, None))
        """,
    ),
    "l2 with NaN replaced": (
        "l2",
        """
        def l2_distances(X, Y):
            X, Y = 1.0 * X, 1.0 * Y
            d = -2 * X @ Y.T
            d += np.square(X).sum(1).reshape(-1, 1)
            d += np.square(Y).sum(1)
            return np.nan_to_num(d ** 0.5)
        """,
    ),
    "l2 with all differences": (
        "l2",
        """
        def l2_distances(X, Y):
            return np.linalg.norm(X[:, None].astype("float") - Y[None].astype("float"), axis=-1)
        """,
    ),
    "nearest with a second key": (
        "nearest",
        """
        def nearest(distances, k):
            columns = np.arange(distances.shape[1])
            return np.array([np.lexsort((columns, row))[:k] for row in distances])
        """,
    ),
    "nearest from a heap": (
        "nearest",
        """
        def nearest(distances, k):
            import heapq
            return [heapq.nsmallest(k, range(len(row)), key=lambda j: (row[j], j)) for row in distances]
        """,
    ),
    "nearest by sorted pairs": (
        "nearest",
        """
        def nearest(distances, k):
            return [[j for _, j in sorted((d, j) for j, d in enumerate(row))][:k] for row in distances]
        """,
    ),
    "predict with counts": (
        "predict",
        """
        def knn_predict(distances, labels, k):
            answers = np.zeros(len(distances), dtype=labels.dtype)
            for i, row in enumerate(distances):
                answers[i] = np.argmax(np.bincount(labels[np.argsort(row)[:k]]))
            return answers
        """,
    ),
    "predict with unique labels": (
        "predict",
        """
        def knn_predict(distances, labels, k):
            order = np.argpartition(distances, k - 1, axis=1)[:, :k]
            answers = []
            for votes in labels[order]:
                values, counts = np.unique(votes, return_counts=True)
                answers.append(values[counts == counts.max()].min())
            return answers
        """,
    ),
    "predict with the most votes of a sorted list": (
        "predict",
        """
        def knn_predict(distances, labels, k):
            def vote(row):
                votes = sorted(labels[row.argsort()[:k]].tolist())
                return max(votes, key=votes.count)
            return np.apply_along_axis(vote, 1, distances)
        """,
    ),
    "predict by SciPy's mode": (
        "predict",
        """
        def knn_predict(distances, labels, k):
            from scipy.stats import mode
            return mode(labels[distances.argsort(axis=1)[:, :k]], axis=1).mode
        """,
    ),
    "choose with a table": (
        "choose",
        """
        def choose_k(x, labels, folds, ks, predict):
            table = np.empty((len(folds), len(ks)))
            for i, (t, v) in enumerate(folds):
                for j, k in enumerate(ks):
                    table[i, j] = (predict(x[t], labels[t], x[v], k) == labels[v]).mean()
            return np.array(ks)[table.mean(axis=0).argmax()], table.mean(axis=0)
        """,
    ),
    "choose by the best so far": (
        "choose",
        """
        def choose_k(x, labels, folds, ks, predict):
            best, best_mean, means = None, -1, []
            for k in ks:
                mean = 0
                for train, val in folds:
                    mean += sum(predict(x[train], labels[train], x[val], k) == labels[val]) / len(val)
                means.append(mean / len(folds))
                if means[-1] > best_mean:
                    best, best_mean = k, means[-1]
            return best, means
        """,
    ),
    "project pixel by pixel": (
        "project",
        """
        def forgiving_distances(queries, images, reach):
            M, H, W = queries.shape
            best = np.full((M, len(images)), 1e9)
            for a in range(-reach, reach + 1):
                for b in range(-reach, reach + 1):
                    moved = np.zeros_like(queries)
                    for i in range(H):
                        for j in range(W):
                            if 0 <= i - a < H and 0 <= j - b < W:
                                moved[:, i, j] = queries[:, i - a, j - b]
                    best = np.minimum(best, np.sqrt(((moved[:, None] - images) ** 2).sum((2, 3))))
            return best
        """,
    ),
    "project with roll and black edges": (
        "project",
        """
        def forgiving_distances(queries, images, reach):
            found = []
            for a in range(-reach, reach + 1):
                for b in range(-reach, reach + 1):
                    moved = np.roll(queries, (a, b), (1, 2))
                    if a > 0: moved[:, :a] = 0
                    if a < 0: moved[:, a:] = 0
                    if b > 0: moved[:, :, :b] = 0
                    if b < 0: moved[:, :, b:] = 0
                    found.append(np.linalg.norm((moved[:, None] - images).reshape(
                        len(queries), len(images), -1), axis=2))
            return np.array(found).min(axis=0)
        """,
    ),
    "project with SciPy's shift": (
        "project",
        """
        def forgiving_distances(queries, images, reach):
            from scipy.ndimage import shift
            smallest, steps = np.inf, range(-reach, reach + 1)
            for step in [(a, b) for a in steps for b in steps]:
                moved = np.stack([shift(q, step, order=0) for q in queries])
                gaps = moved[:, None] - images[None]
                smallest = np.minimum(smallest, np.einsum("mnhw,mnhw->mn", gaps, gaps))
            return smallest**0.5
        """,
    ),
    "repair line by line": ("repair", COLLEAGUE.format(**REPAIRED)),
    "repair with the deviation set in place": (
        "repair",
        COLLEAGUE.format(**REPAIRED | {"std": "std[std == 0] = 1.0"}),
    ),
    "repair with SciPy, in lists": (
        "repair",
        """
        def repaired(train, train_labels, new, new_labels, k):
            from scipy.spatial.distance import cdist
            from scipy.stats import mode
            mean, std = np.mean(train, axis=0), np.std(train, axis=0)
            std = [s if s > 0 else 1 for s in std]
            d = cdist((new - mean) / std, (train - mean) / std)
            near = d.argsort(axis=1)[:, :k]
            answers = mode(train_labels[near], axis=1).mode
            return np.sort(d, axis=1)[:, :k].tolist(), answers.tolist(), float((answers == new_labels).mean())
        """,
    ),
    "repair by scikit-learn": (
        "repair",
        """
        def repaired(train, train_labels, new, new_labels, k):
            from sklearn.neighbors import KNeighborsClassifier
            from sklearn.preprocessing import StandardScaler
            scaler = StandardScaler().fit(train)
            train, new = scaler.transform(train), scaler.transform(new)
            model = KNeighborsClassifier(k, algorithm="brute").fit(train, train_labels)
            return model.kneighbors(new)[0], model.predict(new), model.score(new, new_labels)
        """,
    ),
    "repair with differences in single precision": (
        "repair",
        """
        def repaired(train, train_labels, new, new_labels, k):
            mean, std = train.mean(0), train.std(0)
            std = std + (std == 0)
            a, b = np.float32((train - mean) / std), np.float32((new - mean) / std)
            d = np.linalg.norm(b[:, None] - a, axis=-1)
            answers = []
            for row in d:
                votes = np.bincount(train_labels[np.argsort(row)[:k]], minlength=10)
                answers.append(int(votes.argmax()))
            return np.sort(d)[:, :k], answers, sum(np.equal(answers, new_labels)) / len(new_labels)
        """,
    ),
    "repair with a partition, sorted afterwards": (
        "repair",
        """
        def repaired(train, train_labels, new, new_labels, k):
            center, scale = train.mean(axis=0), train.std(axis=0)
            scale[scale < 1e-12] = 1
            d = np.sqrt((((new - center)[:, None] / scale - (train - center) / scale) ** 2).sum(2))
            part = np.argpartition(d, k - 1, axis=1)[:, :k]
            votes = (train_labels[part][:, :, None] == np.arange(10)).sum(axis=1).argmax(axis=1)
            right = np.count_nonzero(votes == new_labels)
            return np.sort(np.take_along_axis(d, part, 1), 1), votes, right / len(new)
        """,
    ),
}


L2 = """
def l2_distances(X, Y):
    {convert}
    with np.errstate(all="ignore"):
        {squares}
        return {root}
"""
CONVERT = "X, Y = X.astype(float), Y.astype(float)"
SQUARES = "d = (X**2).sum(1)[:, None] + (Y**2).sum(1) - 2 * X @ Y.T"
ROOT = "np.sqrt(np.maximum(d, 0))"

VOTE = """
def knn_predict(distances, labels, k):
    answers = []
    for row in distances:
        votes = labels[np.argsort(row)[:k]].tolist()
        answers.append({winner})
    return np.array(answers)
"""

CHOOSE = """
def choose_k(x, labels, folds, ks, predict):
    means = []
    for k in ks:
        means.append(np.mean([{accuracy} for t, v in folds]))
    return {result}
"""
ACCURACY = "np.mean(predict(x[t], labels[t], x[v], k) == labels[v])"

SHIFTS = """
def forgiving_distances(queries, images, reach):
    M, H, W = queries.shape
    padded = np.pad(queries, ((0, 0), (reach, reach), (reach, reach)){mode})
    found = []
    for a in range({shifts}):
        for b in range({shifts}):
            moved = padded[:, a : a + H, b : b + W].reshape(M, -1)
            rows = images.reshape(len(images), -1)
            found.append((moved**2).sum(1)[:, None] - 2 * moved @ rows.T + (rows**2).sum(1))
    with np.errstate(invalid="ignore"):
        return {root}
"""
ALL, SMALLEST = "2 * reach + 1", "np.sqrt(np.maximum(np.min(found, axis=0), 0))"

WRONG = {
    "l1 wraps around": (
        "l1",
        "def l1_distances(X, Y): return np.array([np.sum(np.abs(x - Y), axis=1) for x in X])",
        "Differences of uint8 wrap around",
    ),
    "l1 in integers": (
        "l1",
        "def l1_distances(X, Y): return np.abs(X[:, None].astype(int) - Y.astype(int)).sum(-1)",
        "cuts the decimals off",
    ),
    "l1 is turned": (
        "l1",
        "def l1_distances(X, Y): return np.abs(Y[:, None] - 1.0 * X).sum(2)",
        "Rows and columns are swapped",
    ),
    "l1 is l2": (
        "l1",
        "def l1_distances(X, Y): return np.linalg.norm(X[:, None] - 1.0 * Y, axis=2)",
        "Euclidean distance",
    ),
    "l1 of the square alone": (
        "l1",
        "def l1_distances(X, Y): return np.stack([np.abs(1.0 * Y - X[i]).sum(1) for i in range(4)])",
        "",
    ),
    "l2 of bytes, multiplied out": ("l2", L2.format(convert="", squares=SQUARES, root=ROOT), "uint8"),
    "l2 of bytes, product in brackets": (
        "l2",
        L2.format(convert="", squares=SQUARES.replace("2 * X @ Y.T", "2 * (X @ Y.T)"), root=ROOT),
        "uint8",
    ),
    "l2 of bytes, product first": (
        "l2",
        L2.format(
            convert="", squares="d = -2 * (X @ Y.T) + (X**2).sum(1)[:, None] + (Y**2).sum(1)", root=ROOT
        ),
        "uint8",
    ),
    "l2 of bytes, differences": (
        "l2",
        "def l2_distances(X, Y): return np.array([np.sqrt(((Y - x) ** 2).sum(axis=1)) for x in X])",
        "Convert the images to float first",
    ),
    "l2 of bytes, other differences": (
        "l2",
        """
        def l2_distances(X, Y):
            d = np.zeros((len(X), len(Y)))
            for i in range(len(X)):
                for j in range(len(Y)):
                    d[i, j] = np.linalg.norm(X[i] - Y[j])
            return d
        """,
        "Convert the images to float first",
    ),
    "l2 of bytes, and NaN for equal rows": (
        "l2",
        L2.format(convert="", squares=SQUARES, root="np.sqrt(d)"),
        "uint8",
    ),
    "l2 in integers": (
        "l2",
        L2.format(convert="X, Y = X.astype(int), Y.astype(int)", squares=SQUARES, root=ROOT),
        "cuts",
    ),
    "l2 gives NaN": (
        "l2",
        L2.format(convert=CONVERT, squares=SQUARES, root="np.sqrt(d)"),
        "Equal rows give NaN",
    ),
    "l2 is squared, and NaN is no matter": (
        "l2",
        L2.format(convert=CONVERT, squares=SQUARES, root="d"),
        "The root is missing",
    ),
    "l2 halves": (
        "l2",
        L2.format(convert=CONVERT, squares=SQUARES, root="np.maximum(d, 0) ** 1 / 2"),
        "takes the first power",
    ),
    "l2 with a limit that shows": (
        "l2",
        L2.format(convert=CONVERT, squares=SQUARES, root="np.sqrt(np.maximum(d, 1))"),
        "not at distance 0",
    ),
    "nearest with an unstable sort": (
        "nearest",
        "def nearest(distances, k): return np.argsort(distances, axis=1)[:, :k]",
        "smaller",
    ),
    "nearest with a partition": (
        "nearest",
        """
        def nearest(distances, k):
            part = np.argpartition(distances, k - 1, axis=1)[:, :k]
            near = np.take_along_axis(distances, part, axis=1).argsort(axis=1)
            return np.take_along_axis(part, near, axis=1)
        """,
        "smaller",
    ),
    "nearest for five": (
        "nearest",
        "def nearest(distances, k): return np.argsort(distances, axis=1, kind='stable')[:, :5]",
        "",
    ),
    "nearest backwards": (
        "nearest",
        "def nearest(distances, k): return np.argsort(distances, kind='stable')[:, ::-1][:, :k]",
        "These are the farthest ones",
    ),
    "nearest of columns": (
        "nearest",
        "def nearest(distances, k): return np.argsort(distances, 0, kind='stable')[:, :k]",
        "wrong axis",
    ),
    "nearest gives distances": (
        "nearest",
        "def nearest(distances, k): return np.partition(distances, range(k), axis=1)[:, :k]",
        "smallest distances themselves",
    ),
    "nearest returns nothing": (
        "nearest",
        "def nearest(distances, k): np.argsort(distances, axis=1, kind='stable')[:, :k]",
        "nearest returned None (is a return missing?); then TypeError: int() argument",
    ),
    "predict by a set": (
        "predict",
        VOTE.format(winner="max(set(votes), key=votes.count)"),
        "A set has no order",
    ),
    "predict by a counter": (
        "predict",
        VOTE.format(winner="__import__('collections').Counter(votes).most_common(1)[0][0]"),
        "nearer neighbour win",
    ),
    "predict by the last of the counts": (
        "predict",
        VOTE.format(winner="sorted(set(votes), key=lambda l: (votes.count(l), l))[-1]"),
        "the largest label win",
    ),
    "predict by the mean": ("predict", VOTE.format(winner="round(np.mean(votes))"), "You average the labels"),
    "predict by the nearest": ("predict", VOTE.format(winner="votes[0]"), "nearest image alone"),
    "predict with a table of ten": (
        "predict",
        """
        def knn_predict(distances, labels, k):
            answers = []
            for row in distances:
                table = [0] * 10
                for i in np.argsort(row)[:k]:
                    table[labels[i]] += 1
                answers.append(int(np.argmax(table)))
            return answers
        """,
        "list index out of range",
    ),
    "predict with one voter too many": (
        "predict",
        VOTE.format(winner="min(set(votes), key=lambda l: (-votes.count(l), l))").replace("[:k]", "[:k + 1]"),
        "k + 1 vote",
    ),
    "predict counts indices": (
        "predict",
        VOTE.format(winner="np.bincount(votes).argmax()").replace(
            "labels[np.argsort(row)[:k]]", "np.argsort(row)[:k]"
        ),
        "You count the indices of the nearest training images",
    ),
    "choose returns the best accuracy": (
        "choose",
        CHOOSE.format(accuracy=ACCURACY, result="max(means), means"),
        "You return the best accuracy.",
    ),
    "choose pools the folds": (
        "choose",
        """
        def choose_k(x, labels, folds, ks, predict):
            rows = sum(len(v) for _, v in folds)
            right = [[predict(x[t], labels[t], x[v], k) == labels[v] for t, v in folds] for k in ks]
            means = [sum(map(sum, of_folds)) / rows for of_folds in right]
            return ks[np.argmax(means)], means
        """,
        "large folds weigh more",
    ),
    "choose returns the means first": (
        "choose",
        CHOOSE.format(accuracy=ACCURACY, result="means, ks[np.argmax(means)]"),
        "The chosen value comes first",
    ),
    "choose takes the last of equal ones": (
        "choose",
        CHOOSE.format(
            accuracy=ACCURACY, result="[k for k, m in zip(ks, means) if m == max(means)][-1], means"
        ),
        "you take the last",
    ),
    "choose takes the smallest of equal ones": (
        "choose",
        CHOOSE.format(
            accuracy=ACCURACY, result="min(k for k, m in zip(ks, means) if m == max(means)), means"
        ),
        "you take the smallest",
    ),
    "choose ignores predict": (
        "choose",
        CHOOSE.format(
            accuracy=ACCURACY.replace("predict(", "blurred_vote("), result="ks[np.argmax(means)], means"
        ),
        "",
    ),
    "choose ignores ks": (
        "choose",
        CHOOSE.format(accuracy=ACCURACY, result="ks[np.argmax(means)], means").replace(
            "means = []", "means, ks = [], [1, 2, 4, 8, 40]"
        ),
        "",
    ),
    "choose measures where it trains": (
        "choose",
        CHOOSE.format(
            accuracy="(predict(x[t], labels[t], x[t], k) == labels[t]).mean()",
            result="ks[np.argmax(means)], means",
        ),
        "on the training rows",
    ),
    "project wraps around": (
        "project",
        """
        def forgiving_distances(queries, images, reach):
            best = np.inf
            for a in range(-reach, reach + 1):
                for b in range(-reach, reach + 1):
                    moved = np.roll(np.roll(queries, a, axis=1), b, axis=2)
                    best = np.minimum(best, np.sqrt(((moved[:, None] - images) ** 2).sum(axis=(2, 3))))
            return best
        """,
        "np.roll brings back",
    ),
    "project misses the last shift": (
        "project",
        SHIFTS.format(mode="", shifts="2 * reach", root=SMALLEST),
        "The last shift is missing",
    ),
    "project repeats the edge": (
        "project",
        SHIFTS.format(mode=", 'edge'", shifts=ALL, root=SMALLEST),
        "repeats the edge",
    ),
    "project averages": (
        "project",
        SHIFTS.format(mode="", shifts=ALL, root="np.mean(np.sqrt(np.maximum(found, 0)), axis=0)"),
        "You average over the shifts",
    ),
    "project gives NaN": (
        "project",
        SHIFTS.format(mode="", shifts=ALL, root="np.sqrt(np.min(found, axis=0))"),
        "NaN",
    ),
    "project has no root": (
        "project",
        SHIFTS.format(mode="", shifts=ALL, root="np.maximum(np.min(found, axis=0), 0)"),
        "The root is missing",
    ),
    "project for a reach of 1": (
        "project",
        SHIFTS.format(mode="", shifts="3", root=SMALLEST).replace("M, H, W =", "reach = 1; M, H, W ="),
        "",
    ),
    "project with a cut that fails for a reach of 0": (
        "project",
        """
        def forgiving_distances(queries, images, reach):
            M, H, W = queries.shape
            wide, best = np.pad(queries, ((0, 0), (2 * reach,) * 2, (2 * reach,) * 2)), np.inf
            for a in range(-reach, reach + 1):
                for b in range(-reach, reach + 1):
                    moved = np.roll(wide, (a, b), (1, 2))[:, 2 * reach : -2 * reach, 2 * reach : -2 * reach]
                    best = np.minimum(best, np.linalg.norm(moved[:, None] - images, axis=(2, 3)))
            return best
        """,
        "",
    ),
    "repair not even begun": ("repair", COLLEAGUE.format(**FAULTS), "NaN"),
    "repair of the rows alone": ("repair", repaired_but_for("std", "sign", "columns", "answer"), "NaN"),
    "repair of the constant columns alone": (
        "repair",
        repaired_but_for("rows", "sign", "columns", "answer"),
        "new rows have a say",
    ),
    "repair but for the rows": ("repair", repaired_but_for("rows"), "from the training rows alone"),
    "repair but for the constant columns": ("repair", repaired_but_for("std"), "divide it by 1"),
    "repair but for the sign": ("repair", repaired_but_for("sign"), "-2 x·y"),
    "repair but for the sign and the shape": (
        "repair",
        repaired_but_for("sign", "answer"),
        "not the last fault",
    ),
    "repair but for the first neighbour": ("repair", repaired_but_for("columns"), "never votes"),
    "repair but for the shape": ("repair", repaired_but_for("answer"), "(M, 1)"),
    "repair with a tiny number": ("repair", repaired_but_for(std="std = std + 1e-8"), "outweighs"),
    "repair with a tiny largest": (
        "repair",
        repaired_but_for(std="std = np.maximum(std, 1e-8)"),
        "outweighs",
    ),
    "repair without root": (
        "repair",
        repaired_but_for().replace("np.sqrt(squares)", "squares"),
        "squared distances",
    ),
    "repair in percent": ("repair", repaired_but_for().replace("np.mean(", "100 * np.mean("), "percent"),
    "repair with an error rate": (
        "repair",
        repaired_but_for().replace("answers == new", "answers != new"),
        "wrong",
    ),
    "repair with the largest label at a tie": (
        "repair",
        repaired_but_for(answer="9 - np.bincount(9 - train_labels[row]).argmax()"),
        "largest",
    ),
    "repair without the constant columns": (
        "repair",
        repaired_but_for(
            std="train, new = train[:, std > 0], new[:, std > 0]; mean, std = mean[std > 0], std[std > 0]"
        ),
        "do not count",
    ),
}


def test_the_callers_arrays_stay(card):
    """The numbers are right, but the text says that distances and queries must not be changed."""
    nearest = """
        def nearest(distances, k):
            found = []
            for _ in range(k):
                found.append(np.argmin(distances, axis=1))
                distances[range(len(distances)), found[-1]] = 1e9
            return np.array(found).T
    """
    assert "The caller's distances are changed" in card("nearest", nearest)
    project = SHIFTS.format(mode="", shifts=ALL, root=SMALLEST).replace(
        "found = []", "found = []; queries += 1"
    )
    assert "you changed the caller's queries" in card("project", project)


def test_a_hint_about_one_part_says_nothing_of_the_others(whole_card):
    """The caller's distances are sorted, and so the indices are wrong, too: no hint calls them right."""
    said = whole_card(
        "nearest",
        """
        def nearest(distances, k):
            distances.sort(axis=1)
            return np.argsort(distances, axis=1, kind="stable")[:, :k]
        """,
    )
    assert "The caller's distances are changed." in said, said
    assert "indices are right" not in said and "right ones" not in said, said


def test_a_missing_return_is_no_matter_of_arguments(card):
    """The question makes integers of None: int() is no function of the student's."""
    code = "def nearest(distances, k): np.argsort(distances, axis=1, kind='stable')[:, :k]"
    assert "keep its arguments" not in card("nearest", code)
    assert "keep its arguments" in card("nearest", "def nearest(distances): return distances")


def test_a_shape_is_compared_with_that_of_the_same_call(card):
    """The question asks for rows of its own last of all; no shape of theirs stands beside an expected one."""
    said = card("l2", "def l2_distances(X, Y): return np.linalg.norm(X[:, None] - 1.0 * Y, axis=1)")
    assert "expected an array of shape" in said and "(100, 50)" not in said, said
    later = """
        def l2_distances(X, Y):
            d = np.linalg.norm(X[:, None] - 1.0 * Y, axis=2)
            return d.sum(axis=1) if len(X) == 100 else d
    """
    said = card("l2", later)
    assert "l2_distances returned an array of shape (100,)" in said and "expected" not in said, said


def test_of_four_voters_nothing_is_said_about_one(whole_card):
    """The farthest image is wrong for k = 1, too: the sentence about four voters does not call that right."""
    said = whole_card(
        "predict", "def knn_predict(distances, labels, k): return labels[distances.argmax(axis=1)]"
    )
    assert "where four vote" in said and "right for k = 1" not in said and "right when k is 1" not in said, (
        said
    )


def test_the_best_accuracy_is_not_called_a_place(whole_card):
    """Of equal ones it is 1.0, and so is the place of the first of them in the list."""
    said = whole_card("choose", CHOOSE.format(accuracy=ACCURACY, result="float(max(means)), means"))
    assert "You return the best accuracy." in said and "the place of" not in said, said
