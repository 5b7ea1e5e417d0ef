"""Session 3: which answers are right, and what is said of those that are not."""

import pytest

from .table import (  # noqa: F401
    test_a_sample_of_changed_answers_is_refused,
    test_right_answers_are_right,
    test_wrong_answers_are_told_why,
)

STEM = "03_linear_classifier"

SOFTMAX = """
def softmax_loss(s, y):
    rows = np.arange(len(y))
    {start}
    p = np.exp(s)
    p /= p.sum(axis=1, keepdims=True)
    loss = {loss}
    p[rows, y] -= 1
    return loss, p / len(y)
"""
SHIFT = "s = s - s.max(axis=1, keepdims=True)"
HINGE = """
def hinge_loss(s, y, delta):
    total = 0.0
    for i in range(len(y)):
        for c in range(s.shape[1]):
            if c != y[i]:
                total += {term}
    return total / {count}
"""
GRADIENT = """
def hinge_gradient(s, y, delta):
    ds = np.zeros(s.shape)
    for i, right in enumerate(y):
        for c in range(s.shape[1]):
            if c != right and s[i, c] - s[i, right] + {margin} > 0:
                {step}
    return ds / {count}
"""
TRAIN = """
def train(x, y, classes, loss, rng, lr, strength, epochs, batch_size):
    W, b = np.zeros((classes, x.shape[1])), {bias}
    for _ in range(epochs):
        order = rng.permutation(len(x))
        for start in range(0, len(x), {size}):
            batch = order[start : start + {size}]
            _, ds = {loss}(x[batch] @ W.T + b, y[batch])
            W -= {lr} * (ds.T @ x[batch] + 2 * strength * W)
            b -= {lr} * ds.sum(axis=0)
    return W, b
"""
DIAGNOSIS = """
def diagnose(step, W, b, x, y, lr):
    N, truth = len(y), np.eye(len(b))[y]
    e = np.exp(x @ W.T + b)
    p = e / e.sum(axis=1, keepdims=True)
    if not np.isfinite(step({size} * W, b, x, y, 1.0)[0]).all():
        return "Overflow"
    new_W, new_b = step(W, b, x, y, 1.0)
    words = {{"healthy": p - truth, "uphill": truth - p, "sum": N * (p - truth), "no truth": p}}
    words["mixed labels"] = p - truth[np.arange(N) - 1]
    found = [word for word, ds in words.items() if {fits}]
    return {answer}
"""
DOCTOR = {
    "size": "1e4",
    "fits": "np.allclose(N * (W - new_W), ds.T @ x)",
    "answer": "'frozen  bias' if np.allclose(new_b, b) else found[0]",
}
PLAIN = {"bias": "np.zeros(classes)", "size": "batch_size", "loss": "loss", "lr": "lr"}

