"""Session 8: right and wrong answers, as students write them, and what the cards say."""

from .table import (  # noqa: F401
    test_a_sample_of_changed_answers_is_refused,
    test_right_answers_are_right,
    test_wrong_answers_are_told_why,
)

STEM = "08_augmentation"

CROP = """
def crop_flip(image, padding, rng):
    channels, rows, columns = image.shape
    big = np.zeros((channels, rows + 2 * padding, columns + 2 * padding), dtype=image.dtype)
    big[:, padding : padding + rows, padding : padding + columns] = image
    {draw}
    part = big[:, top : top + rows, left : left + columns].copy()
    if {condition}:
        part = {flipped}
    return part
"""

SOURCE = """
def source(x, y, angle, scale, right, down, height, width):
    theta = {theta}
    cx, cy = {centre}
    turn = np.array([[np.cos(theta), -np.sin(theta)], [np.sin(theta), np.cos(theta)]])
    points = np.array([x.ravel() - cx - {right}, y.ravel() - cy - down])
    back = {back}
    return (back[0] + cx).reshape(x.shape), (back[1] + cy).reshape(y.shape)
"""
TURNED = {
    "theta": "np.pi * angle / 180",
    "centre": "(width - 1) / 2, (height - 1) / 2",
    "right": "right",
    "back": "turn.T @ points / scale",
}

BILINEAR = """
def bilinear(image, x, y):
    H, W = image.shape
    out = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        a, b = x[index], y[index]
        j, i = {first}
        for v, fx in ((j, {near}), (j + 1, 1 - ({near}))):
            for u, fy in ((i, 1 - (b - i)), (i + 1, b - i)):
                if {inside}:
                    out[index] += fx * fy * image[u, v]
    return out
"""
NEIGHBOURS = {
    "first": "int(np.floor(a)), int(np.floor(b))",
    "near": "1 - (a - j)",
    "inside": "0 <= u < H and 0 <= v < W",
}

PCA = """
def pca_colour(images, alphas):
    red, green, blue = images[:, 0], images[:, 1], images[:, 2]
    points = np.stack([red.ravel(), green.ravel(), blue.ravel()])
    points = points - points.mean(axis=1, keepdims=True)
    values, vectors = np.linalg.eigh({covariance})
    out = []
    for image, alpha in zip(images, alphas):
        shift = {shift}
        out.append(image + shift.reshape(3, 1, 1))
    return {result}
"""
SHIFTED = {
    "covariance": "points @ points.T / points.shape[1]",
    "shift": "sum(alpha[k] * values[2 - k] * vectors[:, 2 - k] for k in range(3))",
    "result": "np.stack(out)",
}

VIEWS = """
def average_views(model, images, views):
    total = None
    for view in views:
        p = {probabilities}
        total = p if total is None else total + p
    return {result}
"""

TRAIN = """
def train(weights, images, labels, augment, rng, steps, batch_size, lr):
    W1, W2 = {start}
    for step in range(steps):
        index = {draw}
        d1, d2 = gradients([W1, W2], augment({images}, rng), labels[index])
        {update}
    return [W1, W2]
"""
TRAINED = {
    "start": "np.array(weights[0]), np.array(weights[1])",
    "draw": "rng.choice(len(labels), batch_size, replace=False)",
    "images": "images[index]",
    "update": "W1 -= lr * d1; W2 -= lr * d2",
}
DIAGNOSE = """
def diagnose(augment, images, rng):
    before = {before}
    one = np.array(augment(images, {first}))
    two = {second}
    if {spoiled}:
        return "in place"
    if np.array_equal(one, two):
        return "frozen"

    def place(image, result):
        for i in {steps}:
            for j in {steps}:
                if {close}:
                    return i, j

    places = [place(a, b) for a, b in zip(before, one)]
    if {kept}:
        return "wraps"
    if None not in places:
        if len(set(places)) == 1:
            return "one for all"
        return "one-sided" if {side} else "healthy"
    if any(place(a[:, ::-1], b) for a, b in zip(before, one)):
        return {mirrors}
    {last}
"""
EXAMINED = {
    "before": "images.copy()",
    "first": "rng",
    "second": "np.array(augment(before.copy(), rng))",
    "spoiled": "(images != before).any()",
    "steps": "range(-2, 3)",
    "close": "np.array_equal(moved(image, i, j), result)",
    "kept": "np.allclose(one.sum((1, 2)), before.sum((1, 2)))",
    "side": "min(map(min, places)) == 0",
    "mirrors": "'mirrors'",
    "last": "return 'shuffled'",
}
DRAW = "top = rng.integers(2 * padding + 1); left = rng.integers(2 * padding + 1)"


