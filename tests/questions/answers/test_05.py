"""Session 5: which answers are right, and what is said of those that are not."""

import pytest

from .conftest import trains
from .table import (  # noqa: F401
    test_a_sample_of_changed_answers_is_refused,
    test_right_answers_are_right,
    test_wrong_answers_are_told_why,
)

STEM = "05_activations"

BATCH_NORM = """
def batch_norm(x, gamma, beta, running_mean, running_var, m, eps, train):
    if train:
        mean, var = x.mean(0), x.var(0{ddof})
        running_mean = {old} * running_mean + {new} * mean
        running_var = {old} * running_var + {new} * {unbiased}
        y = gamma * (x - mean) / {training} + beta
    else:
        {before}
        y = gamma * (x - running_mean) / {evaluation} + beta
    return y, running_mean{row}, running_var{row}
"""
BATCH_NORM_PARTS = {
    "ddof": "",
    "old": "(1 - m)",
    "new": "m",
    "unbiased": "x.var(0, ddof=1)",
    "training": "np.sqrt(var + eps)",
    "before": "pass",
    "evaluation": "np.sqrt(running_var + eps)",
    "row": "",
}
BACKWARD = """
def batch_norm_gradients(dy, x, gamma, eps):
    n = x.shape[0]
    centred = x - x.mean(0)
    inv = 1 / {root}
    dxhat = dy * gamma
    dvar = np.sum(dxhat * centred, axis=0) * -0.5 * inv ** 3
    dmean = -np.sum(dxhat * inv, axis=0)
    dx = dxhat * inv + 2 * centred * dvar / n + {dmean} / n
    return dx, np.sum(dy * centred{scale}, axis=0{keep}), np.sum(dy, axis=0{keep})
"""
BACKWARD_PARTS = {
    "root": "np.sqrt(x.var(0) + eps)",
    "dmean": "dmean",
    "scale": " * inv",
    "keep": "",
}
EXAMINE = """
def examine(images, weights, biases):
    h, rows = images, []
    for W, b in zip(weights, biases):
        h = np.maximum(h.dot(W) + b, 0)
        rows.append([{spread}, np.mean(h == 0), {dead}])
    return {result}
"""
EXAMINE_PARTS = {
    "spread": "np.mean(np.std(h, 0))",
    "dead": "np.mean(np.sum(h, axis=0) == 0)",
    "result": "rows",
}
INIT = """
def draw_weights(fan_in, fan_out, scheme, rng):
    {before}
    shape = {shape}
    if scheme == "lecun":
        return {lecun}
    variance = {{"small": 1e-4, "lecture": 1 / fan_in, "he": 2 / fan_in}}
    variance["glorot"] = 2 / (fan_in + fan_out)
    return {source}.normal(size=shape) * {deviation}
"""
INIT_PARTS = {
    "before": "pass",
    "shape": "(fan_in, fan_out)",
    "lecun": "rng.uniform(-2.4, 2.4, shape) / fan_in",
    "source": "rng",
    "deviation": "variance[scheme] ** 0.5",
}
CHECKER = """
def largest_error(f, x, dy, dx, h):
    found = []
    for i in range(x.size):
        e = np.zeros(x.size)
        e[i] = {step}
        e = e.reshape(x.shape)
        found.append({estimate})
    return {result}
"""
CHECKER_PARTS = {
    "step": "h",
    "estimate": "np.sum(dy * (f(x + e) - f(x - e))) / 2 / h",
    "result": "np.max(np.abs(np.reshape(found, x.shape) - dx))",
}
DOCTOR = """
def diagnose(images, weights, biases):
    report = examine(images, weights, biases)
    if {equal}:
        return "equal units"
    if {dead}:
        return "dead units"
    change = {change}
    return "small weights" if change < {small} else "large weights" if change > {large} else "healthy"
"""
DOCTOR_PARTS = {
    "equal": "any(np.ptp(np.vstack([W, b]), axis=1).max() == 0 for W, b in zip(weights, biases))",
    "dead": "(report[:, 2] >= 0.5).any()",
    "change": "report[-1, 0] / report[0, 0]",
    "small": "0.02",
    "large": "50",
}

