"""Session 6: which answers are right, and what is said of those that are not."""

import pytest

from .conftest import trains
from .table import (  # noqa: F401
    test_a_sample_of_changed_answers_is_refused,
    test_right_answers_are_right,
    test_wrong_answers_are_told_why,
)

STEM = "06_optimizers"

RIGHT = {
    "sgd by numpy's functions": (
        "sgd",
        "def sgd_step(w, dw, lr): return np.add(w, np.multiply(dw, -lr))",
    ),
    "sgd on a copy": (
        "sgd",
        """
        def sgd_step(w, dw, lr):
            new = w.copy()
            new -= lr * dw
            return new
        """,
    ),
    "sgd as nested lists": (
        "sgd",
        "def sgd_step(w, dw, lr): return [[a - lr * b for a, b in zip(*rows)] for rows in zip(w, dw)]",
    ),
    "momentum, the weights in place": (
        "momentum",
        """
        def momentum_step(w, dw, v, lr, mu):
            v = mu * v + dw
            w -= lr * v
            return w, v
        """,
    ),
    "momentum, written into the arrays": (
        "momentum",
        """
        def momentum_step(w, dw, v, lr, mu):
            v[...] = mu * v + dw
            w[:] = w - lr * v
            return [w, v]
        """,
    ),
    "momentum with a velocity that points downhill": (
        "momentum",
        """
        def momentum_step(w, dw, v, lr, mu):
            velocity = mu * v - dw
            return w + lr * velocity, velocity
        """,
    ),
    "momentum as lists": (
        "momentum",
        """
        def momentum_step(w, dw, v, lr, mu):
            v = [mu * old + g for old, g in zip(v, dw)]
            return [x - lr * new for x, new in zip(w, v)], v
        """,
    ),
    "momentum by torch": (
        "momentum",
        """
        def momentum_step(w, dw, v, lr, mu):
            import torch
            w, dw, v = torch.tensor(w), torch.tensor(dw), torch.tensor(v)
            v = v.mul(mu).add(dw)
            return w.sub(v, alpha=lr), v
        """,
    ),
    "nag by way of a step of momentum": (
        "nag",
        """
        def nag_step(w, dw, v, lr, mu):
            velocity = dw + v * mu
            return w - lr * dw - lr * mu * velocity, velocity
        """,
    ),
    "adagrad with a power of one half, in place": (
        "adagrad",
        """
        def adagrad_step(w, dw, s, lr, eps):
            s += np.power(dw, 2)
            dw /= s ** 0.5 + eps
            w -= lr * dw
            return w, s
        """,
    ),
    "rmsprop in single precision": (
        "rmsprop",
        """
        def rmsprop_step(w, dw, s, lr, alpha, eps):
            w, dw, s = (np.float32(x) for x in (w, dw, s))
            s = np.float32(alpha) * s + np.float32(1 - alpha) * dw * dw
            return w - np.float32(lr) * dw / (np.sqrt(s) + np.float32(eps)), s
        """,
    ),
    "rmsprop in place": (
        "rmsprop",
        """
        def rmsprop_step(w, dw, s, lr, alpha, eps):
            s = alpha * s + (1 - alpha) * dw ** 2
            w += -lr * dw / (np.sqrt(s) + eps)
            return w, s
        """,
    ),
    "adadelta, weight by weight": (
        "adadelta",
        """
        def adadelta_step(w, dw, s, d, rho, eps):
            import math
            for i, g in enumerate(dw):
                s[i] = rho * s[i] + (1 - rho) * g * g
                step = g * math.sqrt((d[i] + eps) / (s[i] + eps))
                d[i] = rho * d[i] + (1 - rho) * step * step
                w[i] -= step
            return w, s, d
        """,
    ),
    "adam in place, with hats": (
        "adam",
        """
        def adam_step(w, dw, m, v, t, lr, beta1, beta2, eps):
            m = beta1 * m + (1.0 - beta1) * dw
            v = beta2 * v + (1.0 - beta2) * (dw * dw)
            mt, vt = m / (1.0 - beta1 ** t), v / (1.0 - beta2 ** t)
            w -= lr * mt / (np.sqrt(vt) + eps)
            return w, m, v
        """,
    ),
    "adam's corrections as factors": (
        "adam",
        """
        def adam_step(w, dw, m, v, t, lr, beta1, beta2, eps):
            m += (1 - beta1) * (dw - m)
            v += (1 - beta2) * (dw ** 2 - v)
            root = np.sqrt(v / (1 - np.power(beta2, t)))
            w -= lr / (1 - np.power(beta1, t)) * m / (root + eps)
            return w, m, v
        """,
    ),
    "a staircase by recursion": (
        "staircase",
        """
        def staircase(epoch, lr, drops, gamma):
            if not drops or epoch < drops[0]:
                return lr
            return staircase(epoch, lr * gamma, drops[1:], gamma)
        """,
    ),
    "a staircase by an array": (
        "staircase",
        """
        def staircase(epoch, lr, drops, gamma):
            return np.prod(np.where(np.array(drops) <= epoch, gamma, 1.0)) * lr
        """,
    ),
    "training with a copy and a list of batches": (
        "project",
        """
        def train(W, images, labels, gradient, rng, steps, batch_size, lr, mu):
            W, v = 1 * W, 0
            batches = [rng.choice(len(labels), batch_size, replace=False) for _ in range(steps)]
            for batch in batches:
                v = mu * v + gradient(W, images[batch], labels[batch])
                W -= lr * v
            return W
        """,
    ),
    "training in single precision": (
        "project",
        """
        def train(W, images, labels, gradient, rng, steps, batch_size, lr, mu):
            W, images = W.astype(np.float32), images.astype(np.float32)
            v = np.zeros(W.shape, np.float32)
            for _ in range(steps):
                batch = rng.choice(images.shape[0], size=batch_size, replace=False)
                g = gradient(W, images[batch], labels[batch]).astype(np.float32)
                v = np.float32(mu) * v + g
                W = W - np.float32(lr) * v
            return W
        """,
    ),
    "a monitor by pairs, shouting": (
        "curve",
        """
        def diagnose(losses, window):
            if not np.isfinite(losses[-1]) or losses[0] < losses[-1]:
                return "TOO HIGH"
            if 2 * losses[-1] > losses[0]:
                return "TOO LOW"
            rises = [after > before for before, after in zip(losses[-window - 1 :], losses[-window:])]
            return "NOISY" if sum(rises) * 2 >= window else "FINE"
        """,
    ),
    "nag in the paper's variables": (
        "nag",
        """
        def nag_step(w, dw, v, lr, mu):
            u = -lr * v
            theta = w - mu * u
            u = mu * u - lr * dw
            theta = theta + u
            return theta + mu * u, -u / lr
        """,
    ),
    "adadelta line by line, with the paper's sign": (
        "adadelta",
        """
        def adadelta_step(w, dw, s, d, rho, eps):
            def rms(average): return np.sqrt(average + eps)
            s = rho * s + (1 - rho) * dw * dw
            dx = -rms(d) / rms(s) * dw
            d = rho * d + (1 - rho) * dx * dx
            return w + dx, s, d
        """,
    ),
    "an edge by doubling, then by thirds": (
        "edge",
        """
        def edge(rule, curvature):
            def explodes(lr):
                w, state = np.full(curvature.shape, 1e-3), 0 * curvature
                for _ in range(400):
                    w, state = rule(w, w * curvature, state, lr)
                    if np.linalg.norm(w) > 1e6:
                        return True
                return np.abs(w).max() > 1.01e-3
            low, high = 1e-12, 1e-12
            while not explodes(high):
                low, high = high, 2 * high
            while high > 1.001 * low:
                third = low + (high - low) / 3
                low, high = (low, third) if explodes(third) else (third, high)
            return np.float32(low)
        """,
    ),
    "an edge by formulas, for rules that are told apart": (
        "edge",
        """
        def edge(rule, curvature):
            one, none = np.ones(1), np.zeros(1)
            step = 1 - rule(one, one, none, 1.0)[0][0]  # 1, 1 or 1 + mu
            again, state = rule(one, one, none, 1.0)
            kept = rule(none, none, one, 1.0)
            mu = kept[1][0]
            top = curvature.max()
            if kept[0][0] == 0:
                return 2 / top
            return 2 * (1 + mu) / top / (1 + 2 * mu if step > 1 else 1)
        """,
    ),
}


