"""Session 9: which answers are right, and what is said of those that are not."""

from .table import (  # noqa: F401
    test_a_sample_of_changed_answers_is_refused,
    test_right_answers_are_right,
    test_wrong_answers_are_told_why,
)

STEM = "09_dropout"

RIGHT = {
    "mask by where": (
        "mask",
        """
        def dropout_mask(shape, p, rng):
            return np.where(rng.random(shape) < p, 0.0, 1.0 / (1.0 - p))
        """,
    ),
    "mask that keeps strictly above p": (
        "mask",
        """
        def dropout_mask(shape, p, rng):
            return (rng.random(size=shape) > p).astype(np.float32) / (1 - p)
        """,
    ),
    "mask number by number": (
        "mask",
        """
        def dropout_mask(shape, p, rng):
            kept = [0.0 if number < p else 1 / (1 - p) for number in rng.random(shape).flat]
            return np.reshape(kept, shape)
        """,
    ),
    "modes with a copy in evaluation": (
        "modes",
        """
        def dropout_forward(x, p, training, draw_mask):
            if not training:
                return x.copy(), np.full(x.shape, 1)
            mask = np.asarray(draw_mask(tuple(x.shape)))
            return mask * x, mask
        """,
    ),
    "gradient in place": (
        "backward",
        """
        def dropout_backward(dout, mask):
            dout[mask == 0] = 0
            dout *= mask
            return dout
        """,
    ),
    "crowd by bits of a number": (
        "crowd",
        """
        def expected_output(x, w, p):
            total = 0
            for number in range(2 ** len(x)):
                chance, score = 1.0, 0.0
                for i in range(len(x)):
                    if number >> i & 1:
                        chance *= 1 - p
                        score += w[i] * x[i] / (1 - p)
                    else:
                        chance *= p
                total += chance * max(score, 0)
            return total
        """,
    ),
    "crowd of drawn masks, bits of one number": (
        "sample",
        """
        def sampled_output(x, w, p, masks, rng):
            outputs = []
            for part in range(20):
                kept = rng.choice([0, 1 / (1 - p)], size=(masks // 20, len(x)), p=[p, 1 - p])
                outputs.extend(max(score, 0) for score in kept @ (w * x))
            return np.mean(outputs), np.std(outputs, ddof=1) / np.sqrt(masks)
        """,
    ),
    "decay in place": (
        "decay",
        """
        def decay_step(w, dw, v, lr, mu, decay, decoupled):
            old = w.copy()
            v *= mu
            v += dw if decoupled else dw + decay * w
            w -= lr * v
            if decoupled:
                w -= lr * decay * old
            return w, v
        """,
    ),
    "decay with lr in the velocity": (
        "decay",
        """
        def decay_step(w, dw, v, lr, mu, decay, decoupled):
            if decoupled:
                v = mu * v - lr * dw
                return w + v - lr * decay * w, v
            v = mu * v - lr * (dw + decay * w)
            return w + v, v
        """,
    ),
    "doubt with torch": (
        "doubt",
        """
        def monte_carlo(scores):
            import torch

            mean = torch.from_numpy(scores).softmax(dim=-1).mean(dim=0)
            return mean, torch.special.entr(mean).sum(dim=-1)
        """,
    ),
    "doubt with a tiny number": (
        "doubt",
        """
        def monte_carlo(scores):
            e = np.exp(scores - scores.max(axis=-1, keepdims=True))
            mean = (e / e.sum(axis=-1, keepdims=True)).mean(0)
            return mean, -(mean * np.log(mean + 1e-10)).sum(1)
        """,
    ),
    "training with arrays in float32": (
        "project",
        """
        def train(W1, W2, x, y, p, lr, steps, rng):
            W1, W2, x = (a.astype(np.float32) for a in (W1, W2, x))
            for step in range(steps):
                rows = rng.choice(len(x), size=50, replace=False)
                z = x[rows] @ W1
                mask = np.where(rng.random(z.shape) < p, 0, 1 / (1 - p)).astype(np.float32)
                d = z.clip(0) * mask
                ds = score_gradient(d @ W2, y[rows]).astype(np.float32)
                dz = (ds @ W2.T) * mask
                dz[z <= 0] = 0
                W1 -= lr * x[rows].T @ dz
                W2 -= lr * d.T @ ds
            return W1, W2
        """,
    ),
}


