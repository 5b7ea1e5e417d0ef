"""Session 4: which answers are right, and what is said of those that are not."""

from .table import (  # noqa: F401
    test_a_sample_of_changed_answers_is_refused,
    test_right_answers_are_right,
    test_wrong_answers_are_told_why,
)

STEM = "04_backpropagation"

NUMERIC = """
def numeric_gradient(f, x, h):
    work, gradient = x.astype(float), np.zeros(x.shape)
    walk = np.nditer(x, flags=["multi_index"])
    for _ in walk:
        place = walk.multi_index
        kept = work[place]
        work[place] = kept + h
        above = f(work)
        work[place] = kept - h
        gradient[place] = {slope}
        {back}
    return gradient
"""
RELATIVE = """
def relative_error(a, b):
    below = {below}
    {nan}
    with np.errstate(all="ignore"):
        return np.max(np.where({both}, 0, np.abs(a - b) / below))
"""
CHECKED = {
    "below": "np.maximum(np.abs(a), np.abs(b))",
    "nan": "if np.isnan(a + b).any(): return np.inf",
    "both": "(a == 0) & (b == 0)",
}
NET = """
def two_layer(params, X, y, reg):
    W1, b1, W2, b2 = (params[name] for name in ("W1", "b1", "W2", "b2"))
    N, hidden = len(y), np.maximum(X.dot(W1) + b1, 0)
    Z = hidden.dot(W2) + b2
    Z -= {shift}
    P = np.exp(Z)
    P /= P.sum(axis=1, keepdims=True)
    loss = {loss} + 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))
    P[range(N), y] -= 1
    P /= N
    dW2, db2, back = hidden.T.dot(P), P.sum(axis=0), P.dot(W2.T)
    back[{gate}] = 0
    dW1, db1 = X.T.dot(back), back.sum(axis=0)
    dW1 += {decay} * W1
    dW2 += {decay} * W2
    return loss, {{"W2": dW2, "W1": dW1, "b1": db1, "b2": db2}}
"""
USUAL = {
    "shift": "Z.max(axis=1, keepdims=True)",
    "loss": "-np.log(P[range(N), y]).mean()",
    "gate": "hidden <= 0",
    "decay": "reg",
}
TRAIN = """
def train(params, X, y, X_val, y_val, rng, epochs, batch_size, lr, reg):
    net, best, losses = {start}, None, []
    for _ in range({epochs}):
        order = rng.permutation(len(y))
        for first in range(0, len(order), batch_size):
            some = order[first : first + batch_size]
            for name, gradient in two_layer(net, X[some], y[some], reg)[1].items():
                net[name] {step}
        losses.append(two_layer(net, X_val, y_val, 0)[0])
        if losses[-1] <= min(losses):
            best = {{name: {kept} for name, array in net.items()}}
    return best, losses
"""
CAREFUL = {
    "start": "{name: array.copy() for name, array in params.items()}",
    "epochs": "epochs",
    "step": "-= lr * gradient",
    "kept": "array.copy()",
}
TIED = """
def train_tied(params, X, lr, steps, batch_size):
    W, b, c = {start}
    losses = []
    for step in range(steps):
        {rows}
        S = batch @ W + b
        H = np.tanh(S)
        R = H @ W.T + c
        losses.append({loss})
        dR = (R - batch) / {divisor}
        dS = (dR @ W) * {slope}
        {dW}
        db = {db}
        dc = {dc}
        {step}
    return {{"W": W, "b": b, "c": c}}, losses
"""
MENDED = {
    "start": 'params["W"], params["b"], params["c"]',
    "rows": "batch = np.roll(X, -step * batch_size, axis=0)[:batch_size]",
    "loss": "((R - batch) ** 2).sum() / (2 * len(batch))",
    "divisor": "len(batch)",
    "slope": "(1 - H**2)",
    "dW": "dW = batch.T @ dS + dR.T @ H",
    "db": "dS.sum(axis=0)",
    "dc": "dR.sum(axis=0)",
    "step": "W, b, c = W - lr * dW, b - lr * db, c - lr * dc",
}