RIGHT = {
    "sigmoid by scipy": (
        "sigmoid",
        """
        def sigmoid(x):
            from scipy.special import expit
            return expit(x), expit(x) * expit(-x)
        """,
    ),
    "sigmoid with clipped exponents, in place": (
        "sigmoid",
        """
        def sigmoid(x):
            x[:] = 1 / (1 + np.exp(np.clip(-x, -100, 100)))
            return x, x - x ** 2
        """,
    ),
    "leaky ReLU by a mask, in place": (
        "leaky",
        """
        def leaky_relu(x, a):
            slope = (x > 0) + a * (x <= 0)
            x *= slope
            return [x, slope]
        """,
    ),
    "ELU with a warning": (
        "elu",
        """
        def elu(x, alpha):
            value = np.where(x >= 0, x, alpha * (np.exp(x) - 1))
            return value, np.where(x >= 0, 1, value + alpha)
        """,
    ),
    "maxout as truth values": (
        "maxout",
        """
        def maxout(x, W, b):
            z = np.einsum("nd,kdm->knm", x, W) + b[:, None]
            return z.max(0), z == z.max(0, keepdims=True)
        """,
    ),
    "first weights by standard normal numbers": (
        "init",
        INIT.format(**INIT_PARTS | {"lecun": "(2 * rng.random(shape) - 1) * 2.4 / fan_in"}),
    ),
    "first weights in single precision": (
        "init",
        INIT.format(**INIT_PARTS | {"deviation": "np.float32(variance[scheme] ** 0.5)"}),
    ),
    "first weights as tensors": (
        "init",
        """
        def draw_weights(fan_in, fan_out, scheme, rng):
            import torch
            stds = {"small": 0.01, "lecture": fan_in ** -0.5, "he": (2 / fan_in) ** 0.5}
            stds["glorot"] = (2 / (fan_in + fan_out)) ** 0.5
            bound = 3 ** 0.5 * stds.get(scheme, 2.4 / fan_in / 3 ** 0.5)
            return torch.tensor(rng.uniform(-bound, bound, (fan_in, fan_out)))
        """,
    ),
    "statistics as an array, divided by n - 1": (
        "stats",
        """
        def layer_stats(x, weights, activation):
            outputs = [activation(x @ weights[0])]
            for W in weights[1:]:
                outputs.append(activation(outputs[-1] @ W))
            return np.array([out.std(ddof=1) for out in outputs])
        """,
    ),
    "statistics by yield": (
        "stats",
        """
        def layer_stats(x, weights, activation):
            for W in weights:
                x = activation(x.dot(W))
                yield np.sqrt(np.mean((x - x.mean()) ** 2))
        """,
    ),
    "batch norm": ("bn_forward", BATCH_NORM.format(**BATCH_NORM_PARTS)),
    "batch norm with a factor": (
        "bn_forward",
        BATCH_NORM.format(**BATCH_NORM_PARTS | {"unbiased": "var * x.shape[0] / (x.shape[0] - 1)"}),
    ),
    "batch norm in single precision": (
        "bn_forward",
        """
        def batch_norm(x, gamma, beta, running_mean, running_var, m, eps, train):
            x, gamma, beta, old_mean, old_var = map(np.float32, (x, gamma, beta, running_mean, running_var))
            if not train:
                return gamma * (x - old_mean) / np.sqrt(old_var + np.float32(eps)) + beta, old_mean, old_var
            mean, var, m = x.mean(0), x.var(0), np.float32(m)
            new_var = old_var + m * (x.var(0, ddof=1) - old_var)
            y = gamma * (x - mean) / np.sqrt(var + np.float32(eps)) + beta
            return y, old_mean + m * (mean - old_mean), new_var
        """,
    ),
    "batch norm that works on copies": (
        "bn_forward",
        """
        def batch_norm(x, gamma, beta, running_mean, running_var, m, eps, train):
            x, running_mean, running_var = x.copy(), running_mean.copy(), running_var.copy()
            mean, var = (x.mean(0), x.var(0)) if train else (running_mean.copy(), running_var.copy())
            if train:
                running_mean *= 1 - m
                running_mean += m * mean
                running_var *= 1 - m
                running_var += m * x.var(axis=0, ddof=1)
            x -= mean
            x /= (var + eps) ** 0.5
            return x * gamma + beta, running_mean, running_var
        """,
    ),
    "gradients along the graph": ("bn_backward", BACKWARD.format(**BACKWARD_PARTS)),
    "gradients by torch": (
        "bn_backward",
        """
        def batch_norm_gradients(dy, x, gamma, eps):
            import torch
            x, gamma = torch.tensor(x, requires_grad=True), torch.tensor(gamma, requires_grad=True)
            beta = torch.zeros(gamma.shape, dtype=gamma.dtype, requires_grad=True)
            y = torch.nn.functional.batch_norm(x, None, None, gamma, beta, training=True, eps=eps)
            y.backward(torch.tensor(dy))
            return x.grad, gamma.grad, beta.grad
        """,
    ),
    "a checker that collects": ("checker", CHECKER.format(**CHECKER_PARTS)),
    "a checker on a matrix of steps": (
        "checker",
        """
        def largest_error(f, x, dy, dx, h):
            def loss(flat):
                return float((f(flat.reshape(x.shape)) * dy).sum())
            steps = np.eye(x.size) * h
            flat = x.flatten()
            estimate = np.array([loss(flat + e) - loss(flat - e) for e in steps]) / (2 * h)
            return abs(estimate.reshape(x.shape) - dx).max()
        """,
    ),
    "a checker that moves x and puts it back": (
        "checker",
        """
        def largest_error(f, x, dy, dx, h):
            worst = 0
            for i in np.ndindex(*x.shape):
                old = x[i]
                x[i] = old + h
                above = f(x).copy()
                x[i] = old - h
                below = f(x).copy()
                x[i] = old
                worst = max(worst, abs((dy * (above - below)).sum() / (2 * h) - dx[i]))
            return worst
        """,
    ),
    "a doctor with the examination": ("diagnose", DOCTOR.format(**DOCTOR_PARTS)),
    "a doctor with other limits and capital letters": (
        "diagnose",
        DOCTOR.format(
            **DOCTOR_PARTS | {"small": "0.03", "large": "40", "dead": "report[:, 2].max() > 0.45"}
        ).replace('"healthy"', '"Healthy "'),
    ),
    "a doctor who looks at the outputs": (
        "diagnose",
        """
        def diagnose(images, weights, biases):
            outputs = [images]
            for W, b in zip(weights, biases):
                outputs.append(np.maximum(0, outputs[-1] @ W + b))
            for h in outputs[1:]:
                if np.allclose(h, h[:, :1], atol=0):
                    return "equal units"
                if (h.max(axis=0) == 0).sum() > h.shape[1] / 2:
                    return "dead units"
            first, last = outputs[1].std(axis=0).mean(), outputs[-1].std(axis=0).mean()
            if last > 50 * first:
                return "large weights"
            return "small weights" if first > 50 * last else "healthy"
        """,
    ),
    "examination, a list of rows": ("project", EXAMINE.format(**EXAMINE_PARTS)),
    "examination by columns": (
        "project",
        """
        def examine(images, weights, biases):
            spread, zeros, dead, h = [], [], [], images
            for i in range(len(weights)):
                h = (h @ weights[i] + biases[i]).clip(min=0)
                spread.append(np.sqrt(((h - h.mean(0)) ** 2).mean(0)).mean())
                zeros.append((h <= 0).sum() / h.size)
                dead.append(1 - h.any(axis=0).mean())
            return np.column_stack([spread, zeros, dead])
        """,
    ),
}