TRAIN = """
def train(W1, W2, x, y, p, lr, steps, rng):
    for step in range(steps):
        rows = rng.choice(len(x), size=50, replace=False)
        h = np.maximum(0, x[rows] @ W1)
        mask = {mask}
        d = h * mask
        ds = score_gradient(d @ W2, y[rows])
        dh = (ds @ W2.T) * mask * (h > 0)
        {step}
    return W1, W2
"""
MASK = "(rng.random(h.shape) >= p) / (1 - p)"
STEP = "W1, W2 = W1 - lr * x[rows].T @ dh, W2 - lr * d.T @ ds"

WRONG = {
    "p is the share that is kept": (
        "mask",
        """
        def dropout_mask(shape, p, rng):
            with np.errstate(all="ignore"):
                return np.where(rng.random(shape) < p, 1 / np.float64(p), 0)
        """,
        "share that is dropped",
    ),
    "the mask is the share of 1 - p below": (
        "mask",
        "def dropout_mask(shape, p, rng): return np.where(rng.random(shape) < 1 - p, 1 / (1 - p), 0)",
        "other ones",
    ),
    "the mask is binomial": (
        "mask",
        "def dropout_mask(shape, p, rng): return rng.binomial(1, 1 - p, shape) / (1 - p)",
        "another function than rng.random",
    ),
    "the mask draws twice": (
        "mask",
        """
        def dropout_mask(shape, p, rng):
            mask = (rng.random(shape) >= p) / (1 - p)
            rng.random()
            return mask
        """,
        "exactly once",
    ),
    "the mask comes from a global generator": (
        "mask",
        "def dropout_mask(shape, p, rng): return (np.random.rand(*shape) >= p) / (1 - p)",
        "np.random",
    ),
    "a number that is not small enough": (
        "doubt",
        """
        def monte_carlo(scores):
            from scipy.special import softmax
            mean = softmax(scores, axis=2).mean(axis=0)
            return mean, -(mean * np.log(mean + 1e-4)).sum(axis=1)
        """,
        "not small enough",
    ),
    "the shape is always the same": (
        "mask",
        "def dropout_mask(shape, p, rng): return (rng.random((4, 7)) >= p) / (1 - p)",
        "shape",
    ),
    "evaluation scales": (
        "modes",
        """
        def dropout_forward(x, p, training, draw_mask):
            if training:
                mask = draw_mask(x.shape)
                return x * mask, mask
            return (1 - p) * x, np.ones(x.shape)
        """,
        "In evaluation you scale by 1 - p",
    ),
    "evaluation has no mask": (
        "modes",
        """
        def dropout_forward(x, p, training, draw_mask):
            if not training:
                return x, None
            mask = draw_mask(x.shape)
            return x * mask, mask
        """,
        "",
    ),
    "the gradient has lost its factor": (
        "backward",
        "def dropout_backward(dout, mask): return np.where(mask != 0, dout, 0)",
        "multiplied by the same number",
    ),
    "a hundred thousand masks": (
        "crowd",
        """
        def expected_output(x, w, p):
            masks = (np.random.default_rng(0).random((100_000, len(x))) >= p) / (1 - p)
            return np.maximum(0, masks @ (w * x)).mean()
        """,
        "",
    ),
    "the crowd is the evaluation": (
        "crowd",
        "def expected_output(x, w, p): return np.maximum(0, w @ x)",
        "the evaluation, not the mean",
    ),
    "the mean of drawn masks before the ReLU": (
        "sample",
        """
        def sampled_output(x, w, p, masks, rng):
            outputs = (rng.random((masks, len(x))) >= p) @ (w * x) / (1 - p)
            return max(outputs.mean(), 0), outputs.std() / np.sqrt(masks)
        """,
        "ReLU afterwards",
    ),
    "a spread for an error": (
        "sample",
        """
        def sampled_output(x, w, p, masks, rng):
            outputs = np.maximum(0, (rng.random((masks, len(x))) >= p) @ (w * x) / (1 - p))
            return outputs.mean(), outputs.std()
        """,
        "standard deviation of the outputs",
    ),
    "a few masks": (
        "sample",
        """
        def sampled_output(x, w, p, masks, rng):
            outputs = np.maximum(0, (rng.random((500, len(x))) >= p) @ (w * x) / (1 - p))
            return outputs.mean(), outputs.std() / np.sqrt(500)
        """,
        "",
    ),
    "lr, mu and decay are ignored": (
        "decay",
        """
        def decay_step(w, dw, v, lr, mu, decay, decoupled):
            v = 0.9 * v + dw + (0 if decoupled else 0.3 * w)
            return w - 0.05 * v - (0.05 * 0.3 * w if decoupled else 0), v
        """,
        "",
    ),
    "the velocity comes first": (
        "decay",
        """
        def decay_step(w, dw, v, lr, mu, decay, decoupled):
            if decoupled:
                v = mu * v + dw
                w = w - lr * v - lr * decay * w
            else:
                v = mu * v + dw + decay * w
                w = w - lr * v
            return v, w
        """,
        "velocity first",
    ),
    "only the decoupled form is wrong, in place": (
        "decay",
        """
        def decay_step(w, dw, v, lr, mu, decay, decoupled):
            v *= mu
            v += dw if decoupled else dw + decay * w
            w -= lr * v
            if decoupled:
                w -= lr * decay * w
            return w, v
        """,
        "weight before the step",
    ),
    "zero meets the logarithm": (
        "doubt",
        """
        def monte_carlo(scores):
            e = np.exp(scores - scores.max(axis=-1, keepdims=True))
            mean = np.mean(e / e.sum(axis=-1, keepdims=True), axis=0)
            return mean, -np.sum(mean * np.log(mean), axis=1)
        """,
        "meets the logarithm",
    ),
    "mean of the scores first": (
        "doubt",
        """
        def monte_carlo(scores):
            from scipy.special import entr, softmax
            mean = softmax(scores.mean(axis=0), axis=1)
            return mean, entr(mean).sum(axis=1)
        """,
        "average the scores",
    ),
    "the mask is drawn with lr for p": (
        "project",
        TRAIN.format(mask="(rng.random(h.shape) >= lr) / (1 - lr)", step=STEP),
        "",
    ),
    "the mask has no factor": (
        "project",
        TRAIN.format(mask="rng.random(h.shape) >= p", step=STEP),
        "divided by 1 - p",
    ),
    "the mask keeps what is to be dropped": (
        "project",
        TRAIN.format(mask="(rng.random(h.shape) < p) / p", step=STEP),
        "",
    ),
    "W2 is updated too early": (
        "project",
        """
        def train(W1, W2, x, y, p, lr, steps, rng):
            for step in range(steps):
                rows = rng.choice(len(x), 50, replace=False)
                h = np.maximum(0, x[rows] @ W1)
                mask = np.where(rng.random(h.shape) < p, 0, 1 / (1 - p))
                d = h * mask
                ds = score_gradient(d @ W2, y[rows])
                W2 = W2 - lr * d.T @ ds
                W1 = W1 - lr * x[rows].T @ (ds @ W2.T * mask * (h > 0))
            return W1, W2
        """,
        "with the new W2",
    ),
}