HURRIED = {
    "rows": "batch = X[:batch_size]",
    "divisor": "len(X)",
    "slope": "(1 - S**2)",
    "dW": "dW = batch.T @ dS",
    "dc": "-dR.sum(axis=0)",
}

RIGHT = {
    "numeric with nditer": (
        "numeric",
        NUMERIC.format(slope="(above - f(work)) / (2 * h)", back="work[place] = kept"),
    ),
    "relative by parts": ("relative", RELATIVE.format(**CHECKED)),
    "relative entry by entry": (
        "relative",
        """
        def relative_error(a, b):
            worst = 0
            for one, other in zip(a.flatten(), b.flatten()):
                if np.isnan(one) or np.isnan(other):
                    return float("inf")
                if one != 0 or other != 0:
                    worst = max(worst, abs(one - other) / max(abs(one), abs(other)))
            return worst
        """,
    ),
    "graph with a list for an order": (
        "graph",
        """
        def backward(result):
            order = []

            def visit(node):
                for source, _ in node.inputs:
                    if source not in order:
                        visit(source)
                order.append(node)

            visit(result)
            result.grad = 1
            for node in order[::-1]:
                for source, derivative in node.inputs:
                    source.grad += derivative * node.grad
        """,
    ),
    "affine in float32, gradients changed in place": (
        "affine",
        """
        def affine_backward(dout, x, W, b):
            dout, x, W = (array.astype("float32") for array in (dout, x, W))
            dx = np.dot(dout, W.T)
            dx.shape = x.shape
            b[:] = 0
            b += dout.sum(0)
            return dx, x.reshape(x.shape[0], -1).T.dot(dout), b
        """,
    ),
    "unbroadcast with loops": (
        "unbroadcast",
        """
        def unbroadcast(gradient, shape):
            while gradient.ndim > len(shape):
                gradient = gradient.sum(0)
            for axis in range(len(shape)):
                if shape[axis] == 1:
                    gradient = gradient.sum(axis, keepdims=True)
            return gradient
        """,
    ),
    "two layers as people write them": ("two_layer", NET.format(**USUAL)),
    "two layers by torch": (
        "two_layer",
        """
        def two_layer(params, X, y, reg):
            import torch

            net = {name: torch.tensor(array, requires_grad=True) for name, array in params.items()}
            hidden = torch.relu(torch.tensor(X) @ net["W1"] + net["b1"])
            loss = torch.nn.functional.cross_entropy(hidden @ net["W2"] + net["b2"], torch.tensor(y))
            loss = loss + reg / 2 * (net["W1"].square().sum() + net["W2"].square().sum())
            loss.backward()
            return loss.detach(), {name: tensor.grad for name, tensor in net.items()}
        """,
    ),
    "the hurried training, mended": ("debug", TIED.format(**MENDED)),
    "mended, rows by a counter": (
        "debug",
        TIED.format(
            **MENDED
            | {
                "rows": "batch = X[step % (len(X) // batch_size) * batch_size :][:batch_size]",
                "slope": "(1 + H) * (1 - H)",
            }
        ),
    ),
    "mended, with in-place steps on copies": (
        "debug",
        TIED.format(
            **MENDED
            | {
                "start": '(params[name].copy() for name in "Wbc")',
                "step": "W -= lr * dW; b -= lr * db; c -= lr * dc",
            }
        ),
    ),
    "mended, the loss as a mean of means": (
        "debug",
        TIED.format(**MENDED | {"loss": "0.5 * X.shape[1] * np.mean((R - batch) ** 2)"}),
    ),
    "mended, the slope by cosh": (
        "debug",
        TIED.format(**MENDED | {"slope": "/ np.cosh(S) ** 2"}).replace("* /", "/"),
    ),
    "mended, with einsum": (
        "debug",
        TIED.format(
            **MENDED | {"dW": 'dW = np.einsum("nd,nm->dm", batch, dS) + np.einsum("nm,nd->dm", H, dR)'}
        ),
    ),
    "training in place on copies": ("project", TRAIN.format(**CAREFUL)),
    "training with new arrays": (
        "project",
        TRAIN.format(
            **CAREFUL | {"start": "dict(params)", "step": "= net[name] - lr * gradient", "kept": "array"}
        ),
    ),
}