WRONG = {
    "sigmoid by infinity over infinity": (
        "sigmoid",
        """
        def sigmoid(x):
            e = np.exp(x)
            return e / (e + 1), e / (e + 1) ** 2
        """,
        "infinity divided by infinity",
    ),
    "sigmoid, the slope of large negative numbers": (
        "sigmoid",
        """
        def sigmoid(x):
            return 1 / (1 + np.exp(-x)), np.exp(-x) / np.square(1 + np.exp(-x))
        """,
        "Compute it from the value",
    ),
    "sigmoid, the value alone": (
        "sigmoid",
        "def sigmoid(x): return 1 / (1 + np.exp(-x))",
        "sigmoid returned an array of shape (3, 4)",
    ),
    "leaky ReLU of PyTorch": (
        "leaky",
        "def leaky_relu(x, a): return np.where(x > 0, x, 0.01 * x), np.where(x > 0, 1, 0.01)",
        "a number of your own",
    ),
    "leaky ReLU as a maximum": (
        "leaky",
        "def leaky_relu(x, a): return np.maximum(x, a * x), np.where(x > a * x, 1, a)",
        "only for a up to 1",
    ),
    "leaky ReLU on both sides": (
        "leaky",
        "def leaky_relu(x, a): return np.maximum(0, x) + a * x, np.where(x > 0, 1, a)",
        "Above 0 you add",
    ),
    "ELU with alpha 1": (
        "elu",
        "def elu(x, alpha): return np.where(x > 0, x, np.expm1(x)), np.where(x > 0, 1, np.exp(x))",
        "alpha is missing",
    ),
    "ELU, the slope on both sides": (
        "elu",
        """
        def elu(x, alpha):
            value = np.where(x > 0, x, alpha * np.expm1(x))
            return value, alpha + value
        """,
        "Above 0 the slope is 1",
    ),
    "maxout from zero": (
        "maxout",
        """
        def maxout(x, W, b):
            h = np.zeros((len(x), W.shape[2]))
            winner = np.zeros(h.shape, int)
            for i in range(len(W)):
                z = x @ W[i] + b[i]
                winner[z > h] = i
                h = np.maximum(h, z)
            return h, np.stack([winner == i for i in range(len(W))])
        """,
        "starts at 0",
    ),
    "maxout, the number of the winner": (
        "maxout",
        """
        def maxout(x, W, b):
            z = np.array([x @ piece + c for piece, c in zip(W, b)])
            return z.max(0), z.argmax(0)
        """,
        "number of the winner",
    ),
    "first weights by numpy's own generator": (
        "init",
        INIT.format(**INIT_PARTS | {"source": "np.random"}),
        "",
    ),
    "lecun by numpy's own generator": (
        "init",
        INIT.format(**INIT_PARTS | {"lecun": "np.random.uniform(-2.4 / fan_in, 2.4 / fan_in, shape)"}),
        "global generator",
    ),
    "lecun by a generator of its own": (
        "init",
        INIT.format(**INIT_PARTS | {"lecun": "np.random.default_rng(1).uniform(-2.4, 2.4, shape) / fan_in"}),
        "",
    ),
    "a fixed generator": (
        "init",
        INIT.format(**INIT_PARTS | {"before": "rng = np.random.default_rng(42)"}),
        "generator of your own",
    ),
    "the variance as the deviation": (
        "init",
        INIT.format(**INIT_PARTS | {"deviation": "(0.01 if scheme == 'small' else variance[scheme])"}),
        "hand the variance",
    ),
    "units by inputs": (
        "init",
        INIT.format(**INIT_PARTS | {"shape": "(fan_out, fan_in)"}),
        "other way round",
    ),
    "lecun on its side": (
        "init",
        INIT.format(**INIT_PARTS | {"lecun": "rng.uniform(-2.4, 2.4, (fan_out, fan_in)) / fan_in"}),
        "order",
    ),
    "lecun from normal numbers": (
        "init",
        INIT.format(**INIT_PARTS | {"lecun": "rng.normal(0, 2.4 / fan_in / 3 ** 0.5, shape)"}),
        "yours leave them",
    ),
    "one column, repeated": (
        "init",
        INIT.format(
            **INIT_PARTS | {"shape": "(fan_in, 1)", "deviation": "np.full(fan_out, variance[scheme] ** 0.5)"}
        ),
        "repeat each other",
    ),
    "statistics before the activation": (
        "stats",
        """
        def layer_stats(x, weights, activation):
            result = []
            for W in weights:
                x = x @ W
                result += [x.std()]
                x = activation(x)
            return result
        """,
        "before the activation",
    ),
    "statistics of each unit": (
        "stats",
        """
        def layer_stats(x, weights, activation):
            result = []
            for W in weights:
                x = activation(x @ W)
                result.append(x.std(0))
            return result
        """,
        "one number for all outputs",
    ),
    "eps outside the root in evaluation": (
        "bn_forward",
        BATCH_NORM.format(**BATCH_NORM_PARTS | {"evaluation": "(np.sqrt(running_var) + eps)"}),
        "In evaluation eps is added to the deviation",
    ),
    "no eps in evaluation": (
        "bn_forward",
        BATCH_NORM.format(**BATCH_NORM_PARTS | {"evaluation": "np.sqrt(running_var)"}),
        "In evaluation eps is missing",
    ),
    "eps outside the root, N in the average": (
        "bn_forward",
        BATCH_NORM.format(
            **BATCH_NORM_PARTS
            | {
                "evaluation": "(np.sqrt(running_var) + eps)",
                "training": "(np.sqrt(var) + eps)",
                "unbiased": "var",
            }
        ),
        "Divide by N - 1",
    ),
    "averages as rows": (
        "bn_forward",
        BATCH_NORM.format(**BATCH_NORM_PARTS | {"row": "[None, :]"}),
        "running mean",
    ),
    "x centred in place in evaluation": (
        "bn_forward",
        """
        def batch_norm(x, gamma, beta, running_mean, running_var, m, eps, train):
            if not train:
                x -= running_mean
                return gamma * x / np.sqrt(running_var + eps) + beta, running_mean, running_var
            mean, var, n = x.mean(0), x.var(0), len(x)
            y = gamma * (x - mean) / np.sqrt(var + eps) + beta
            return y, (1 - m) * running_mean + m * mean, (1 - m) * running_var + m * var * n / (n - 1)
        """,
        "changes its argument x in place",
    ),
    "averages moved in place": (
        "bn_forward",
        """
        def batch_norm(x, gamma, beta, running_mean, running_var, m, eps, train):
            mean, var = running_mean, running_var
            if train:
                mean, var = x.mean(0), x.var(0)
                running_mean *= 1 - m
                running_mean += m * mean
                running_var *= 1 - m
                running_var += m * x.var(0, ddof=1)
            return gamma * (x - mean) / np.sqrt(var + eps) + beta, running_mean, running_var
        """,
        "works in place",
    ),
    "a momentum of 0.1": (
        "bn_forward",
        BATCH_NORM.format(**BATCH_NORM_PARTS | {"old": "0.9", "new": "0.1"}),
        "m comes as an argument",
    ),
    "shares of m exchanged": (
        "bn_forward",
        BATCH_NORM.format(**BATCH_NORM_PARTS | {"old": "m", "new": "(1 - m)"}),
        "swapped",
    ),
    "an eps of its own": (
        "bn_forward",
        BATCH_NORM.format(
            **BATCH_NORM_PARTS
            | {"evaluation": "np.sqrt(running_var + 1e-5)", "training": "np.sqrt(var + 1e-5)"}
        ),
        "",
    ),
    "dgamma without eps": (
        "bn_backward",
        BACKWARD.format(**BACKWARD_PARTS | {"scale": " / x.std(0)"}),
        "eps has no effect",
    ),
    "eps outside the root, backwards": (
        "bn_backward",
        BACKWARD.format(**BACKWARD_PARTS | {"root": "(x.std(0) + eps)"}),
        "",
    ),
    "no way through the mean": (
        "bn_backward",
        BACKWARD.format(**BACKWARD_PARTS | {"dmean": "0 * dmean"}),
        "do not sum to zero",
    ),
    "gradients as rows": (
        "bn_backward",
        BACKWARD.format(**BACKWARD_PARTS | {"keep": ", keepdims=True"}),
        "(1, 3)",
    ),
    "a checker that moves everything": (
        "checker",
        "def largest_error(f, x, dy, dx, h): return np.max(abs(dy * (f(x + h) - f(x - h)) / (2 * h) - dx))",
        "all numbers of x at once",
    ),
    "a checker without dy": (
        "checker",
        CHECKER.format(**CHECKER_PARTS | {"estimate": "np.sum(f(x + e) - f(x - e)) / (2 * h)"}),
        "dy is left out",
    ),
    "a checker that divides by h": (
        "checker",
        CHECKER.format(**CHECKER_PARTS | {"estimate": "np.sum(dy * (f(x + e) - f(x - e))) / h"}),
        "2h",
    ),
    "a checker on one side": (
        "checker",
        CHECKER.format(**CHECKER_PARTS | {"estimate": "np.sum(dy * (f(x + e) - f(x))) / h"}),
        "one-sided",
    ),
    "a checker with a step of its own": (
        "checker",
        CHECKER.format(
            **CHECKER_PARTS | {"step": "1e-5", "estimate": "np.sum(dy * (f(x + e) - f(x - e))) / 2e-5"}
        ),
        "step comes as an argument",
    ),
    "a checker that averages": (
        "checker",
        CHECKER.format(**CHECKER_PARTS | {"result": "np.mean(np.abs(np.reshape(found, x.shape) - dx))"}),
        "mean of the distances",
    ),
    "a checker without the absolute value": (
        "checker",
        CHECKER.format(**CHECKER_PARTS | {"result": "np.max(np.reshape(found, x.shape) - dx)"}),
        "absolute value",
    ),
    "a checker that gives the estimate": (
        "checker",
        CHECKER.format(**CHECKER_PARTS | {"result": "np.reshape(found, x.shape)"}),
        "estimate itself",
    ),
    "a checker that says yes or no": (
        "checker",
        CHECKER.format(**CHECKER_PARTS | {"result": "np.allclose(np.reshape(found, x.shape), dx)"}),
        "yes or no",
    ),
    "a doctor who counts zeros": (
        "diagnose",
        DOCTOR.format(**DOCTOR_PARTS | {"dead": "(report[:, 1] > 0.5).any()"}),
        "Half of all outputs",
    ),
    "a doctor who looks at the last layer": (
        "diagnose",
        DOCTOR.format(**DOCTOR_PARTS | {"dead": "report[-1, 2] > 0.5"}),
        "dead units in the last layer only",
    ),
    "a doctor who averages the layers": (
        "diagnose",
        DOCTOR.format(**DOCTOR_PARTS | {"dead": "report[:, 2].mean() > 0.5"}),
        "does not show in an average",
    ),
    "a doctor with a fixed limit": (
        "diagnose",
        DOCTOR.format(**DOCTOR_PARTS | {"change": "report[-1, 0]"}),
        "fixed number",
    ),
    "a doctor who divides the other way": (
        "diagnose",
        DOCTOR.format(**DOCTOR_PARTS | {"change": "report[0, 0] / report[-1, 0]"}),
        "swapped",
    ),
    "a doctor who sees no equal units": (
        "diagnose",
        DOCTOR.format(**DOCTOR_PARTS | {"equal": "False"}),
        "Equal units pass for healthy",
    ),
    "a doctor who looks at the first weights": (
        "diagnose",
        DOCTOR.format(
            **DOCTOR_PARTS | {"equal": "np.ptp(weights[0], axis=1).max() == np.ptp(biases[0]) == 0"}
        ),
        "equal units in the first layer only",
    ),
    "a doctor with a word of his own": (
        "diagnose",
        DOCTOR.format(**DOCTOR_PARTS).replace('"dead units"', '"dead"'),
        "none of the choices",
    ),
    "a doctor to whom all are healthy": (
        "diagnose",
        "def diagnose(images, weights, biases): return 'healthy'",
        "one and the same word",
    ),
    "gradients by sums": (
        "bn_backward",
        """
        def batch_norm_gradients(dy, x, gamma, eps):
            std = np.sqrt(x.var(0) + eps)
            xhat = (x - x.mean(0)) / std
            dgamma, dbeta = (dy * xhat).sum(0), dy.sum(0)
            return gamma / std * (dy - dbeta - xhat * dgamma), dgamma, dbeta
        """,
        "divided by N",
    ),
    "examination, the spread divided by N - 1": (
        "project",
        EXAMINE.format(**EXAMINE_PARTS | {"spread": "np.mean(np.std(h, 0, ddof=1))"}),
        "N - 1",
    ),
    "examination, silent for one image": (
        "project",
        EXAMINE.format(**EXAMINE_PARTS | {"dead": "np.mean((h == 0).any(0))"}),
        "as soon as one image",
    ),
    "examination on its side": (
        "project",
        EXAMINE.format(**EXAMINE_PARTS | {"result": "np.transpose(rows)"}),
        "on its side",
    ),
    "examination, two faults": (
        "project",
        EXAMINE.format(**EXAMINE_PARTS | {"spread": "h.std()", "dead": "np.mean((h == 0).any(0))"}),
        "pools all units",
    ),
}


