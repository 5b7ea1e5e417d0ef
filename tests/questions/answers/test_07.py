"""Session 7: right and wrong answers, as students write them, and what the cards say."""

from .table import (  # noqa: F401
    test_a_sample_of_changed_answers_is_refused,
    test_right_answers_are_right,
    test_wrong_answers_are_told_why,
)

STEM = "07_convolution"

CONV = """
def conv2d(x, w, b, stride, padding):
    N, C, H, W = x.shape
    C_out, _, h, k = w.shape
    rows, columns = {count}
    out = np.zeros((N, C_out, rows, columns))
    z = np.zeros((N, C, H + 2 * padding[0], W + 2 * padding[1]))
    z[:, :, padding[0] : padding[0] + H, padding[1] : padding[1] + W] = x
    for n in range(N):
        for f in range(C_out):
            for i in range(rows):
                for j in range(columns):
                    top, left = {place}
                    out[n, f, i, j] = np.sum(z[n, :, top : top + h, left : left + k] * w[f]) + b[f]
    return out
"""
COUNT = "(H + 2 * padding[0] - h) // stride[0] + 1, (W + 2 * padding[1] - k) // stride[1] + 1"
PLACE = "i * stride[0], j * stride[1]"

BACKWARD = """
def conv2d_backward(dy, x, w, stride, padding):
    s, t = stride
    p, q = padding
    N, C, H, W = x.shape
    h, k = w.shape[2:]
    z = np.pad(x, [(0, 0), (0, 0), (p, p), (q, q)], mode="constant")
    dz, dw = np.zeros(z.shape), np.zeros(w.shape)
    for n in range(N):
        for f in range(dy.shape[1]):
            for i in range(dy.shape[2]):
                for j in range(dy.shape[3]):
                    window = (n, slice(None), slice(i * s, i * s + h), slice(j * t, j * t + k))
                    dw[f] += z[window] * dy[n, f, i, j]
                    {step}
    return {result}
"""
STEP, RESULT = (
    "dz[window] += w[f] * dy[n, f, i, j]",
    "dz[:, :, p : p + H, q : q + W], dw, np.einsum('ndij->d', dy)",
)

COLUMNS = """
def im2col(x, kernel, stride, padding):
    (s, t), (p, q), (h, k) = stride, padding, kernel
    z = np.pad(x, [(0, 0), (0, 0), {pad}])
    rows = range(0, z.shape[2] - h + {more}, s)
    columns = range(0, z.shape[3] - k + {more}, t)
    result = np.zeros((len(x), x.shape[1] * h * k, len(rows) * len(columns)))
    for number, (top, left) in enumerate([(top, left) for top in rows for left in columns]):
        result[:, :, number] = z[:, :, top : top + h, left : left + k].reshape(len(x), -1)
    return result
"""

POOL = """
def max_pool(x, kernel, stride):
    N, C, H, W = x.shape
    rows, columns = {count}
    out = np.zeros((N, C, rows, columns))
    for i in range(rows):
        for j in range(columns):
            window = x[:, :, i * {step} : i * {step} + kernel, j * {step} : j * {step} + kernel]
            out[:, :, i, j] = {value}
    return out
"""
FIT = "(H - kernel) // stride + 1, (W - kernel) // stride + 1"
LARGEST = "np.max(window, axis=(2, 3))"

UNPOOL = """
def max_pool_backward(dy, x, kernel, stride):
    dx = np.zeros(x.shape)
    for n in range(dy.shape[0]):
        for c in range(dy.shape[1]):
            for i in range(dy.shape[2]):
                for j in range(dy.shape[{second}]):
                    top, left = i * stride, j * stride
                    part = (n, c, slice(top, top + kernel), slice(left, left + kernel))
                    mask = x[part] == np.max(x[part])
                    {step}
    return dx
"""

LENET = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Sequential({first}, nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10))
        self.a, self.b, self.more = nn.Conv2d(1, 6, 5), nn.Conv2d(6, 16, 5), {more}

    def forward(self, x):
        x = F.max_pool2d({act}(self.a(x)), 2)
        x = F.max_pool2d({act}(self.b(x)), 2)
        return self.head(self.more(torch.flatten(x, 1)))

def make_lenet():
    return Net()