WRONG = {
    "a fixed step": (
        "numeric",
        NUMERIC.format(slope="(above - f(work)) / (2 * h)", back="work[place] = kept").replace(
            "    work, gradient", "    h = 1e-5\n    work, gradient"
        ),
        "whatever h says",
    ),
    "entries that stay moved": (
        "numeric",
        NUMERIC.format(slope="(above - f(work)) / (2 * h)", back="pass"),
        "",
    ),
    "entries put back by adding": (
        "numeric",
        """
        def numeric_gradient(f, x, h):
            work = x if x.dtype == float else x.astype(float)
            gradient = np.zeros(x.shape)
            for place in np.ndindex(*x.shape):
                work[place] += h
                gradient[place] = f(work)
                work[place] -= 2 * h
                gradient[place] -= f(work)
                work[place] += h
            return gradient / (2 * h)
        """,
        "not quite x again",
    ),
    "forward difference": (
        "numeric",
        NUMERIC.format(slope="(above - f(x.astype(float))) / h", back="work[place] = kept"),
        "forward difference",
    ),
    "divided by both": (
        "relative",
        RELATIVE.format(**CHECKED | {"below": "np.maximum(1e-8, np.abs(a) + np.abs(b))"}),
        "|a| + |b|",
    ),
    "at least 1e-12": (
        "relative",
        RELATIVE.format(**CHECKED | {"below": "np.maximum(1e-12, np.maximum(abs(a), abs(b)))"}),
        "Tiny gradients look equal to you",
    ),
    "1e-7 added": (
        "relative",
        RELATIVE.format(**CHECKED | {"below": "np.maximum(abs(a), abs(b)) + 1e-7"}),
        "Tiny gradients look equal to you",
    ),
    "divided by the second": (
        "relative",
        RELATIVE.format(**CHECKED | {"below": "np.abs(b)"}),
        "same one of the two",
    ),
    "the larger one with its sign": (
        "relative",
        RELATIVE.format(**CHECKED | {"below": "np.maximum(a, b)"}),
        "with its sign",
    ),
    "NaN in the second only": (
        "relative",
        RELATIVE.format(**CHECKED | {"nan": "if np.isnan(b).any(): return np.inf"}),
        "NaN in one of the arrays",
    ),
    "0 in one is 0 in both": (
        "relative",
        RELATIVE.format(**CHECKED | {"both": "(a == 0) | (b == 0)"}),
        "",
    ),
    "gradients in a list": (
        "graph",
        """
        def backward(result):
            return [derivative for _, derivative in result.inputs]
        """,
        "Set node.grad",
    ),
    "the result's inputs alone": (
        "graph",
        """
        def backward(result):
            result.grad = 1.0
            for source, derivative in result.inputs:
                source.grad += derivative
        """,
        "hand nothing on",
    ),
    "breadth first": (
        "graph",
        """
        def backward(result):
            result.grad, order = 1.0, [result]
            for node in order:
                order += [source for source, _ in node.inputs if source not in order]
            for node in order:
                for source, derivative in node.inputs:
                    source.grad += derivative * node.grad
        """,
        "distance from the result",
    ),
    "a bias gradient of one row": (
        "affine",
        """
        def affine_backward(dout, x, W, b):
            dW = x.reshape(len(x), -1).T @ dout
            return (dout @ W.T).reshape(x.shape), dW, np.ones((1, len(x))) @ dout
        """,
        "shape of b",
    ),
    "results in another order": (
        "affine",
        """
        def affine_backward(dout, x, W, b):
            return x.reshape(len(x), -1).T @ dout, (dout @ W.T).reshape(x.shape), dout.sum(axis=0)
        """,
        "another order",
    ),
    "axes of size 1 forgotten": (
        "unbroadcast",
        """
        def unbroadcast(gradient, shape):
            while gradient.ndim > len(shape):
                gradient = gradient.sum(axis=0)
            return gradient
        """,
        "Axes of size 1",
    ),
    "no shift": ("two_layer", NET.format(**USUAL | {"shift": "0"}), "overflow"),
    "the largest of all rows": (
        "two_layer",
        NET.format(**USUAL | {"shift": "Z.max()"}),
        "largest score of all rows",
    ),
    "the smallest of each row": (
        "two_layer",
        NET.format(**USUAL | {"shift": "Z.min(axis=1, keepdims=True)"}),
        "",
    ),
    "1e-12 in the logarithm": (
        "two_layer",
        NET.format(**USUAL | {"loss": "-np.log(P[range(N), y] + 1e-12).mean()"}),
        "small number in the logarithm",
    ),
    "a gate without the bias": (
        "two_layer",
        NET.format(**USUAL | {"gate": "X.dot(W1) <= 0"}),
        "behind the bias",
    ),
    "twice the penalty's gradient": (
        "two_layer",
        NET.format(**USUAL | {"decay": "2 * reg"}),
        "does not fit the penalty",
    ),
    "half the penalty's gradient": (
        "two_layer",
        NET.format(**USUAL | {"decay": "0.5 * reg"}),
        "does not fit the penalty",
    ),
    "weights decayed in place": (
        "two_layer",
        NET.format(**USUAL).replace("    return", "    W1 *= 0.9\n    return"),
        "params in place",
    ),
    "hurried: as it was": (
        "debug",
        TIED.format(
            **MENDED
            | {
                "rows": "batch = X[:batch_size]",
                "divisor": "len(X)",
                "slope": "(1 - S**2)",
                "dW": "dW = batch.T @ dS",
                "dc": "-dR.sum(axis=0)",
            }
        ),
        "At least four of the five",
    ),
    "hurried: one fault mended": (
        "debug",
        TIED.format(**MENDED | HURRIED | {"rows": MENDED["rows"]}),
        "At least four of the five",
    ),
    "hurried: two faults mended": (
        "debug",
        TIED.format(**MENDED | {"slope": "(1 - S**2)", "dW": "dW = batch.T @ dS", "dc": "-dR.sum(axis=0)"}),
        "At least three faults",
    ),
    "hurried: two faults left": (
        "debug",
        TIED.format(**MENDED | {"slope": "(1 - S**2)", "rows": "batch = X[:batch_size]"}),
        "At least two faults",
    ),
    "hurried: slope of S left": (
        "debug",
        TIED.format(**MENDED | {"slope": "(1 - S**2)"}),
        "before the squashing",
    ),
    "hurried: slope without square": (
        "debug",
        TIED.format(**MENDED | {"slope": "(1 - H)"}),
        "squared",
    ),
    "hurried: second use left": (
        "debug",
        TIED.format(**MENDED | {"dW": "dW = batch.T @ dS"}),
        "way in alone",
    ),
    "hurried: second use alone": (
        "debug",
        TIED.format(**MENDED | {"dW": "dW = dR.T @ H"}),
        "way out alone",
    ),
    "hurried: shares averaged": (
        "debug",
        TIED.format(**MENDED | {"dW": "dW = (batch.T @ dS + dR.T @ H) / 2"}),
        "add up",
    ),
    "hurried: shares subtracted": (
        "debug",
        TIED.format(**MENDED | {"dW": "dW = batch.T @ dS - dR.T @ H"}),
        "add up",
    ),
    "hurried: sign of c left": (
        "debug",
        TIED.format(**MENDED | {"dc": "-dR.sum(axis=0)"}),
        "uphill",
    ),
    "hurried: c by a mean": (
        "debug",
        TIED.format(**MENDED | {"dc": "dR.mean(axis=0)"}),
        "",
    ),
    "hurried: b by a mean": (
        "debug",
        TIED.format(**MENDED | {"db": "dS.mean(axis=0)"}),
        "",
    ),
    "hurried: divisor left": (
        "debug",
        TIED.format(**MENDED | {"divisor": "len(X)"}),
        "number of all rows",
    ),
    "hurried: no divisor": (
        "debug",
        TIED.format(**MENDED | {"divisor": "1"}),
        "sums",
    ),
    "hurried: same rows": (
        "debug",
        TIED.format(**MENDED | {"rows": "batch = X[:batch_size]"}),
        "same rows",
    ),
    "hurried: batches that move by one row": (
        "debug",
        TIED.format(**MENDED | {"rows": "batch = np.roll(X, -step, axis=0)[:batch_size]"}),
        "",
    ),
    "hurried: batches that end": (
        "debug",
        TIED.format(**MENDED | {"rows": "batch = X[step * batch_size :][:batch_size]"}),
        "or with an empty one",
    ),
    "hurried: in place": (
        "debug",
        TIED.format(**MENDED | {"step": "W -= lr * dW; b -= lr * db; c -= lr * dc"}),
        "params in place",
    ),
    "hurried: loss as a mean over pixels": (
        "debug",
        TIED.format(**MENDED | {"loss": "0.5 * np.mean((R - batch) ** 2)"}),
        "",
    ),
    "halved, and times h": (
        "numeric",
        NUMERIC.format(slope="(above - f(work)) / 2 * h", back="work[place] = kept"),
        "Brackets",
    ),
    "2h for a step to one side": (
        "numeric",
        NUMERIC.format(slope="(above - f(x.astype(float))) / (2 * h)", back="work[place] = kept"),
        "two points lie h apart",
    ),
    "nodes of the same value": (
        "graph",
        """
        def backward(result):
            order, seen = [], set()

            def visit(node):
                if node.value not in seen:
                    seen.add(node.value)
                    for source, _ in node.inputs:
                        visit(source)
                    order.append(node)

            visit(result)
            result.grad = 1.0
            for node in reversed(order):
                for source, derivative in node.inputs:
                    source.grad += derivative * node.grad
        """,
        "tell nodes apart by their values",
    ),
    "relative errors of all entries": (
        "relative",
        """
        def relative_error(a, b):
            larger = np.maximum(np.abs(a), np.abs(b))
            return np.abs(a - b) / np.where(larger == 0, 1, larger)
        """,
        "a maximum is missing",
    ),
    "0 for a NaN": (
        "relative",
        RELATIVE.format(**CHECKED | {"nan": "if np.isnan(a + b).any(): return 0.0"}),
        "the largest difference is infinite",
    ),
    "nothing summed": (
        "unbroadcast",
        "def unbroadcast(gradient, shape): return gradient",
        "comes back as it was",
    ),
    "20 epochs": ("project", TRAIN.format(**CAREFUL | {"epochs": "20"}), ""),
    "the caller's arrays": (
        "project",
        TRAIN.format(**CAREFUL | {"start": "dict(params)"}),
        "You changed the arrays that you were given",
    ),
    "the best is not a copy": ("project", TRAIN.format(**CAREFUL | {"kept": "array"}), "last weights"),
}