def crop(draw=DRAW, condition="rng.random() < 0.5", flipped="np.flip(part, axis=2)"):
    return CROP.format(draw=draw, condition=condition, flipped=flipped)


def source(**changes):
    return SOURCE.format(**(TURNED | changes))


def bilinear(**changes):
    return BILINEAR.format(**(NEIGHBOURS | changes))


def pca(**changes):
    return PCA.format(**(SHIFTED | changes))


def views(probabilities="softmax(model(view(images)))", result="total / len(views)"):
    return VIEWS.format(probabilities=probabilities, result=result)


def train(**changes):
    return TRAIN.format(**(TRAINED | changes))


def diagnose(**changes):
    return DIAGNOSE.format(**(EXAMINED | changes))


def noise(value):
    return f"def add_noise(images, sigma, rng):\n    return {value}"


def flip(lines):
    body = "\n    ".join(lines)
    return f"def flip_batch(images, p, rng):\n    {body}"


COPY = ["out = images.copy()", "flips = rng.random(len(images)) < p"]

RIGHT = [
    ("crop_flip", crop()),
    ("crop_flip", crop(draw="top, left = rng.integers(0, 2 * padding + 1, size=2)")),
    ("crop_flip", crop(flipped="part[..., ::-1]")),
    ("source", source()),
    ("source", source(back="np.linalg.solve(scale * turn, points)")),
    ("bilinear", bilinear()),
    ("noise", noise("np.rint((images + 255 * sigma * rng.normal(size=images.shape)).clip(0, 255))")),
    (
        "noise",
        noise("np.uint8(np.clip(images + np.round(rng.normal(0, sigma * 255, images.shape)), 0, 255))"),
    ),
    ("flip_batch", flip([*COPY, "out[flips] = out[flips, :, :, ::-1]", "return out"])),
    (
        "flip_batch",
        flip(
            [
                "flips = rng.random(len(images)) < p",
                "return [i[..., ::-1] if f else i for i, f in zip(images, flips)]",
            ]
        ),
    ),
    ("pca", pca()),
    ("pca", pca(covariance="np.cov(points, ddof=0)", result="out")),
    ("pca", pca(shift="-vectors[:, ::-1] @ (alpha * values[::-1])")),
    ("views", views()),
    ("views", views(result="total / total.sum(axis=1, keepdims=True)")),
    ("project", train()),
    ("project", train(start="weights", update="W1, W2 = W1 - lr * d1, W2 - lr * d2")),
    ("diagnosis", diagnose()),
    ("diagnosis", diagnose(close="np.abs(moved(image, i, j) - result).max() < 1e-12")),
    ("diagnosis", diagnose(before="np.array([list(a) for a in images])", last="return 'Shuffled'")),
    ("diagnosis", diagnose(spoiled="images.tolist() != before.tolist()", side="np.min(places) > -1")),
    (
        "diagnosis",
        diagnose(
            kept="all(abs(np.sort(a, None) - np.sort(b, None)).max() == 0 for a, b in zip(one, before))"
        ),
    ),
]