def test_what_overflows_is_not_taken_for_another_overflow(whole_card):
    """1 / 1 + exp(-x) and exp(-x) where x is asked for: no infinity is divided, or multiplied by 0."""
    said = whole_card("sigmoid", "def sigmoid(x):\n    v = 1 / 1 + np.exp(-x)\n    return v, v * (1 - v)")
    assert "The sum needs brackets" in said and "infinity" not in said, said
    code = """
        def elu(x, alpha):
            e = {e}
            return np.where(x > 0, x, {value}), np.where(x > 0, 1.0, {slope})
    """
    said = whole_card("elu", code.format(e="np.exp(-x)", value="alpha * (e - 1)", slope="alpha * e"))
    assert "Below 0 your exponential grows" in said and "Infinity times 0" not in said, said
    for value in ("alpha * (1 - e)", "alpha * e - 1", "alpha * e"):
        said = whole_card("elu", code.format(e="np.exp(np.minimum(x, 0))", value=value, slope="e"))
        assert "alpha is missing in the slope" in said and "value is right" not in said, said


def test_of_several_layers_nothing_is_said_about_one(whole_card):
    """Variances of the sums before the activation: the single layer is wrong as well."""
    said = whole_card(
        "stats",
        """
        def layer_stats(x, weights, activation):
            result = []
            for W in weights:
                z = x @ W
                result.append(z.var())
                x = activation(z)
            return result
        """,
    )
    assert "You return variances" in said and "of several layers" in said, said
    assert "single layer is right" not in said, said