RIGHT = {
    "scores in float32": (
        "scores",
        """
        def compute_scores(W, b, x):
            W, b, x = (array.astype(np.float32) for array in (W, b, x))
            return np.dot(x, W.T) + b
        """,
    ),
    "bias as lists": (
        "bias",
        """
        def join_bias(W, b, x):
            return [[*row, bias] for row, bias in zip(W, b)], [[*image, 1.0] for image in x]
        """,
    ),
    "hinge in a loop": ("hinge", HINGE.format(term="max(0, s[i, c] - s[i, y[i]] + delta)", count="len(y)")),
    "gradient in a loop": (
        "hinge_gradient",
        GRADIENT.format(margin="delta", step="ds[i, c] += 1; ds[i, right] -= 1", count="len(y)"),
    ),
    "softmax with the largest score subtracted and the total's logarithm": (
        "softmax",
        """
        def softmax_loss(s, y):
            most = s.max(1)
            e = np.exp(s - most[:, None])
            total = e.sum(1)
            loss = np.log(total) + most - s[np.arange(len(y)), y]
            return np.mean(loss), (e / total[:, None] - np.eye(s.shape[1])[y]) / len(y)
        """,
    ),
    "softmax by torch": (
        "softmax",
        """
        def softmax_loss(s, y):
            import torch

            scores = torch.tensor(s, requires_grad=True)
            loss = torch.nn.functional.cross_entropy(scores, torch.tensor(y))
            loss.backward()
            return loss.item(), scores.grad
        """,
    ),
    "objective that changes W in place at the end": (
        "objective",
        """
        def objective(W, b, x, y, loss, strength):
            value, ds = loss(np.matmul(x, W.T) + b, y)
            total = value + strength * np.sum(W * W)
            W *= 2 * strength
            W += ds.T @ x
            return total, W, np.sum(ds, 0)
        """,
    ),
    "border in place": (
        "border",
        """
        def nearest_on_border(W, b, x, a, c):
            w = W[c] - W[a]
            x -= (np.dot(w, x) + b[c] - b[a]) / np.square(w).sum() * w
            return x
        """,
    ),
    "top k by ranks": (
        "topk",
        """
        def topk_error(s, y, k):
            missed = 0
            for scores, right in zip(s, y):
                missed += right not in sorted(range(len(scores)), key=lambda c: scores[c])[-k:]
            return missed / len(y)
        """,
    ),
    "training in place": ("project", TRAIN.format(**PLAIN)),
    "a diagnosis with a rate of its own, in other letters": ("diagnosis", DIAGNOSIS.format(**DOCTOR)),
    "a diagnosis by exclusion": (
        "diagnosis",
        DIAGNOSIS.format(**DOCTOR)
        .replace(', "no truth": p}', "}")
        .replace("found[0]", "(found or ['no truth'])[0]"),
    ),
}