def test_no_penalty_anywhere_makes_no_gradient_right(whole_card):
    """The penalty is missing in the loss and in the gradients, or in that of one matrix."""
    plain = NET.format(**USUAL | {"decay": "0"}).replace("0.5 * reg *", "0 *")
    said = whole_card("two_layer", plain)
    assert "Your loss lacks the penalty" in said and "is missing in the gradient of a matrix" in said, said
    assert "gradients are right" not in said and "two matrices" not in said, said
    one = NET.format(**USUAL).replace("    dW2 += reg * W2\n", "")
    assert "is missing in the gradient of a matrix" in whole_card("two_layer", one)


def test_hints_about_the_loss_say_nothing_of_the_gradients(whole_card):
    """Twice the penalty, and the gradient passes ReLU everywhere; or sums in both places."""
    said = whole_card(
        "two_layer", NET.format(**USUAL | {"gate": "hidden < 0"}).replace("0.5 * reg *", "reg *")
    )
    assert "penalty in your loss is twice too large" in said and "Your gradients are those" not in said, said
    sums = NET.format(**USUAL | {"loss": "-np.log(P[range(N), y]).sum()"})
    said = whole_card("two_layer", sums.replace("P /= N", ""))
    assert "Your loss is a sum" in said and "as your gradients have it" not in said, said