WRONG = [
    ("crop_flip", crop(condition="rng.random() > 0.5"), "other half"),
    ("crop_flip", crop(condition="True or rng.random()"), "Every window"),
    ("crop_flip", crop(condition="np.random.random() < 0.5"), "random"),
    ("crop_flip", crop(flipped="part[:, ::-1]"), "upside down"),
    ("crop_flip", crop(draw=DRAW.replace("+ 1", "")), "last place"),
    ("crop_flip", crop(draw="top = left = rng.integers(2 * padding + 1)"), "Draw two"),
    ("crop_flip", crop().replace("return part", "image[:] = 0\n    return part"), "image"),
    ("source", source(theta="angle"), "degrees"),
    ("source", source(back="turn @ points / scale"), "A sine has the wrong sign"),
    ("source", source(centre="width / 2, height / 2"), "half a pixel"),
    ("source", source(centre="(height - 1) / 2, (width - 1) / 2"), "exchanged"),
    ("source", source(right="down").replace("cy - down", "cy - right"), "Right and down"),
    ("bilinear", bilinear(first="int(a), int(b)"), "towards zero"),
    ("bilinear", bilinear(near="a - j"), "weights are exchanged"),
    ("bilinear", bilinear(inside="0 <= i and i + 1 < H and 0 <= j and j + 1 < W"), "last row and column"),
    ("bilinear", bilinear(inside="u < H and v < W"), "other end"),
    ("noise", noise("(images + 255 * sigma * rng.normal(size=images.shape)).clip(0, 255)"), "fractions"),
    (
        "noise",
        noise("np.clip(np.round(images + sigma * rng.normal(size=images.shape)), 0, 255)"),
        "255 times",
    ),
    ("noise", noise("np.round(images + 0.2 * 255 * rng.normal(size=images.shape)).clip(0, 255)"), ""),
    (
        "noise",
        noise("np.round(images + np.random.normal(0, 255 * sigma, images.shape)).clip(0, 255)"),
        "random",
    ),
    (
        "flip_batch",
        flip(["out = images.copy()", "return out[..., ::-1] if rng.random() < p else out"]),
        "One draw",
    ),
    ("flip_batch", flip([*COPY, "out[~flips] = out[~flips, :, :, ::-1]", "return out"]), "above p"),
    (
        "flip_batch",
        flip(
            [
                "flips = rng.random(len(images)) < p",
                "images[flips] = images[flips, :, :, ::-1]",
                "return images",
            ]
        ),
        "caller's array",
    ),
    ("flip_batch", flip(["out = images.copy()", "out[rng.random(len(out)) < 0.4] = 0", "return out"]), ""),
    ("pca", pca(covariance="np.cov(points)"), "less one"),
    ("pca", pca(covariance="points @ points.T"), "do not divide"),
    ("pca", pca(shift="vectors @ (alpha * values)"), "order is reversed"),
    ("pca", pca(shift="vectors[:, ::-1] @ (alpha * values[::-1] ** 0.5)"), "root"),
    ("views", views("model(view(images))", "softmax(total / len(views))"), "softmax last"),
    ("views", views("model(view(images))"), "never take the softmax"),
    ("views", views(result="total"), "do not add up"),
    ("views", views(result="total / 3"), "times the right one"),
    ("project", train(start="weights"), "changed the weights"),
    ("project", train(draw="rng.integers(len(labels), size=batch_size)"), "Your batches are others"),
    ("project", train(images="images[index].copy() * 0 + images[index[0]]"), ""),
    ("project", train(update="W1 += lr * d1; W2 += lr * d2"), "You climb"),
    ("project", train(update="W1 -= 0.2 * d1; W2 -= 0.2 * d2"), ""),
    ("project", train().replace("augment(images[index], rng)", "shift(images[index], rng)"), ""),
    ("diagnosis", diagnose(before="images"), "Take images.copy()"),
    ("diagnosis", diagnose(spoiled="False"), "Compare with a copy"),
    ("diagnosis", diagnose(second="None"), "second call"),
    ("diagnosis", diagnose(steps="range(-2, 2)"), "escape you"),
    ("diagnosis", diagnose(steps="(-1, 0, 1)"), "escape you"),
    ("diagnosis", diagnose(side="False"), "Which word"),
    ("diagnosis", diagnose(mirrors="'shuffled'"), "Which word"),
    ("diagnosis", diagnose(kept="False", last="return 'shuffled'"), "Which word"),
    ("diagnosis", diagnose(last="return 'mirrors'"), "Which word"),
    ("diagnosis", diagnose(last=""), "None came back"),
    ("diagnosis", diagnose(last="return 'mixed up'"), "none of the choices"),
    (
        "diagnosis",
        diagnose().replace("    before =", "    images = images[:1]\n    before ="),
        "single image",
    ),
    (
        "diagnosis",
        diagnose(
            first="np.random.default_rng(0)",
            second="np.array(augment(before.copy(), np.random.default_rng(0)))",
        ),
        "Hand on rng",
    ),
    ("diagnosis", "def diagnose(augment, images, rng):\n    return 'healthy'", "same answer"),
    (
        "source",
        source().replace("-np.sin(theta)], [np.sin", "np.sin(theta)], [np.sin"),
        "A sine has the wrong sign",
    ),
    ("source", source().replace("(back[1] + cy)", "(back[1] * scale + cy)"), "both divided by it"),
    (
        "bilinear",
        bilinear(near="1.0").replace("1 - (1.0)", "0.0").replace("1 - (b - i)", "1").replace("b - i)", "0)"),
        "You take one pixel alone",
    ),
    ("bilinear", bilinear().replace("out[index] +=", "out[index] ="), "the others are overwritten"),
    ("bilinear", bilinear(inside="0 <= u < H - 1 and 0 <= v < W - 1"), "ends a pixel too early"),
    ("bilinear", bilinear(inside="0 < u < H and 0 < v < W"), "ends a pixel too early"),
    (
        "noise",
        noise("np.clip(images + (255 * sigma * rng.normal(size=images.shape)).astype(int), 0, 255)"),
        "cut to whole",
    ),
    ("noise", noise("np.clip(images / 255 + sigma * rng.normal(size=images.shape), 0, 1)"), "go from 0 to 1"),
    (
        "noise",
        noise("images + np.round(sigma / 255 * rng.normal(size=images.shape))"),
        "at least 255 times too weak",
    ),
    ("views", views(probabilities="view(softmax(model(images)))"), "change the model's answers"),
    (
        "noise",
        noise("np.clip(np.round(images + 255 * rng.normal(size=images.shape)), 0, 255)"),
        "or it is missing",
    ),
]