CHECKER = """
def largest_error(f, x, dy, dx, h):
    worst = -np.inf
    for place in np.ndindex(x.shape):
        step = np.zeros(x.shape)
        step[place] = h
        estimate = {estimate}
        worst = max(worst, {distance})
    return {result}
"""
CENTRAL = "(dy * (f(x + step) - f(x - step))).sum() / (2 * h)"


def test_of_curved_functions_nothing_is_said_about_a_straight_one(whole_card):
    """Forward differences without a size: the straight function is checked wrong, too."""
    code = CHECKER.format(
        estimate="(dy * (f(x + step) - f(x))).sum() / h", distance="dx[place] - estimate", result="worst"
    )
    said = whole_card("checker", code)
    assert "lacks the absolute value" in said and "checked right" not in said, said
    assert "for curved functions your distances are others" in said, said


def test_an_estimate_that_is_never_compared_is_not_divided_by_h(whole_card):
    """For a right gradient the distance from twice the estimate is the estimate itself."""
    said = whole_card("checker", CHECKER.format(estimate=CENTRAL, distance="abs(estimate)", result="worst"))
    assert "You never look at dx" in said and "divide by h" not in said, said
    halved = CHECKER.format(
        estimate=CENTRAL.replace("/ (2 * h)", "/ 2 * h"), distance="abs(dx[place] - estimate)", result="worst"
    )
    assert "Brackets" in whole_card("checker", halved)