def test_mistakes_of_the_softmax_are_known_here_as_well(card):
    """The smallest score subtracted, a loss of what is the gradient already, and the sign of the gradient."""
    assert "not the largest score" in card(
        "two_layer", NET.format(**USUAL | {"shift": "Z.min(axis=1, keepdims=True)"})
    )
    alias = (
        NET.format(**USUAL)
        .replace("    P[range(N), y] -= 1\n", "")
        .replace("    loss =", "    P[range(N), y] -= 1\n    loss =")
    )
    assert "dZ = P copies nothing" in card("two_layer", alias)
    assert "from the loss has the wrong sign" in card(
        "two_layer", NET.format(**USUAL).replace("P /= N", "P /= -N")
    )


def test_what_cards_say_of_graphs_and_training_claims_nothing_right(whole_card):
    """a * a has one share, the first step no penalty, the losses go up: no part is called right besides."""
    said = whole_card(
        "graph",
        """
        def backward(result):
            def go(node, share):
                node.grad = share
                for source, derivative in node.inputs:
                    go(source, derivative * share)

            go(result, 1.0)
        """,
    )
    assert "one share only" in said and "simple graphs are right" not in said, said
    code = """
        def train(params, X, y, X_val, y_val, rng, epochs, batch_size, lr, reg):
            best, losses = None, []
            for _ in range(epochs):
                params = one_epoch(params, X, y, rng.permutation(len(y)){some}, batch_size, {lr}, {reg})
                losses.append(two_layer(params, X_val, y_val, 0.0)[0])
                if losses[-1] == {best}(losses):
                    best = params
            return best, losses
    """
    few = code.format(some="[: len(y) // batch_size * batch_size]", lr="lr", reg=0, best="min")
    said = whole_card("project", few)
    assert "without the penalty" in said and "one step is right" not in said, said
    said = whole_card("project", code.format(some="", lr="-lr", reg="reg", best="max"))
    assert "You go uphill" in said and "the losses are right" not in said, said


def test_changed_arrays_are_no_right_training(whole_card):
    """One order for all epochs, and in place: two hints, of which none says that the training is right."""
    code = TRAIN.format(**CAREFUL | {"start": "dict(params)"})
    said = whole_card("project", code.replace("order = rng", "order = order if losses else rng"))
    assert "You changed the arrays" in said and "training is right" not in said, said


def test_debug_counts_the_faults_that_are_left_from_below(whole_card):
    """Half of the loss is missing beside them: what is told of the losses fits that, too."""
    said = whole_card(
        "debug", TIED.format(**MENDED | {"dc": "-dR.sum(axis=0)", "rows": "batch = X[:batch_size]"})
    )
    assert "At least two faults are left" in said, said
    said = whole_card(
        "debug",
        TIED.format(**MENDED | {"divisor": "len(X)", "loss": "((R - batch) ** 2).sum() / len(batch)"}),
    )
    assert "and is it L?" in said, said