WRONG = {
    "images and weights exchanged": (
        "bias",
        """
        def join_bias(W, b, x):
            return np.c_[x, np.ones(len(x))], np.c_[W, b]
        """,
        "weights come first",
    ),
    "weights of 0 for the bias": (
        "bias",
        """
        def join_bias(W, b, x):
            return np.c_[W, np.zeros(len(W))], np.c_[x, np.ones(len(x))]
        """,
        "one of its two factors is 0",
    ),
    "only the scores": (
        "bias",
        """
        def join_bias(W, b, x):
            x @ W.T + b
        """,
        "join_bias returned None",
    ),
    "margin of 1": (
        "hinge",
        HINGE.format(term="max(0, s[i, c] - s[i, y[i]] + 1)", count="len(y)"),
        "whatever delta says",
    ),
    "mean over the classes": (
        "hinge",
        HINGE.format(term="max(0, s[i, c] - s[i, y[i]] + delta)", count="s.size"),
        "average over the classes",
    ),
    "margin after the cut": (
        "hinge",
        HINGE.format(term="max(0, s[i, c] - s[i, y[i]]) + delta", count="len(y)"),
        "after the cut",
    ),
    "scores changed, and the right class counted": (
        "hinge",
        """
        def hinge_loss(s, y, delta):
            s -= s[np.arange(len(y)), y][:, None]
            return np.maximum(0, s + delta).sum() / len(y)
        """,
        "right class is counted",
    ),
    "scores changed": (
        "hinge_gradient",
        """
        def hinge_gradient(s, y, delta):
            rows = np.arange(len(y))
            s -= s[rows, y][:, None]
            ds = (s + delta > 0) * 1.0
            ds[rows, y] -= ds.sum(axis=1)
            return ds / len(y)
        """,
        "s in place",
    ),
    "gradient of a fixed margin": (
        "hinge_gradient",
        GRADIENT.format(margin="1.0", step="ds[i, c] += 1; ds[i, right] -= 1", count="len(y)"),
        "whatever delta says",
    ),
    "wrong classes without a gradient": (
        "hinge_gradient",
        GRADIENT.format(margin="delta", step="ds[i, right] -= 1", count="len(y)"),
        "wrong classes get nothing",
    ),
    "divided by 8": (
        "hinge_gradient",
        GRADIENT.format(margin="delta", step="ds[i, c] += 1; ds[i, right] -= 1", count="8"),
        "",
    ),
    "softmax that overflows": (
        "softmax",
        SOFTMAX.format(start="pass", loss="-np.log(p[rows, y]).mean()"),
        "overflow",
    ),
    "a loss that overflows beside a careful gradient": (
        "softmax",
        """
        def softmax_loss(s, y):
            rows, p = np.arange(len(y)), np.exp(s - s.max(axis=1, keepdims=True))
            p /= p.sum(axis=1, keepdims=True)
            p[rows, y] -= 1
            return (np.log(np.exp(s).sum(axis=1)) - s[rows, y]).mean(), p / len(y)
        """,
        "overflow",
    ),
    "a probability that became 0": (
        "softmax",
        SOFTMAX.format(start=SHIFT, loss="-np.log(p[rows, y]).mean()"),
        "has become 0 before",
    ),
    "a probability that became 0, and the scores changed": (
        "softmax",
        SOFTMAX.format(start="s -= s.max(axis=1, keepdims=True)", loss="-np.log(p[rows, y]).mean()"),
        "has become 0 before",
    ),
    "a clipped probability": (
        "softmax",
        SOFTMAX.format(start=SHIFT, loss="-np.log(np.clip(p[rows, y], 1e-12, 1)).mean()"),
        "caps the loss",
    ),
    "1e-10 in the logarithm": (
        "softmax",
        SOFTMAX.format(start=SHIFT, loss="-np.log(p[rows, y] + 1e-10).mean()"),
        "caps the loss",
    ),
    "the largest of all scores": (
        "softmax",
        SOFTMAX.format(start="s = s - s.max()", loss="-np.log(p[rows, y]).mean()"),
        "largest score of all images",
    ),
    "a logarithm of all probabilities": (
        "softmax",
        SOFTMAX.format(start=SHIFT, loss="-(np.eye(p.shape[1])[y] * np.log(p)).sum() / len(y)"),
        "0 times minus infinity",
    ),
    "half a penalty": (
        "objective",
        """
        def objective(W, b, x, y, loss, strength):
            value, ds = loss(x.dot(W.T) + b, y)
            return value + 0.5 * strength * np.sum(W**2), ds.T.dot(x) + strength * W, ds.sum(0)
        """,
        "one half",
    ),
    "the loss that the text shows": (
        "objective",
        """
        def objective(W, b, x, y, loss, strength):
            value, ds = squared_loss(x @ W.T + b, y)
            return value + strength * (W**2).sum(), ds.T @ x + 2 * strength * W, ds.sum(axis=0)
        """,
        "",
    ),
    "a step without direction": (
        "border",
        """
        def nearest_on_border(W, b, x, a, c):
            w = W[a] - W[c]
            return x - (w @ x + b[a] - b[c]) / np.linalg.norm(w) ** 2
        """,
        "same number off every pixel",
    ),
    "a partition that has no place for k = C": (
        "topk",
        """
        def topk_error(s, y, k):
            best = np.argpartition(-s, k, axis=1)[:, :k]
            return 1 - np.mean([right in row for right, row in zip(y, best)])
        """,
        "out of bounds",
    ),
    "a fixed batch size": ("project", TRAIN.format(**PLAIN | {"size": "10"}), ""),
    "a fixed learning rate": ("project", TRAIN.format(**PLAIN | {"lr": "0.02"}), ""),
    "a fixed loss": (
        "project",
        TRAIN.format(**PLAIN | {"loss": "squared_loss"}),
        "another loss than the one that is handed over",
    ),
    "another generator": (
        "project",
        TRAIN.format(**PLAIN).replace("rng.permutation", "np.random.permutation"),
        "Nothing is drawn from rng",
    ),
    "a diagnosis without large scores": (
        "diagnosis",
        DIAGNOSIS.format(**DOCTOR | {"size": "1"}),
        "A step that overflows passes for healthy",
    ),
    "a diagnosis that never looks at the bias": (
        "diagnosis",
        DIAGNOSIS.format(**DOCTOR | {"answer": "found[0]"}),
        "A frozen bias passes for healthy",
    ),
    "a diagnosis that compares with ==": (
        "diagnosis",
        DIAGNOSIS.format(
            **DOCTOR
            | {
                "fits": "(W - new_W == ds.T @ x / N).all()",
                "answer": "'frozen bias' if np.allclose(new_b, b) else 'healthy'",
            }
        ),
        "== is too strict",
    ),
    "a word of one's own": (
        "diagnosis",
        DIAGNOSIS.format(**DOCTOR).replace('"uphill"', '"wrong sign"'),
        "none of the choices",
    ),
    "a mean of the squared weights": (
        "objective",
        """
        def objective(W, b, x, y, loss, strength):
            value, ds = loss(x @ W.T + b, y)
            return value + strength * np.mean(W**2), ds.T @ x + 2 * strength * W / W.size, ds.sum(axis=0)
        """,
        "mean of the squared weights",
    ),
    "biases as a row": ("project", TRAIN.format(**PLAIN | {"bias": "np.zeros((1, classes))"}), "shape"),
}