def test_a_yes_is_no_number_that_is_exchanged(whole_card):
    """The checker says whether the gradient is right: True, where 0 is asked for."""
    code = CHECKER.format(estimate=CENTRAL, distance="abs(dx[place] - estimate)", result="bool(worst < 1e-4)")
    said = whole_card("checker", code)
    assert "a number is asked for" in said and "exchanged" not in said, said


BACKWARD = """
def batch_norm_gradients(dy, x, gamma, eps):
    std = {std}
    xhat = (x - x.mean(axis=0)) / std
    d = dy * gamma
    dx = (d - {mean} - xhat * (d * xhat).mean(axis=0)) / std
    return {results}
"""
EXACT = {
    "std": "np.sqrt(x.var(axis=0) + eps)",
    "mean": "d.mean(axis=0)",
    "results": "dx, (dy * xhat).sum(axis=0), dy.sum(axis=0)",
}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"results": "(dy * xhat).sum(axis=0), dy.sum(axis=0), dx"}, "come in another order"),
        ({"results": "dx, (dy * xhat).sum(axis=0), dy.mean(axis=0)"}, "in dgamma, in dbeta or in both"),
        ({"results": "dx, (d * xhat).sum(axis=0), dy.sum(axis=0)"}, "gamma stands in dgamma"),
        ({"results": "dx, (dy * (x - x.mean(axis=0))).sum(axis=0), dy.sum(axis=0)"}, "x minus its mean"),
    ],
    ids=["order", "one mean", "gamma", "not divided"],
)
def test_hints_about_dgamma_and_dbeta_fit_one_of_them(whole_card, change, words):
    """No hint speaks of both where one is wrong."""
    said = whole_card("bn_backward", BACKWARD.format(**EXACT | change))
    assert words in said and "dgamma and dbeta are" not in said, said