WRONG |= {
    "never in training": (
        "modes",
        "def dropout_forward(x, p, training, draw_mask): return x, np.ones(x.shape)",
        "What does your if compare?",
    ),
    "crowd returns in the loop": (
        "crowd",
        """
        def expected_output(x, w, p):
            total = 0.0
            for number in range(2 ** len(x)):
                kept = number >> np.arange(len(x)) & 1
                chance = p ** (len(x) - kept.sum()) * (1 - p) ** kept.sum()
                total += chance * max(0, (kept * w * x).sum() / (1 - p))
                return total
        """,
        "Does a return stand in the loop?",
    ),
    "crowd without chances and factor": (
        "crowd",
        """
        def expected_output(x, w, p):
            masks = np.arange(2 ** len(x))[:, None] >> np.arange(len(x)) & 1
            return np.maximum(0, masks @ (w * x)).mean()
        """,
        "count alike in your mean, and the kept inputs are not divided",
    ),
    "mask that is drawn and forgotten": (
        "modes",
        """
        def dropout_forward(x, p, training, draw_mask):
            return x, draw_mask(x.shape) if training else np.ones_like(x)
        """,
        "drawn and not used",
    ),
    "crowd with p once": (
        "crowd",
        """
        def expected_output(x, w, p):
            masks = np.arange(2 ** len(x))[:, None] >> np.arange(len(x)) & 1
            return p * (1 - p) ** masks.sum(axis=1) @ np.maximum(0, masks @ (w * x) / (1 - p))
        """,
        "p has another exponent",
    ),
    "sample without x": (
        "sample",
        """
        def sampled_output(x, w, p, masks, rng):
            outputs = np.maximum(0, (rng.random((masks, len(x))) >= p) @ w / (1 - p))
            return outputs.mean(), outputs.std() / masks**0.5
        """,
        "or does your unit give 0 for nearly every mask?",
    ),
    "sample with an error of 0": (
        "sample",
        """
        def sampled_output(x, w, p, masks, rng):
            outputs = np.maximum(0, (rng.random((masks, len(x))) >= p) @ (w * x) / (1 - p))
            return outputs.mean(), outputs.std() / masks**5
        """,
        "Your standard error is 0",
    ),
    "neither matrix learns": (
        "project",
        TRAIN.format(mask=MASK, step="pass"),
        "one or both",
    ),
    "one step too few": (
        "project",
        TRAIN.format(mask=MASK, step=STEP).replace("range(steps)", "range(1, steps)"),
        "The number of steps",
    ),
    "velocity of this step alone": (
        "decay",
        """
        def decay_step(w, dw, v, lr, mu, decay, decoupled):
            v = dw if decoupled else dw + decay * w
            return w - lr * v - (lr * decay * w if decoupled else 0), v
        """,
        "remembers nothing",
    ),
    "doubt overflows before a tiny number": (
        "doubt",
        """
        def monte_carlo(scores):
            mean = (np.exp(scores) / np.exp(scores).sum(2, keepdims=True)).mean(0)
            return mean, -(mean * np.log(mean + 1e-12)).sum(1)
        """,
        "overflow in exp",
    ),
    "matrices in the other order": (
        "project",
        TRAIN.format(mask=MASK, step=STEP).replace("return W1, W2", "return W2, W1"),
        "You return W2 first",
    ),
    "mask without return": (
        "mask",
        "def dropout_mask(shape, p, rng): (rng.random(shape) >= p) / (1 - p)",
        "mask of two axes: the answer is None (is a return missing?)",
    ),
}