MOMENTUM = """
def momentum_step(w, dw, v, lr, mu):
    v = {velocity}
    return {result}
"""
RMSPROP = """
def rmsprop_step(w, dw, s, lr, alpha, eps):
    s = {average}
    w -= {step}
    return w, s
"""
ADAM = """
def adam_step(w, dw, m, v, t, lr, beta1, beta2, eps):
    m = beta1 * m + (1 - beta1) * dw
    v = {square}
    m_hat, v_hat = m / {first}, v / {second}
    w -= lr * m_hat / ({root})
    return w, m, v
"""
ADAM_PARTS = {
    "square": "beta2 * v + (1 - beta2) * dw ** 2",
    "first": "(1 - beta1 ** t)",
    "second": "(1 - beta2 ** t)",
    "root": "np.sqrt(v_hat) + eps",
}
STAIRCASE = """
def staircase(epoch, lr, drops, gamma):
    return {rate}
"""
TRAIN = """
def train(W, images, labels, gradient, rng, steps, batch_size, lr, mu):
    v, new = np.zeros(W.shape), W.copy()
    for _ in range({steps}):
        batch = {batch}
        v = {mu} * v + {gradient}(new, images[batch], labels[batch])
        new = new - {lr} * v
    return new
"""
TRAIN_PARTS = {
    "steps": "steps",
    "batch": "rng.choice(len(images), batch_size, replace=False)",
    "mu": "mu",
    "gradient": "gradient",
    "lr": "lr",
}
WRONG = {
    "sgd in place": (
        "sgd",
        """
        def sgd_step(w, dw, lr):
            w -= lr * dw
            return w
        """,
        "changed the caller's array",
    ),
    "sgd in place, and uphill": (
        "sgd",
        """
        def sgd_step(w, dw, lr):
            w += lr * dw
            return w
        """,
        "uphill",
    ),
    "sgd with a rate of its own": ("sgd", "def sgd_step(w, dw, lr): return w - 0.1 * dw", "lr comes as an"),
    "sgd without a return": (
        "sgd",
        """
        def sgd_step(w, dw, lr):
            w = w - lr * dw
        """,
        "return",
    ),
    "momentum with a mu of its own": (
        "momentum",
        MOMENTUM.format(velocity="0.9 * v + dw", result="w - lr * v, v"),
        "mu comes as an argument",
    ),
    "momentum, both fixed": (
        "momentum",
        MOMENTUM.format(velocity="0.9 * v + dw", result="w - 0.02 * v, v"),
        "",
    ),
    "momentum, velocity first": (
        "momentum",
        MOMENTUM.format(velocity="mu * v + dw", result="v, w - lr * v"),
        "velocity first",
    ),
    "momentum that forgets its velocity": (
        "momentum",
        MOMENTUM.format(velocity="v", result="w - lr * dw, v"),
        "plain SGD",
    ),
    "momentum without a learning rate, in place": (
        "momentum",
        """
        def momentum_step(w, dw, v, lr, mu):
            v *= mu
            v += dw
            w -= v
            return w, v
        """,
        "learning rate is missing",
    ),
    "momentum, the old velocity handed on": (
        "momentum",
        """
        def momentum_step(w, dw, v, lr, mu):
            new = mu * v + dw
            w -= lr * new
            return w, v
        """,
        "plain SGD",
    ),
    "momentum, weights alone": (
        "momentum",
        """
        def momentum_step(w, dw, v, lr, mu):
            v = mu * v + dw
            return w - lr * v
        """,
        "momentum_step returned an array of shape (4,)",
    ),
    "nag with the old velocity": (
        "nag",
        """
        def nag_step(w, dw, v, lr, mu):
            new = mu * v + dw
            w -= lr * (dw + mu * v)
            return w, new
        """,
        "plain momentum",
    ),
    "adagrad without eps": (
        "adagrad",
        """
        def adagrad_step(w, dw, s, lr, eps):
            s = s + dw * dw
            w -= lr * dw / np.sqrt(s)
            return w, s
        """,
        "eps has no effect",
    ),
    "adagrad, eps as in the lecture": (
        "adagrad",
        """
        def adagrad_step(w, dw, s, lr, eps):
            s += dw * dw
            return w - lr * dw / (np.sqrt(s) + 1e-10), s
        """,
        "eps has no effect",
    ),
    "adagrad, eps inside": (
        "adagrad",
        """
        def adagrad_step(w, dw, s, lr, eps):
            s += dw * dw
            return w - lr * dw / np.sqrt(s + eps), s
        """,
        "inside the root",
    ),
    "rmsprop, eps inside": (
        "rmsprop",
        RMSPROP.format(average="alpha * s + (1 - alpha) * dw**2", step="lr * dw / np.sqrt(s + eps)"),
        "inside the root",
    ),
    "rmsprop, eps of its own": (
        "rmsprop",
        RMSPROP.format(average="alpha * s + (1 - alpha) * dw**2", step="lr * dw / (np.sqrt(s) + 1e-7)"),
        "eps has no effect",
    ),
    "rmsprop, alpha of its own": (
        "rmsprop",
        RMSPROP.format(average="0.9 * s + 0.1 * dw**2", step="lr * dw / (np.sqrt(s) + eps)"),
        "alpha comes as an argument",
    ),
    "rmsprop without a learning rate": (
        "rmsprop",
        RMSPROP.format(average="alpha * s + (1 - alpha) * dw**2", step="dw / (np.sqrt(s) + eps)"),
        "learning rate is missing",
    ),
    "rmsprop, two faults": (
        "rmsprop",
        """
        def rmsprop_step(w, dw, s, lr, alpha, eps):
            new = alpha * s + (1 - alpha) * dw**2
            return w - lr * dw / np.sqrt(new + eps), s
        """,
        "inside the root",
    ),
    "adadelta, d before s": (
        "adadelta",
        """
        def adadelta_step(w, dw, s, d, rho, eps):
            s = rho * s + (1 - rho) * dw**2
            step = dw * np.sqrt(d + eps) / np.sqrt(s + eps)
            return w - step, rho * d + (1 - rho) * step**2, s
        """,
        "d before s",
    ),
    "adadelta, eps above only": (
        "adadelta",
        """
        def adadelta_step(w, dw, s, d, rho, eps):
            s = rho * s + (1 - rho) * dw**2
            step = dw * np.sqrt(d + eps) / np.sqrt(s)
            return w - step, s, rho * d + (1 - rho) * step**2
        """,
        "lower root lacks its eps",
    ),
    "adam, no correction, in place": (
        "adam",
        ADAM.format(**ADAM_PARTS | {"first": "1", "second": "1"}),
        "bias correction is missing",
    ),
    "adam, eps inside": (
        "adam",
        ADAM.format(**ADAM_PARTS | {"root": "np.sqrt(v_hat + eps)"}),
        "inside the root",
    ),
    "adam, eps of its own": (
        "adam",
        ADAM.format(**ADAM_PARTS | {"root": "np.sqrt(v_hat) + 1e-7"}),
        "eps has no effect",
    ),
    "adam, beta1 in both corrections": (
        "adam",
        ADAM.format(**ADAM_PARTS | {"second": "(1 - beta1 ** t)"}),
        "Both corrections hold beta1",
    ),
    "adam, 1 - beta to the power t": (
        "adam",
        ADAM.format(**ADAM_PARTS | {"first": "(1 - (1 - beta1) ** t)", "second": "(1 - (1 - beta2) ** t)"}),
        "beta to the power t",
    ),
    "adam, the average of m squared": (
        "adam",
        ADAM.format(**ADAM_PARTS | {"square": "beta2 * v + (1 - beta2) * m ** 2"}),
        "averages the square of m",
    ),
    "adam, one step late": (
        "adam",
        ADAM.format(**ADAM_PARTS | {"first": "(1 - beta1 ** (t + 1))", "second": "(1 - beta2 ** (t + 1))"}),
        "one step too many",
    ),
    "adam, all numbers of its own": (
        "adam",
        """
        def adam_step(w, dw, m, v, t, lr, beta1, beta2, eps):
            m, v = 0.9 * m + 0.1 * dw, 0.999 * v + 0.001 * dw**2
            return w - 0.1 * m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8), m, v
        """,
        "",
    ),
    "a staircase of three steps": (
        "staircase",
        """
        def staircase(epoch, lr, drops, gamma):
            first, second, third = drops
            return lr * gamma ** ((epoch >= first) + (epoch >= second) + (epoch >= third))
        """,
        "unpack",
    ),
    "a staircase that divides by ten": (
        "staircase",
        STAIRCASE.format(rate="lr * 0.1 ** sum(epoch >= drop for drop in drops)"),
        "gamma comes as an argument",
    ),
    "a staircase with another start": (
        "staircase",
        STAIRCASE.format(rate="0.01 * gamma ** sum(epoch >= drop for drop in drops)"),
        "lr comes as an argument",
    ),
    "a staircase one epoch late": (
        "staircase",
        STAIRCASE.format(rate="lr * gamma ** len([drop for drop in drops if drop < epoch])"),
        "One epoch late",
    ),
    "training that changes its W": (
        "project",
        """
        def train(W, images, labels, gradient, rng, steps, batch_size, lr, mu):
            v = 0
            for _ in range(steps):
                batch = rng.choice(len(images), batch_size, replace=False)
                v = mu * v + gradient(W, images[batch], labels[batch])
                W -= lr * v
            return W
        """,
        "changed the W",
    ),
    "training with one gradient": (
        "project",
        TRAIN.format(**TRAIN_PARTS | {"gradient": "softmax_gradient"}),
        "gradient comes as an argument",
    ),
    "training with steps of its own": ("project", TRAIN.format(**TRAIN_PARTS | {"steps": 20}), ""),
    "training with a rate of its own": ("project", TRAIN.format(**TRAIN_PARTS | {"lr": 0.05}), ""),
    "training with a mu of its own": ("project", TRAIN.format(**TRAIN_PARTS | {"mu": 0.9}), ""),
    "training on batches of its own": (
        "project",
        TRAIN.format(**TRAIN_PARTS | {"batch": "rng.choice(len(images), 50, replace=False)"}),
        "",
    ),
    "training by numpy's own generator": (
        "project",
        TRAIN.format(**TRAIN_PARTS | {"batch": "np.random.choice(len(images), batch_size, replace=False)"}),
        "global generator",
    ),
    "training on a batch with repeats": (
        "project",
        TRAIN.format(**TRAIN_PARTS | {"batch": "rng.choice(len(images), batch_size)"}),
        "twice",
    ),
    "a monitor that says nothing of NaN": (
        "curve",
        """
        def diagnose(losses, window):
            if losses[-1] > losses[0]:
                return "too high"
            if losses[-1] > losses[0] / 2:
                return "too low"
            return "noisy" if (np.diff(losses[-window - 1 :]) > 0).mean() >= 0.5 else "fine"
        """,
        "NaN",
    ),
    "a monitor with words of its own": (
        "curve",
        "def diagnose(losses, window): return 'good'",
        "none of the choices",
    ),
    "a monitor that is always content": (
        "curve",
        "def diagnose(losses, window): return 'fine'",
        "does not fit",
    ),
    "rmsprop as the colleague wrote it": (
        "rmsprop",
        """
        def rmsprop_step(w, dw, s, lr, alpha, eps):
            w = w - lr * dw / np.sqrt(s + eps)
            s = s + (1 - alpha) * dw**2
            return w, s
        """,
        "three faults",
    ),
    "adadelta with the paper's sign, subtracted": (
        "adadelta",
        """
        def adadelta_step(w, dw, s, d, rho, eps):
            s = rho * s + (1 - rho) * dw**2
            dx = -np.sqrt(d + eps) / np.sqrt(s + eps) * dw
            return w - dx, s, rho * d + (1 - rho) * dx**2
        """,
        "uphill",
    ),
    "nag that looks ahead in the wrong direction": (
        "nag",
        """
        def nag_step(w, dw, v, lr, mu):
            v = mu * v + bowl_gradient(w + lr * mu * v)
            return w - lr * v, v
        """,
        "point of your own",
    ),
    "training with a rate that falls": (
        "project",
        TRAIN.format(**TRAIN_PARTS | {"lr": "(lr * 0.9 ** _)"}),
        "constant here",
    ),
    "a monitor that looks at the lowest loss": (
        "curve",
        """
        def diagnose(losses, window):
            if np.isnan(losses[-1]) or losses[-1] > losses[0]:
                return "too high"
            if min(losses) > losses[0] / 2:
                return "too low"
            return "noisy" if (np.diff(losses[-window - 1 :]) > 0).mean() >= 0.5 else "fine"
        """,
        "lowest loss",
    ),
    "a monitor that halves an odd window": (
        "curve",
        """
        def diagnose(losses, window):
            if np.isnan(losses[-1]) or losses[-1] > losses[0]:
                return "too high"
            if losses[-1] > losses[0] / 2:
                return "too low"
            return "noisy" if (np.diff(losses[-window - 1 :]) > 0).sum() >= window // 2 else "fine"
        """,
        "rounds it down",
    ),
    "an edge out of the lecture": (
        "edge",
        "def edge(rule, curvature): return 2 / max(curvature)",
        "gradient descent",
    ),
    "an edge of the mean curvature": (
        "edge",
        "def edge(rule, curvature): return 2 / np.mean(curvature)",
        "flattest",
    ),
    "an edge that forgets the state": (
        "edge",
        """
        def edge(rule, curvature):
            low, high = 0, 4 / curvature.max()
            for _ in range(30):
                lr, w = (low + high) / 2, np.ones(len(curvature))
                for _ in range(200):
                    w, _state = rule(w, curvature * w, np.zeros(len(curvature)), lr)
                low, high = (low, lr) if abs(w).max() > 1 else (lr, high)
            return low
        """,
        "state",
    ),
}