def test_what_is_said_of_dx_calls_no_law_kept(whole_card):
    """With a wrong eps: the sentence is about dx alone."""
    code = BACKWARD.format(**EXACT | {"std": "np.sqrt(x.var(axis=0) + eps**2)"})
    said = whole_card("bn_backward", code)
    assert "right in its three laws" not in said, said


EXAMINE = """
def examine(images, weights, biases):
    h, report = images, []
    for W, b in zip(weights, biases):
        h = {h}
        report.append([h.std(axis=0).mean(), {zeros}, {dead}])
    return np.array(report)
"""


def test_hints_about_zeros_and_dead_units_fit_one_of_them(whole_card):
    """Zeros are counted, dead units are not; and who forgets ReLU looks for what is 0, not below."""
    relu = "np.maximum(0, h @ W + b)"
    said = whole_card(
        "project", EXAMINE.format(h=relu, zeros="(h == 0).sum()", dead="(h == 0).all(axis=0).mean()")
    )
    assert "Zeros, dead units or both are counted" in said, said
    said = whole_card(
        "project", EXAMINE.format(h="h @ W + b", zeros="(h == 0).mean()", dead="(h == 0).all(axis=0).mean()")
    )
    assert "ReLU is missing" in said and "nothing is below 0" not in said, said