def test_a_hint_about_changed_scores_calls_nothing_right(whole_card):
    """The scores are changed, and the gradient is that of the sum: no hint says that the result is right."""
    code = SOFTMAX.format(start="s -= s.max(axis=1, keepdims=True)", loss="-np.log(p[rows, y]).mean()")
    said = whole_card("softmax", code)
    assert "The caller's scores were changed" in said and "result is right" not in said, said


@pytest.mark.parametrize(
    ("loss", "gradient", "said"),
    [
        ("log_p[rows, y].mean()", "ds", "Your loss"),
        ("-log_p[rows, y].mean()", "-ds", "Your gradient"),
    ],
    ids=["loss", "gradient"],
)
def test_one_wrong_sign_is_not_called_two(whole_card, loss, gradient, said):
    """Who turned the sign of the loss alone does not read that the gradient's is wrong, and vice versa."""
    code = f"""
        def softmax_loss(s, y):
            rows = np.arange(len(y))
            s = s - s.max(axis=1, keepdims=True)
            log_p = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
            ds = np.exp(log_p)
            ds[rows, y] -= 1
            return {loss}, {gradient} / len(y)
    """
    card = whole_card("softmax", code)
    assert f"{said} has the wrong sign" in card and "Loss and gradient" not in card, card


def test_the_smallest_score_is_subtracted_in_vain(whole_card):
    """What overflows is no 0 times infinity, though one loss is nan in both cases."""
    card = whole_card(
        "softmax",
        SOFTMAX.format(start="s = s - s.min(axis=1, keepdims=True)", loss="-np.log(p[rows, y]).mean()"),
    )
    assert "not the largest score of the image" in card and "0 times" not in card, card


def test_a_gradient_under_the_name_of_the_probabilities(card):
    """ds = p is no copy: the logarithm is taken of p - 1, which is negative."""
    code = """
        def softmax_loss(s, y):
            rows = np.arange(len(y))
            p = np.exp(s - s.max(axis=1, keepdims=True))
            p /= p.sum(axis=1, keepdims=True)
            ds = p
            ds[rows, y] -= 1
            return -np.log(p[rows, y]).mean(), ds / len(y)
    """
    assert "ds = p copies nothing" in card("softmax", code)


def test_no_penalty_anywhere_is_no_contradiction(whole_card):
    """In neither of the two: no hint says that it is in the loss, or in the gradient."""
    code = """
        def objective(W, b, x, y, loss, strength):
            value, ds = loss(x @ W.T + b, y)
            return value, ds.T @ x, ds.sum(axis=0)
    """
    said = whole_card("objective", code)
    assert "value that you return lacks the penalty" in said and "gradient of W lacks" in said, said
    assert "penalty is in" not in said, said