ADADELTA = """
def adadelta_step(w, dw, s, d, rho, eps):
    d = rho * d + (1 - rho) * dw**2
    s = rho * s + (1 - rho) * dw**2
    return w - np.sqrt(d + eps) / np.sqrt(s + eps) * dw, s, d
"""
ADAM = """
def adam_step(w, dw, m, v, t, lr, beta1, beta2, eps):
    m, v = {m}, {v}
    return w - lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps), m, v
"""
AVERAGES = {"m": "beta1 * m + (1 - beta1) * dw", "v": "beta2 * v + (1 - beta2) * dw**2"}


def test_a_step_that_is_the_gradient_is_told_as_that(whole_card):
    """d averages squared gradients, as s does: that is no old s, but it ends at the same place."""
    said = whole_card("adadelta", ADADELTA)
    assert "Your step is the gradient itself" in said and "old s. Update" not in said, said


@pytest.mark.parametrize("change", [{"m": "dw"}, {"v": "dw**2"}], ids=["m", "v"])
def test_an_average_that_is_lost_is_no_corrected_one(whole_card, change):
    """The new gradient alone is what a corrected average is in the first step, and only there."""
    said = whole_card("adam", ADAM.format(**AVERAGES | change))
    assert "the old one is lost" in said and "corrected one" not in said, said