@trains
def test_a_threshold_of_1000_is_no_comparison_with_the_next_layer(whole_card):
    """Both give the same words: the hint says what is seen."""
    said = whole_card(
        "diagnose",
        """
        def diagnose(images, weights, biases):
            return doctor(
                images,
                weights,
                biases,
                small=lambda spread: spread[-1] < spread[0] / 1000,
                large=lambda spread: spread[-1] > spread[0] * 1000,
            )
        """,
    )
    assert "Small and large weights pass for healthy" in said and "each layer with the next" not in said, said


def test_bounds_that_are_too_wide_are_no_normal_numbers(whole_card):
    """lecun's weights are uniform, from 0 to twice the bound."""
    code = """
        def draw_weights(fan_in, fan_out, scheme, rng):
            stds = {"small": 0.01, "lecture": fan_in**-0.5, "he": (2 / fan_in) ** 0.5}
            std = stds.get(scheme, (2 / (fan_in + fan_out)) ** 0.5)
            if scheme == "lecun":
                return rng.uniform(0, 4.8 / fan_in, size=(fan_in, fan_out))
            return rng.normal(0, std, size=(fan_in, fan_out))
    """
    said = whole_card("init", code)
    assert ("yours leave them" in said or "mean of your weights" in said) and "normal" not in said, said