"""

TRAIN = """
def train(net, images, labels, rng, steps, batch_size, lr):
    net.train()
    optimizer, losses = {optimizer}, []
    for _ in range(steps):
        optimizer.zero_grad()
        index = {draw}
        loss = {loss}
        loss.backward()
        optimizer.step()
        losses.append({kept})
    return losses
"""
NUMERIC = """
def numeric_gradient(f, x, h):
    x = x.astype(float)
    grad = np.zeros_like(x)
    it = np.nditer(x, flags=["multi_index"])
    while not it.finished:
        i = it.multi_index
        old = x[i]
        x[i] = old + {up}
        above = f(x)
        x[i] = old - {down}
        below = f(x)
        x[i] = {back}
        grad[i] = {quotient}
        it.iternext()
    return grad
"""

FAULT = """
def find_fault(forward, backward, x, w, b, dy):
    def gradient(f, z):
        g = np.zeros_like(z)
        for i in np.ndindex(z.shape):
            e = np.zeros_like(z)
            e[i] = {h}
            g[i] = (f(z + e) - f(z - e)) / (2 * {h})
        return g

    dy = {dy}
    found = backward(dy, x, w, b)
    fs = [
        lambda z: np.sum({loss} * forward(z, w, b)),
        lambda z: np.sum({loss} * forward(x, z, b)),
        lambda z: np.sum({loss} * forward(x, w, z)),
    ]
    for name, f, z, a in zip(["dx", "dw", "db"], fs, [x, w, b], found):
        n = gradient(f, z)
        if {differs}:
            return name
    return {healthy}