@pytest.mark.parametrize("point", ["-(b[a] - b[c]) / (w @ w) * w", "x - (w @ x + b[a] - b[c]) * d / (w @ d)"])
def test_on_the_border_is_not_along_one_row(whole_card, point):
    """The nearest point to 0, and one along the first pixel: neither way is along a row of W."""
    code = f"""
        def nearest_on_border(W, b, x, a, c):
            w, d = W[a] - W[c], np.eye(len(x))[0]
            return {point}
    """
    said = whole_card("border", code)
    assert "You land on the border" in said and "one row alone" not in said, said


def test_what_cards_say_of_hinge_claims_nothing_right(whole_card):
    """The sign of the lead, kept only in the sum, and the fixed margin: no part is called right besides."""
    worst = """
        def hinge_loss(s, y, delta):
            missing = np.maximum(0, s - s[np.arange(len(y)), y][:, None] + delta)
            missing[np.arange(len(y)), y] = 0
            return missing.max(axis=1).sum()
    """
    said = whole_card("hinge", worst)
    assert "a margin of 0 your loss is another" in said and "right for" not in said, said
    counted = """
        def hinge_loss(s, y, delta):
            return np.maximum(0, s - s[np.arange(len(y)), y][:, None] + {delta}).sum() / {count}
    """
    said = whole_card("hinge", counted.format(delta="delta", count=1))
    assert "other sign" not in said and "is right when" not in said, said
    said = whole_card("hinge", counted.format(delta=1, count="len(y)"))
    assert "1 minus" not in said and "nothing is missing" in said, said


TOPK = """
    def topk_error(s, y, k):
        above = (s > s[np.arange(len(y)), y][:, None]).sum(axis=1)
        return {result}
"""


def test_what_cards_say_of_topk_claims_nothing_right(whole_card):
    """In percent, where all are wrong, too; and for the accuracy of one place more nothing is exchanged."""
    said = whole_card("topk", TOPK.format(result="100 * (above > k).mean()"))
    assert "You give percent" in said and "for k = 1, the fraction" in said and "right where" not in said, (
        said
    )
    said = whole_card("topk", TOPK.format(result="(above <= k).mean()"))
    assert "each other's places" not in said and "yours says otherwise" in said, said
    said = whole_card("topk", TOPK.format(result="(above < 1).mean()"))
    assert "That is the accuracy" in said and "k lowest" not in said, said
    values = """
        def topk_error(s, y, k):
            best = np.sort(s, axis=1)[:, -k:]
            return 1 - (best == y[:, None]).any(axis=1).mean()
    """
    said = whole_card("topk", values)
    assert "1 minus" not in said and "no image is wrong" in said, said


def test_a_penalty_of_the_wrong_sign_is_not_sought_in_the_batches(card):
    """One step from zeros does not show it; the sentences about many steps name the penalty."""
    code = TRAIN.format(**PLAIN)
    assert "wrong sign" in card("project", code.replace("+ 2 * strength", "- 2 * strength"))
    half = code.replace("2 * strength", "1.5 * strength")
    assert half != code and "and the penalty" in card("project", half)


@pytest.mark.parametrize(
    ("change", "words"),
    [(("    return W, b", "        return W, b"), "after one epoch")],
)
def test_training_that_ends_early(card, change, words):
    """The return stands inside the loop over epochs."""
    code = TRAIN.format(**PLAIN)
    assert code.replace(*change) != code and words in card("project", code.replace(*change))


def test_one_exchanged_word_is_no_word_that_is_never_said(whole_card):
    """All words are said: no hint asks which one is not."""
    said = whole_card(
        "diagnosis",
        """
        def diagnose(step, W, b, x, y, lr):
            word = compared(step, W, b, x, y, lr, factor=lr)
            return {"healthy": "mixed labels", "mixed labels": "healthy"}.get(word, word)
        """,
    )
    assert "passes for healthy" in said and "never return" not in said, said
    few = whole_card(
        "diagnosis",
        "def diagnose(step, W, b, x, y, lr): return compared(step, W, b, x, y, lr, factor=lr, size=10)",
    )
    assert "A step that overflows passes for healthy" in few and "never tried" not in few, few