def test_a_hint_about_one_part_says_nothing_of_the_others(whole_card):
    """Two mistakes at once: no hint calls the output or the matrices right."""
    code = """
        def dropout_forward(x, p, training, draw_mask):
            if not training:
                return x * (1 - p), np.full_like(x, 1 - p)
            mask = draw_mask(x.shape)
            x *= mask
            return x, mask
    """
    said = whole_card("modes", code)
    assert "You changed the caller's x" in said and "is right" not in said, said
    code = """
        def dropout_forward(x, p, training, draw_mask):
            mask = draw_mask(x.shape)
            return (x * mask / (1 - p), mask) if training else (x, np.ones_like(x))
    """
    said = whole_card("modes", code)
    assert "a mask for nothing" in said and "divide by 1 - p once more" in said, said
    assert "output is right" not in said, said
    step = "W1 -= lr * x[rows].T @ dh * 2; W2 += lr * d.T @ ds"
    said = whole_card("project", TRAIN.format(mask=MASK, step=step))
    assert "caller's matrices" in said or "in place" in said, said
    assert "is right" not in said, said


def test_a_mask_that_is_drawn_twice_is_not_called_another_one(whole_card):
    """The output was multiplied with the mask that comes back: a mean of two."""
    code = """
        def dropout_forward(x, p, training, draw_mask):
            mask = (draw_mask(x.shape) + draw_mask(x.shape)) / 2 if training else np.ones_like(x)
            return x * mask, mask
    """
    said = whole_card("modes", code)
    assert "draws two masks" in said and "another one than the output" not in said, said


def test_the_callers_arrays_stay(card):
    """Where the text says so, an answer that changes them is wrong, though its numbers are right."""
    forward = """
        def dropout_forward(x, p, training, draw_mask):
            mask = draw_mask(x.shape) if training else np.ones_like(x)
            x *= mask
            return x, mask
    """
    assert "changed the caller's x" in card("modes", forward)
    assert card("project", TRAIN.format(mask=MASK, step=STEP)) == "right"
    for step in ("W1 -= lr * x[rows].T @ dh; W2 -= lr * d.T @ ds", f"{STEP}; W2 += 0"):
        said = card("project", TRAIN.format(mask=MASK, step=step))
        assert ("changed the caller's matrices" in said) == step.startswith("W1 -=")
    second = "W1 = W1 - lr * x[rows].T @ dh; W2 -= lr * d.T @ ds"
    assert "W2" in card("project", TRAIN.format(mask=MASK, step=second))