"""
RELATIVE = "np.max(np.abs(a - n) / np.maximum(1e-6, np.abs(a) + np.abs(n))) > 1e-3"

TRAINED = {
    "optimizer": "torch.optim.Adam(net.parameters(), lr)",
    "draw": "rng.choice(len(images), batch_size, False)",
    "loss": "nn.CrossEntropyLoss()(net(images[index]), labels[index])",
    "kept": "loss.item()",
}


def numeric(up="h", down="h", back="old", quotient="(above - below) / (2 * h)"):
    return NUMERIC.format(up=up, down=down, back=back, quotient=quotient)


def fault(h="1e-5", dy="dy", loss="dy", differs=RELATIVE, healthy="'none'"):
    return FAULT.format(h=h, dy=dy, loss=loss, differs=differs, healthy=healthy)


def conv(count=COUNT, place=PLACE):
    return CONV.format(count=count, place=place)


def backward(step=STEP, result=RESULT):
    return BACKWARD.format(step=step, result=result)


def columns(pad="(p, p), (q, q)", more="1"):
    return COLUMNS.format(pad=pad, more=more)


def pool(count=FIT, step="stride", value=LARGEST):
    return POOL.format(count=count, step=step, value=value)


def unpool(second=3, step="dx[part] += mask * dy[n, c, i, j]"):
    return UNPOOL.format(second=second, step=step)


def lenet(first="nn.Linear(256, 120)", more="nn.Identity()", act="torch.relu"):
    return LENET.format(first=first, more=more, act=act)


def train(**changes):
    return TRAIN.format(**(TRAINED | changes))


def size(formula):
    return (
        "def output_size(size, kernel, stride, padding):\n    out = []\n    for d in range(2):\n"
        f"        n, k, s, p = size[d], kernel[d], stride[d], padding[d]\n        out.append({formula})\n"
        "    return out"
    )


def cost(counts):
    return f"def cost(in_channels, out_channels, kernel, out_size, bias):\n    return {counts}"


def field(update):
    return (
        "def receptive_field(layers):\n    r, j, pairs = 1, 1, []\n    for k, s in layers:\n"
        f"        {update}\n        pairs.append([r, j])\n    return pairs"
    )


RIGHT = [
    ("size", size("int((n + 2 * p - k) / s) + 1")),
    ("size", size("(n - k + 2 * p + s) // s")),
    ("size", size("np.floor((n + 2 * p - k) / s + 1)")),
    (
        "cost",
        cost(
            "((np.prod(kernel) * in_channels + int(bias)) * out_channels, "
            "np.prod(kernel) * np.prod(out_size) * in_channels * out_channels)"
        ),
    ),
    ("conv", conv()),
    ("backward", backward()),
    ("columns", columns()),
    ("pool", pool()),
    ("unpool", unpool()),
    ("unpool", unpool(step="dx[part] = dx[part] + mask * dy[n, c, i, j]")),
    ("field", field("r, j = r + (k - 1) * j, j * s")),
    ("lenet", lenet()),
    ("lenet", lenet(first="nn.LazyLinear(120)")),
    ("lenet", lenet(act="F.relu_")),
    ("numeric", numeric()),
    ("numeric", numeric(quotient="0.5 * (above - below) / h")),
    ("faults", fault()),
    ("faults", fault(h="1e-3", differs="not np.allclose(a, n, atol=1e-3)")),
    ("faults", fault(differs="np.linalg.norm(a - n) > 1e-5 * (1 + np.linalg.norm(n))", healthy="' None '")),
    ("project", train()),
    ("project", train(kept="loss")),
    (
        "project",
        train(draw="torch.tensor(rng.choice(np.arange(len(images)), size=batch_size, replace=False))"),
    ),
]

WRONG = [
    ("size", size("round((n + 2 * p - k) / s) + 1"), "nearest whole number"),
    ("size", size("(n + 2 * p - k) / s + 1"), "fractions of windows"),
    ("size", size("(n + p - k) // s + 1"), "both sides"),
    ("cost", cost("in_channels * out_channels * kernel[0] * kernel[1] + out_channels, 0"), ""),
    (
        "conv",
        conv().replace("    N, C", "    return F.conv2d(*map(torch.tensor, (x, w, b)))\n    N, C"),
        "in NumPy",
    ),
    ("numeric", numeric(down="0", quotient="(above - below) / h"), "one side only"),
    ("numeric", numeric(quotient="(above - below) / h"), "2h long"),
    ("numeric", numeric(up="h / 2", down="h / 2", quotient="(above - below) / h"), "half a step"),
    ("numeric", numeric(back="x[i]"), "stay moved"),
    ("numeric", numeric(quotient="(above - below) / 2 * h"), "Brackets help"),
    ("numeric", numeric(up="1e-4", down="1e-4", quotient="(above - below) / 2e-4"), "that of a tiny step"),
    ("numeric", numeric().replace("return grad", "return grad.T"), "shape"),
    ("faults", fault(dy="np.ones_like(dy)"), "dy of ones"),
    ("faults", fault(h="0.5"), "accuse a healthy layer"),
    ("faults", fault(differs="abs(a.flat[0] - n.flat[0]) > 1e-4"), "every entry"),
    ("faults", fault(differs="abs(a.sum() - n.sum()) > 1e-4"), "every entry"),
    ("faults", fault(differs="np.allclose(a, n, atol=1e-4)"), "turned the test around"),
    ("faults", fault(healthy="'healthy'"), "none of the choices"),
    ("faults", fault(differs="(a != n).any()"), "rounding forbids"),
    ("faults", fault(loss="1"), "sum of y"),
    ("faults", fault(loss="dy / dy.size"), "not the sum"),
    ("conv", conv(place="i, j"), "whatever the stride is"),
    ("conv", conv(place="i * stride[1], j * stride[0]"), ""),
    ("conv", conv(count="(H - h) // stride[0] + 1, (W - k) // stride[1] + 1"), "shape"),
    ("conv", conv().replace("rows, columns = ", "padding = (3, 2)\n    rows, columns = "), "shape"),
    ("conv", conv().replace("rows, columns = ", "stride = (2, 3)\n    rows, columns = "), ""),
    ("conv", conv().replace("return out", "x[:] = 0\n    return out"), "x"),
    ("backward", backward(result="dz[:, :, p:-p, q:-q], dw, dy.sum(axis=(0, 2, 3))"), "slice p:-p is empty"),
    ("backward", backward(result=RESULT.replace("'ndij->d', dy", "'ndij->nd', dy")), "N, C_out"),
    ("backward", backward(step="part = dz[window]; part = part + w[f] * dy[n, f, i, j]"), "dx stays 0"),
    ("backward", backward(step="dz[window] = w[f] * dy[n, f, i, j]"), "Windows overlap"),
    ("columns", columns(more="0"), "end of a range"),
    ("columns", columns(pad="(q, q), (p, p)"), "exchanged"),
    ("columns", columns(pad="(2, 2), (2, 2)"), "shape"),
    ("pool", pool(value="window.min(axis=(2, 3))"), "smallest"),
    ("pool", pool(value="np.maximum(-1, window.max(axis=(2, 3)))"), "starts with"),
    ("pool", pool(count="H // stride, W // stride"), "stick out"),
    ("pool", pool(step="1"), "one pixel"),
    ("unpool", unpool(step="dx[part] = mask * dy[n, c, i, j]"), "wipes out"),
    ("unpool", unpool(step="grad = dx[part]; grad = grad + mask * dy[n, c, i, j]"), "dx stays 0"),
    ("unpool", unpool(second=2), ""),
    ("field", field("r, j = (r - 1) * s + k, j * s"), "from the last layer down"),
    ("field", field("r, j = r + (k - 1) * j, s"), "layer's own stride"),
    ("lenet", lenet(more="nn.Dropout(0.3)"), "such as a dropout"),
    ("lenet", lenet(act="torch.tanh"), "another function than ReLU"),
    ("lenet", lenet(act=""), "ReLU behind a convolution"),
    ("project", train(optimizer="torch.optim.SGD(net.parameters(), lr=lr)"), "another optimizer"),
    ("project", train(optimizer="torch.optim.Adam(net.parameters(), lr=0.003)"), ""),
    ("project", train(draw="rng.integers(len(images), size=batch_size)"), ""),
    (
        "project",
        train(loss="F.cross_entropy(F.softmax(net(images[index]), 1), labels[index])"),
        "softmax too many",
    ),
    (
        "size",
        size("(n + 2 * p - k) // s + 1").replace("return out", "return out[1]"),
        "You return one number",
    ),
    (
        "backward",
        backward(result=RESULT.replace("np.einsum('ndij->d', dy)", "dy.sum(axis=(0, 1, 2))")),
        "other axes",
    ),
    ("backward", backward(result=RESULT.replace(", dw,", ", dw[:, :, ::-1, ::-1],")), "dw is turned"),
    (
        "columns",
        columns().replace("stride, padding, kernel\n", "stride, padding, kernel[::-1]\n"),
        "are exchanged",
    ),
    ("columns", columns(pad="(0, p), (0, q)"), "no zeros above and on the left"),
    ("columns", columns(pad="(p, 0), (q, 0)"), "Zeros lie there, too"),
    (
        "field",
        field("r, j = r + (k - 1) * j, j * s").replace("[r, j]", "r"),
        "You return one number for each layer",
    ),
    ("numeric", numeric(down="0", quotient="(above - below) / (2 * h)"), "to one side only, h far"),
    (
        "backward",
        backward(result=RESULT.replace("np.einsum('ndij->d', dy)", "dy.mean(axis=(0, 2, 3))")),
        "is a mean over the places, or over all",
    ),
    (
        "backward",
        backward().replace("dw[f] += z[window] * dy[n, f, i, j]", "pass"),
        "the last window is left, or none",
    ),
    ("backward", backward(step="pass"), "dx stays 0: nothing is written into it"),
    (
        "numeric",
        numeric().replace("    x = x.astype", "    h = 0.3\n    x = x.astype"),
        "that is handed over",
    ),
    ("lenet", lenet(act="F.leaky_relu"), "whatever its parameters"),
    (
        "lenet",
        lenet().replace("(1, 6, 5)", "(1, 8, 5)").replace("(6, 16", "(8, 16"),
        "another number of parameters",
    ),
    (
        "project",
        train(optimizer="torch.optim.AdamW(net.parameters(), lr=lr)"),
        "at the optimizer and its rate",
    ),
]


def test_nothing_is_called_right_that_is_not(whole_card):
    """One-sided and with the wrong sign: also where f is straight the numbers are others."""
    said = whole_card("numeric", numeric(down="0", quotient="(below - above) / h"))
    assert "The sign is turned" in said and "both sides of x" in said and "right where" not in said, said
    said = whole_card("numeric", numeric(down="0", quotient="(above - below) / (2 * h)"))
    assert "half a step up" not in said, said


def test_a_forward_without_return_is_told(card):
    """A class is as good as a Sequential."""
    said = card("lenet", lenet().replace("return self.head", "self.head"))
    assert "does its forward end in a return?" in said and "expected a Sequential" not in said, said


def test_another_shape_stands_behind_a_sentence(card):
    """The gradient's shape is told, whatever its numbers are."""
    said = card("numeric", numeric().replace("return grad", "return grad.sum()"))
    assert said.endswith("the shape is (), expected (2, 4)"), said