def test_a_hint_about_one_part_says_nothing_of_the_others(whole_card):
    """Two mistakes at once: what the caller has is changed, and the images or the training are wrong, too."""
    said = whole_card(
        "flip_batch",
        flip(
            [
                "flips = rng.random(len(images)) < p",
                "images[flips] = images[flips][:, :, ::-1].copy()",
                "return images",
            ]
        ),
    )
    assert "upside down" in said and "You changed the caller's array." in said and "are right" not in said, (
        said
    )
    said = whole_card("project", train(start="weights", update="W1 += lr * d1; W2 += lr * d2"))
    assert "You climb" in said and "changed the weights" in said and "is right" not in said, said


def test_what_is_left_is_not_told_as_if_the_rest_were_right(whole_card):
    """A hint explains the places between two pixels; the sentence about those outside calls nothing right."""
    nothing = bilinear(near="a - j").replace(
        "    return out", "    return np.where((x < 0) | (x > W - 1) | (y < 0) | (y > H - 1), np.nan, out)"
    )
    said = whole_card("bilinear", nothing)
    assert "The weights are exchanged" in said and "less than a pixel outside" in said, said
    assert "you are right" not in said, said


def test_another_shape_stands_behind_a_sentence(card):
    """A mean over everything is no argument ignored."""
    said = card("views", views(result="np.mean(total / len(views))"))
    assert said.endswith("the shape is (), expected (9, 4)") and "the same numbers" not in said, said


def test_a_window_that_sometimes_does_not_come_back(card):
    """The card tells of the call that gave nothing."""
    code = crop().replace(
        "        part = np.flip(part, axis=2)\n    return part", "        return np.flip(part, axis=2)"
    )
    assert "crop_flip returned None in a later call (is a return missing?)" in card("crop_flip", code)


def test_a_rate_alone_is_no_bound(card):
    """Whose steps forget the gradients moves every weight by lr."""
    said = card("project", train(update="W1 -= lr; W2 -= lr"))
    assert "all numbers of a column are the same" in said and "cut off" not in said, said