@pytest.mark.parametrize("shift", ["s.mean(axis=1, keepdims=True)", "np.median(s, axis=1, keepdims=True)"])
def test_who_shifts_by_another_score_reads_of_no_small_probability(whole_card, shift):
    """NumPy warned of the overflow that the shift leaves, and no logarithm of a probability is taken."""
    code = f"""
        def softmax_loss(s, y):
            rows, s = np.arange(len(y)), s - {shift}
            log_p = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
            ds = np.exp(log_p)
            ds[rows, y] -= 1
            return -log_p[rows, y].mean(), ds / len(y)
    """
    said = whole_card("softmax", code)
    assert "not the largest score of the image" in said and "has become 0" not in said, said


@pytest.mark.parametrize(
    ("count", "words"), [("(2 * len(y))", "no factor 1/2"), ("s.shape[1]", "by the number of classes")]
)
def test_a_loss_that_is_too_small_is_no_mean_over_the_classes(whole_card, count, words):
    """For one image and two classes, half the loss is the mean over the classes."""
    said = whole_card("hinge", HINGE.format(term="max(0, s[i, c] - s[i, y[i]] + delta)", count=count))
    assert words in said and "PyTorch" not in said, said


def test_a_word_that_is_printed_misses_its_return(whole_card):
    """The suspects fit, and only the return is missing."""
    code = DIAGNOSIS.format(**DOCTOR | {"answer": "'frozen bias' if np.allclose(new_b, b) else print(found)"})
    said = whole_card("diagnosis", code)
    assert "no return is reached" in said and "None of your suspects" not in said, said


def test_a_bias_outside_the_scores_is_trained_all_the_same(whole_card):
    """b takes its steps, and the loss never sees it: no hint says that it is not trained."""
    code = TRAIN.format(**PLAIN)
    for change in [("W.T + b", "W.T"), ("            b -= lr * ds.sum(axis=0)\n", "")]:
        assert code.replace(*change) != code
        said = whole_card("project", code.replace(*change))
        assert "as if b were always 0" in said and "never trained" not in said, said


@pytest.mark.parametrize(
    "change",
    [
        [("x[batch] +", "x[batch] / len(x) +")],
        [("x[batch] +", "x[batch] / len(x) +"), ("ds.sum(axis=0)", "ds.sum(axis=0) / len(x)")],
        [("x[batch] +", "x[batch] / len(batch) +")],
    ],
    ids=["all, W", "all", "batch, W"],
)
def test_a_gradient_divided_again(whole_card, change):
    """By all images, or for W alone: it is not called the size of the batch, and nothing else is blamed."""
    code = TRAIN.format(**PLAIN)
    for one in change:
        assert code.replace(*one) != code
        code = code.replace(*one)
    said = whole_card("project", code)
    assert "by a number of images" in said and "size of the batch" not in said, said
    assert "many steps" not in said, said


def test_many_steps_are_not_blamed_where_one_is_wrong_already(whole_card):
    """The first step is explained by a hint; what is said of many steps holds where a single one is right."""
    code = TRAIN.format(**PLAIN).replace("x[batch] +", "x[batch] / len(batch) +")
    said = whole_card("project", code.replace("2 * strength", "1.5 * strength"))
    assert "by a number of images" in said and "many steps end elsewhere: if a single one is right" in said, (
        said
    )


@pytest.mark.parametrize(
    ("result", "words"),
    [
        ("x - lead / (w @ w) * w[None]", "an array of shape (1, "),
        ("lead / np.linalg.norm(w)", "a number; expected an array of shape ("),
    ],
)
def test_a_point_of_another_shape_is_wrong_and_no_error(asker, result, words):
    """The function came to its end; only the question cannot take the scores of such a point."""
    code = f"""
        def nearest_on_border(W, b, x, a, c):
            w, lead = W[a] - W[c], (W[a] - W[c]) @ x + b[a] - b[c]
            return {result}
    """
    verdict = asker.verdicts("border", code)[0]
    assert verdict.kind == "wrong" and f"nearest_on_border returned {words}" in verdict.text, verdict