def test_what_holds_in_the_first_step_is_not_said_of_later_ones(whole_card):
    """Uphill, and s never forgets: later weights are not those of the other sign of dw, nor of lr = 0."""
    uphill = """
        def rmsprop_step(w, dw, s, lr, alpha, eps):
            s = s + (1 - alpha) * dw**2
            return w + lr * dw / (np.sqrt(s) + eps), s
    """
    said = whole_card("rmsprop", uphill)
    assert "uphill" in said and "these numbers are right" not in said, said
    late = "def momentum_step(w, dw, v, lr, mu): return w - v, mu * v + dw"
    said = whole_card("momentum", late)
    assert "old velocity" in said and "lr = 0" not in said and "lr is 0" not in said, said


def test_a_rate_that_is_none_is_a_missing_return(card):
    """One rate for each epoch, all of them None: no epoch has another rate."""
    code = "def staircase(epoch, lr, drops, gamma): lr * gamma ** sum(epoch >= d for d in drops)"
    assert "is a return missing?" in card("staircase", code)


LOOP = """
def train(W, images, labels, gradient, rng, steps, batch_size, lr, mu):
    v = np.zeros_like(W)
    for i in range(steps):
        batch = {batch}
        v = {v}
        W = W - lr * v
    return W
"""


def test_of_two_steps_nothing_is_said_about_one(whole_card):
    """Batches by rng.permutation, and plain SGD: the first step is another, too, and so are the batches."""
    code = LOOP.format(
        batch="rng.permutation(len(images))[:batch_size]", v="gradient(W, images[batch], labels[batch])"
    )
    said = whole_card("project", code)
    assert "with rng.choice" in said and "after two steps you are elsewhere" in said, said
    assert "one step is right" not in said and "batches are right" not in said, said


@trains
@pytest.mark.parametrize(
    ("gradient", "size"),
    [("curvature.min() * w", "max()"), ("curvature * w", "min()")],
    ids=["bowl", "weight"],
)
def test_a_search_that_meets_no_explosion_does_not_wait_for_one(whole_card, gradient, size):
    """Another bowl, or the smallest weight: the search ends at its upper end, as with waiting for NaN."""
    code = """
        def edge(rule, curvature):
            low, high = 0.0, 4 / curvature.max()
            for _ in range(16):
                lr = (low + high) / 2
                w, state = np.ones(len(curvature)), np.zeros(len(curvature))
                for _ in range(300):
                    w, state = rule(w, GRADIENT, state, lr)
                low, high = (lr, high) if abs(w).SIZE < 1 else (low, lr)
            return low
    """
    said = whole_card("edge", code.replace("GRADIENT", gradient).replace("SIZE", size))
    assert "meets no explosion" in said and "You wait" not in said, said
