"""Session 10: which answers are right, and what is said of those that are not."""

from .table import (  # noqa: F401
    test_a_sample_of_changed_answers_is_refused,
    test_right_answers_are_right,
    test_wrong_answers_are_told_why,
)

STEM = "10_cnn_architectures"

RIGHT = {
    "maps that are not read set to zero": (
        "c3",
        """
        def partial_conv(x, weight, bias, table):
            filters = []
            for j in range(len(table)):
                own = torch.zeros_like(x)
                own[:, table[j]] = x[:, table[j]]
                filters.append(F.conv2d(own, weight[j][None])[:, 0] + bias[j])
            return torch.stack(filters, 1)
        """,
    ),
    "groups by slices, in single precision": (
        "groups",
        """
        def grouped_conv(x, weight, bias, groups, padding):
            c, f, parts = x.shape[1] // groups, len(weight) // groups, []
            x, weight, bias = x.float(), weight.float(), bias.float()
            for g in range(groups):
                mine = slice(g * f, (g + 1) * f)
                parts.append(F.conv2d(x[:, g * c : (g + 1) * c], weight[mine], bias[mine], padding=padding))
            return torch.hstack(parts)
        """,
    ),
    "the head first, by name": (
        "vgg",
        """
        class MyVGG(nn.Module):
            def __init__(self, config, channels, size, classes):
                super().__init__()
                filters = [item[0] for item in config if item != "M"]
                self.fc = nn.Linear(filters[-1] * (size // 2 ** config.count("M")) ** 2, classes)
                self.features = nn.Sequential()
                for item in config:
                    if item == "M":
                        self.features.append(nn.MaxPool2d(2, 2))
                    else:
                        self.features.append(nn.Conv2d(channels, item[0], item[1], 1, item[1] // 2))
                        self.features.append(nn.ReLU(True))
                        channels = item[0]

            def forward(self, x):
                return self.fc(torch.flatten(self.features(x), 1))

        def make_vgg(config, in_channels, size, classes):
            return MyVGG(config, in_channels, size, classes)
        """,
    ),
    "a lazy head": (
        "vgg",
        """
        def make_vgg(config, in_channels, size, classes):
            layers = []
            for item in config:
                if item == "M":
                    layers.append(nn.MaxPool2d(2))
                else:
                    layers.append(nn.Conv2d(in_channels, *item, padding="same"))
                    layers.append(nn.ReLU())
                    in_channels = item[0]
            return nn.Sequential(*layers, nn.Flatten(), nn.LazyLinear(classes))
        """,
    ),
    "a shortcut that is added in place": (
        "residual",
        """
        def residual_block(x, branch, channels, stride, option, projection):
            out = branch(x)
            if out.shape == x.shape:
                shortcut = x
            elif option == "A":
                shortcut = torch.zeros_like(out)
                shortcut[:, : x.shape[1]] = x[:, :, ::stride, ::stride]
            else:
                shortcut = F.conv2d(x, projection, stride=stride)
            out += shortcut
            return F.relu(out, inplace=True)
        """,
    ),
    "zeros between the channels, in single precision": (
        "residual",
        """
        def residual_block(x, branch, channels, stride, option, projection):
            out = branch(x).float()
            if option == "B" and (stride, channels) != (1, x.shape[1]):
                return (out + F.conv2d(x, projection, stride=stride).float()).clamp_min(0)
            places = torch.linspace(0, channels - 1, x.shape[1]).long()
            out[:, places] += x[:, :, ::stride, ::stride].float()
            return out.relu()
        """,
    ),
    "a dense block with named layers, the last one made first": (
        "dense",
        """
        def make_dense_block(in_channels, growth, layers):
            class Dense(nn.Module):
                def __init__(self):
                    super().__init__()
                    for n in reversed(range(layers)):
                        read = in_channels + n * growth
                        self.add_module(f"conv{n}", nn.Conv2d(read, growth, 3, 1, 1, bias=False))

                def forward(self, x):
                    have = [x]
                    for n in range(layers):
                        have.append(getattr(self, f"conv{n}")(F.relu(torch.cat(have, 1))))
                    return torch.cat(have, 1)

            return Dense()
        """,
    ),
    "hooks on some layers, taken off": (
        "count",
        """
        def count(net, x):
            sizes, hooks = {}, []
            def look(layer, inputs, output):
                sizes[layer] = output.numel() / len(x)
            for layer in net.modules():
                if isinstance(layer, (nn.Conv2d, nn.Linear)):
                    hooks.append(layer.register_forward_hook(look))
            net(x)
            [hook.remove() for hook in hooks]
            total = 0
            for layer, values in sizes.items():
                if isinstance(layer, nn.Linear):
                    total += layer.in_features * layer.out_features
                else:
                    h, w = layer.kernel_size
                    total += h * w * layer.in_channels // layer.groups * int(values)
            return sum(p.numel() for p in net.parameters() if p.requires_grad), total
        """,
    ),
    "the head alone in the optimizer": (
        "freeze",
        """
        def fine_tune(net, images, labels, steps, lr, whole):
            net.train()
            if not whole:
                net.body.eval()
            optimizer = torch.optim.SGD(net.parameters() if whole else net.head.parameters(), lr=lr)
            losses = []
            for _ in range(steps):
                optimizer.zero_grad()
                loss = F.cross_entropy(net(images), labels)
                losses.append(float(loss.detach()))
                loss.backward()
                optimizer.step()
            return losses
        """,
    ),
    "a file by format": (
        "submission",
        """
        def submission(scores):
            text = "ImageId,Label\\n"
            for row, digit in zip(range(1, len(scores) + 1), np.argmax(scores, axis=-1)):
                text += "%d,%d\\n" % (row, digit)
            return text
        """,
    ),
    "a file by pandas": (
        "submission",
        """
        def submission(scores):
            import pandas
            table = pandas.DataFrame({"ImageId": range(1, len(scores) + 1), "Label": scores.argmax(1)})
            return table.to_csv(index=False, lineterminator="\\n")
        """,
    ),
    "transfer with NumPy's answers and losses that are tensors": (
        "project",
        """
        def transfer(body, images, labels, classes, per_class, unseen, steps, lr):
            body.eval()
            rows = np.concatenate([np.flatnonzero(labels.numpy() == c)[:per_class] for c in classes])
            y = torch.tensor([classes.index(int(labels[row])) for row in rows])
            with torch.no_grad():
                train, test = body(images[rows]), body(unseen)
            head = nn.Linear(train.shape[1], len(classes)).to(train.dtype)
            head.weight.data.zero_(), head.bias.data.zero_()
            optimizer, losses = torch.optim.SGD(head.parameters(), lr=lr), []
            for _ in range(steps):
                optimizer.zero_grad()
                loss = F.cross_entropy(head(train), y)
                loss.backward()
                losses.append(loss)
                optimizer.step()
            return losses, np.array(classes)[head(test).detach().numpy().argmax(1)]
        """,
    ),
    "distances from each suspect, and the slope at one place": (
        "block",
        """
        def diagnose(block, x):
            f, s = (lambda t: t - 1), (lambda t: t ** 2 - 4 * t)
            y, z = block(x * 1, f, s), np.maximum(x.numpy(), 0)
            relu = lambda a: np.maximum(a, 0)
            x = x.numpy()
            guesses = [relu(f(x) + s(x)), relu(f(x)), relu(f(x) + x)]
            guesses += [relu(f(x)) + s(x), f(x) + s(x), relu(f(z) + s(z))]
            best = int(np.argmin([np.abs(y.numpy() - guess).sum() for guess in guesses]))
            one = torch.tensor([[2.0]], requires_grad=True)
            out = block(one + 0, lambda t: t, lambda t: 3 * t)
            slope = torch.autograd.grad(out.sum(), one)[0].item()
            return FAULTS[best] if best or slope > 2 else "detached"
        """,
    ),
    "single numbers, in single precision": (
        "block",
        """
        def diagnose(block, x):
            def at(number, f, s):
                return float(block(torch.tensor([number]), lambda t: f + 0 * t, lambda t: s + 0 * t))
            table = {(0.0, 3.0): "healthy", (2.0, 3.0): "early relu", (-1.0, 3.0): "no relu", (0.0, 1.0): "?"}
            word = table[at(1.0, -3.0, 2.0), at(0.0, 1.0, 2.0)]
            if word == "?":
                return "no shortcut" if at(7.0, 1.0, 2.0) == 1 else "identity"
            if word != "healthy":
                return word
            mine = torch.tensor([-2.0, 2.0])
            block(mine, torch.cos, torch.sin)
            if mine[0] == 0:
                return "in place"
            w = torch.ones(2, requires_grad=True)
            out = block(mine.clone(), lambda t: 9 + w * 0, lambda t: w * 1)
            return "healthy" if torch.autograd.grad(out.sum(), w)[0][0] else "detached"
        """,
    ),
}


FREEZE = """
def fine_tune(net, images, labels, steps, lr, whole):
    {mode}
    net.body.requires_grad_(whole)
    optimizer = torch.optim.SGD(net.parameters(), lr={lr})
    losses = []
    for _ in range({steps}):
        optimizer.zero_grad()
        loss = F.cross_entropy(net(images), labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses
"""
VGG = """
def make_vgg(config, in_channels, size, classes):
    layers, channels = [], {channels}
    for item in config:
        if item == "M":
            layers.append(nn.MaxPool2d(2))
            size //= 2
        else:
            layers += [nn.Conv2d(channels, item[0], item[1], padding={padding}), nn.ReLU()]
            channels = item[0]
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(channels * size**2, {classes}){last})
"""
RESIDUAL = """
def residual_block(x, branch, channels, stride, option, projection):
    if {same}:
        return F.relu(branch(x) + x)
    if option == "B":
        return F.relu(branch(x) + F.conv2d(x, projection, stride=stride))
    small = {small}
    return F.relu(branch(x) + F.pad(small, (0, 0, 0, 0, 0, channels - x.shape[1])))
"""
WRONG = {
    "every filter reads every map": (
        "c3",
        "def partial_conv(x, weight, bias, table): return F.conv2d(x, weight) + bias[:, None, None]",
        "read every map",
    ),
    "no gradient": (
        "c3",
        """
        def partial_conv(x, weight, bias, table):
            with torch.no_grad():
                own = torch.zeros_like(weight)
                for j, maps in enumerate(table):
                    own[j, maps] = weight[j, maps]
            return F.conv2d(x, own, bias.detach())
        """,
        "No gradient comes back",
    ),
    "padding is always 1": (
        "groups",
        """
        def grouped_conv(x, weight, bias, groups, padding):
            return F.conv2d(x, weight, bias, padding=1, groups=groups)
        """,
        "padding comes as an argument",
    ),
    "the sum of the kernels' sides": (
        "stack",
        """
        def compare_stack(layers, kernel, channels):
            weights = layers * kernel * kernel * channels * channels
            return layers * kernel, weights, (layers * kernel) ** 2 * channels ** 2
        """,
        "add up the kernels' sides",
    ),
    "always two channels": (
        "vgg",
        VGG.format(channels=2, padding="item[1] // 2", classes="classes", last=""),
        "",
    ),
    "always three classes": (
        "vgg",
        VGG.format(channels="in_channels", padding="item[1] // 2", classes=3, last=""),
        "",
    ),
    "the logarithm of a softmax": (
        "vgg",
        VGG.format(
            channels="in_channels", padding="item[1] // 2", classes="classes", last=", nn.LogSoftmax(-1)"
        ),
        "plain scores",
    ),
    "the stack is not padded": (
        "vgg",
        VGG.format(channels="in_channels", padding=0, classes="classes", last=""),
        "",
    ),
    "the naive module stacks pool's filters": (
        "inception",
        """
        def inception_cost(channels, size, n1, red3, n3, red5, n5, pool):
            h, w = size
            out = n1 + n3 + n5 + pool
            naive = h * w * channels * (n1 + 9 * n3 + 25 * n5)
            reduced = h * w * (channels * (n1 + red3 + red5 + pool) + 9 * red3 * n3 + 25 * red5 * n5)
            return out, naive, out, reduced
        """,
        "stacked as it is",
    ),
    "a square": (
        "inception",
        """
        def inception_cost(channels, size, n1, red3, n3, red5, n5, pool):
            out, places = n1 + n3 + n5, size[0] ** 2
            naive = channels * (n1 + 9 * n3 + 25 * n5)
            reduced = channels * (n1 + red3 + red5 + pool) + 9 * red3 * n3 + 25 * red5 * n5
            return out + channels, places * naive, out + pool, places * reduced
        """,
        "Height and width differ",
    ),
    "projected only for a stride": (
        "residual",
        RESIDUAL.format(same="stride == 1", small="x[:, :, ::stride, ::stride]"),
        "only the channels do",
    ),
    "projected only for more channels": (
        "residual",
        RESIDUAL.format(same="channels == x.shape[1]", small="x[:, :, ::stride, ::stride]"),
        "only the stride does",
    ),
    "an average in option A": (
        "residual",
        RESIDUAL.format(
            same="stride == 1 and channels == x.shape[1]", small="F.avg_pool2d(x, stride, ceil_mode=True)"
        ),
        "averages neighbouring pixels",
    ),
    "the first image only": (
        "residual",
        RESIDUAL.format(same="stride == 1 and channels == x.shape[1]", small="x[:1, :, ::stride, ::stride]"),
        "",
    ),
    "x changed in place": (
        "residual",
        RESIDUAL.format(
            same="stride == 1 and channels == x.shape[1]", small="x[:, :, ::stride, ::stride]"
        ).replace("F.relu(branch(x) + x)", "x.add_(branch(x)).relu()"),
        "changed the caller's x",
    ),
    "the last branch": (
        "field",
        """
        def receptive_field(net):
            field, jump = 1, 1
            for stage in net:
                for kernel, stride in stage[-1] if isinstance(stage, list) else [stage]:
                    field, jump = field + (kernel - 1) * jump, jump * stride
            return field, jump
        """,
        "last branch only",
    ),
    "no ReLU": (
        "dense",
        """
        def make_dense_block(in_channels, growth, layers):
            class Layer(nn.Conv2d):
                def forward(self, x):
                    return torch.cat([x, super().forward(x)], 1)
            convs = [Layer(in_channels + n * growth, growth, 3, padding=1, bias=False) for n in range(layers)]
            return nn.Sequential(*convs)
        """,
        "no ReLU",
    ),
    "three layers of two channels": (
        "dense",
        """
        def make_dense_block(in_channels, growth, layers):
            class Layer(nn.Sequential):
                def forward(self, x):
                    return torch.cat([x, super().forward(x)], 1)
            convs = [nn.LazyConv2d(2, 3, padding=1, bias=False) for _ in range(3)]
            return nn.Sequential(*[Layer(nn.ReLU(), conv) for conv in convs])
        """,
        "",
    ),
    "square kernels": (
        "count",
        """
        def count(net, x):
            total, hooks = 0, []
            def look(layer, inputs, output):
                nonlocal total
                if isinstance(layer, nn.Conv2d):
                    total += layer.kernel_size[0] ** 2 * layer.in_channels // layer.groups * output[0].numel()
                if isinstance(layer, nn.Linear):
                    total += layer.in_features * layer.out_features
            for layer in net.modules():
                hooks.append(layer.register_forward_hook(look))
            net(x)
            for hook in hooks:
                hook.remove()
            return sum(p.numel() for p in net.parameters()), total
        """,
        "two different sides",
    ),
    "three steps": ("freeze", FREEZE.format(mode="net.body.train(whole)", lr="lr", steps=3), ""),
    "a rate of one half": ("freeze", FREEZE.format(mode="net.body.train(whole)", lr=0.5, steps="steps"), ""),
    "batch norm in training mode": (
        "freeze",
        FREEZE.format(mode="net.train()", lr="lr", steps="steps"),
        "running averages move",
    ),
    "the third phase in training mode": (
        "freeze",
        FREEZE.format(mode="net.train(whole or net.training)", lr="lr", steps="steps"),
        "running averages move",
    ),
    "Windows' lines": (
        "submission",
        """
        def submission(scores):
            import csv, io
            file = io.StringIO()
            csv.writer(file).writerows([("ImageId", "Label"), *enumerate(scores.argmax(1), start=1)])
            return file.getvalue()
        """,
        "csv module",
    ),
    "a space in the header": (
        "submission",
        """
        def submission(scores):
            rows = "".join(f"{n + 1},{digit}\\n" for n, digit in enumerate(scores.argmax(1)))
            return "ImageId, Label\\n" + rows
        """,
        "space behind the comma of the first line",
    ),
    "a new layer that starts anywhere": (
        "project",
        """
        def transfer(body, images, labels, classes, per_class, unseen, steps, lr):
            rows = torch.cat([torch.nonzero(labels == digit)[:per_class, 0] for digit in classes])
            targets = torch.arange(len(classes)).repeat_interleave(per_class)
            with torch.no_grad():
                features, after = body.eval()(images[rows]), body(unseen)
            head, losses = nn.Linear(features.shape[1], len(classes), dtype=features.dtype), []
            optimizer = torch.optim.SGD(head.parameters(), lr=lr)
            for _ in range(steps):
                loss = F.cross_entropy(head(features), targets)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                losses.append(loss)
            return losses, torch.tensor(classes)[head(after).argmax(dim=1)]
        """,
        "of the new layer are zero",
    ),
    "always the digits from 5 to 9, by hand": (
        "project",
        """
        def transfer(body, images, labels, classes, per_class, unseen, steps, lr):
            classes = [7, 9, 8, 5, 6]
            rows = torch.cat([torch.nonzero(labels == digit)[:per_class, 0] for digit in classes])
            with torch.no_grad():
                x, z = body.eval()(images[rows]), body(unseen)
            onehot = torch.eye(5, dtype=x.dtype).repeat_interleave(per_class, 0)
            W, b, losses = x.new_zeros(x.shape[1], 5), x.new_zeros(5), []
            for _ in range(steps):
                p = (x @ W + b).softmax(1)
                losses.append(-(p.log() * onehot).sum(1).mean().item())
                W, b = W - lr * x.T @ (p - onehot) / len(x), b - lr * (p - onehot).mean(0)
            return losses, torch.tensor(classes)[(z @ W + b).argmax(1)]
        """,
        "",
    ),
    "only the values are compared": (
        "block",
        """
        def diagnose(block, x):
            f, s, z = x.sin(), x.cos(), x.relu()
            y = block(x.clone(), torch.sin, torch.cos)
            guesses = {"no shortcut": f.relu(), "identity": (f + x).relu(), "early relu": f.relu() + s}
            guesses |= {"no relu": f + s, "in place": (z.sin() + z.cos()).relu()}
            return next((word for word, guess in guesses.items() if torch.allclose(y, guess)), "healthy")
        """,
        "The detached patient passes",
    ),
    "the block has changed what it is compared with": (
        "block",
        """
        def diagnose(block, x):
            y = block(x, torch.sin, torch.cos)
            f, s = x.sin(), x.cos()
            guesses = {"no shortcut": f.relu(), "identity": (f + x).relu(), "early relu": f.relu() + s}
            guesses |= {"no relu": f + s}
            for word, guess in guesses.items():
                if torch.allclose(y, guess):
                    return word
            x.requires_grad_()
            block(x + 0, lambda t: 0 * t, lambda t: t).sum().backward()
            return "healthy" if x.grad.any() else "detached"
        """,
        "compare with a copy",
    ),
    "every block is healthy": (
        "block",
        "def diagnose(block, x): return 'healthy'",
        "same answer",
    ),
}

TRANSFER = """
def transfer(body, images, labels, classes, per_class, unseen, steps, lr):
    rows = torch.cat([torch.where(labels == c)[0][:per_class] for c in classes])
    targets = torch.tensor([classes.index(int(c)) for c in labels[rows]])
    body.eval()
    with torch.no_grad():
        read, new = body(images[rows]), body(unseen)
    W = torch.zeros(read.shape[1], len(classes), dtype=read.dtype, requires_grad=True)
    b = torch.zeros(len(classes), dtype=read.dtype, requires_grad=True)
    losses = []
    for step in range(steps):
        loss = F.cross_entropy(read @ W + b, targets)
        for p, g in zip((W, b), torch.autograd.grad(loss, (W, b))):
            p.data -= lr * g
        losses.append(loss.item())
    best = (new @ W + b).argmax(dim=1)
    return losses, {answers}
"""
BLOCK = """
def diagnose(block, x):
    f, s, left = x.cos(), -x, x.relu()
    y = block(x + 0, torch.cos, torch.neg)
    words = {{"no shortcut": f.relu(), "identity": ({identity}).relu(), "early relu": f.relu() + s}}
    words |= {{"no relu": f + s, "in place": (left.cos() - left).relu()}}
    for word, numbers in words.items():
        if torch.allclose(y, numbers):
            return word
    start = x.clone().requires_grad_()
    block(start + 0, lambda t: {branch}, torch.exp).sum().backward()
    return "healthy" if start.grad.any() else "detached"
"""
LEFT = FREEZE.replace("net.body.requires_grad_(whole)", "if not whole: net.body.requires_grad_(False)")
COUNT = """
def count(net, x):
    found = []

    def look(layer, inputs, output):
        if isinstance(layer, nn.Conv2d):
            found.append(layer.weight[0].numel() * output{one}.numel())
        if isinstance(layer, nn.Linear):
            found.append(layer.weight.numel())

    hooks = [layer.register_forward_hook(look) for layer in net.modules()]
    {before}
    net(x)
    {after}
    return sum(p.numel() for p in net.parameters()), sum(found)
"""
COUNTED = {"one": "[0]", "before": "pass", "after": "[hook.remove() for hook in hooks]"}
RIGHT |= {
    "transfer by hand": ("project", TRANSFER.format(answers="[classes[i] for i in best]")),
    "block by a table": ("block", BLOCK.format(identity="f + x", branch="0 * t")),
    "count in a list": ("count", COUNT.format(**COUNTED)),
}
WRONG |= {
    "the body stays frozen and in evaluation": (
        "freeze",
        LEFT.format(mode="if not whole: net.body.eval()", lr="lr", steps="steps"),
        "frozen and in evaluation mode",
    ),
    "the phases are exchanged": (
        "freeze",
        FREEZE.replace("grad_(whole)", "grad_(not whole)").format(
            mode="net.body.train(not whole)", lr="lr", steps="steps"
        ),
        "The two phases are exchanged",
    ),
    "one of the body's averages": (
        "freeze",
        FREEZE.replace("        optimizer.zero_grad()\n", "").format(
            mode="if not whole: net.body.eval()", lr="lr", steps="steps"
        ),
        "does not move, and should: there nothing is frozen",
    ),
    "the options are exchanged": (
        "residual",
        RESIDUAL.replace('option == "B"', 'option == "A"').format(
            same="stride == 1 and channels == x.shape[1]", small="x[:, :, ::stride, ::stride]"
        ),
        "The options are exchanged",
    ),
    "the suspect that adds x has another sign": (
        "block",
        BLOCK.format(identity="f - x", branch="0 * t"),
        "with which numbers do you compare?",
    ),
    "the gradient comes through the branch": (
        "block",
        BLOCK.format(identity="f + x", branch="t"),
        "The detached patient passes for healthy",
    ),
    "no gradient for the biases": (
        "c3",
        """
        def partial_conv(x, weight, bias, table):
            b = bias.detach()
            maps = [F.conv2d(x[:, c], weight[j : j + 1, c], b[j : j + 1]) for j, c in enumerate(table)]
            return torch.cat(maps, dim=1)
        """,
        "No gradient reaches the biases",
    ),
    "padding is the kernel less one": (
        "vgg",
        VGG.format(channels="in_channels", padding="item[1] - 1", classes="classes", last=""),
        "does not keep the size for every kernel",
    ),
    "the first new class is 5": (
        "project",
        TRANSFER.format(answers="best + 5"),
        "add a number to that of the output",
    ),
}


def test_a_hint_about_one_part_says_nothing_of_the_others(whole_card):
    """Two mistakes at once: no hint calls maps, numbers or the result right."""
    said = whole_card("count", COUNT.format(**COUNTED | {"one": "", "after": "pass"}))
    assert "whole batch" in said and "Your hooks stay" in said and "are right" not in said, said
    said = whole_card("count", COUNT.format(**COUNTED | {"one": "", "before": "net.train()"}))
    assert "training mode" in said and "are right" not in said, said
    said = whole_card(
        "residual",
        """
        def residual_block(x, branch, channels, stride, option, projection):
            if stride == 1 and channels == x.shape[1]:
                x += branch(x)
                return x
            if option == "B":
                return branch(x) + F.conv2d(x, projection, stride=stride)
            zeros = (0, 0, 0, 0, 0, channels - x.shape[1])
            return branch(x) + F.pad(x[:, :, ::stride, ::stride], zeros)
        """,
    )
    assert "ReLU at the end is missing" in said and "You changed the caller's x" in said, said
    assert "is right" not in said, said
    said = whole_card(
        "c3",
        """
        def partial_conv(x, weight, bias, table):
            kernels = weight.detach()
            maps = [F.conv2d(x[:, c], kernels[j : j + 1, : len(c)]) for j, c in enumerate(table)]
            return torch.cat(maps, dim=1)
        """,
    )
    assert "are right" not in said and "is right" not in said, said


def test_a_forward_without_return_is_told(card):
    """A class of the student's own is as good as a Sequential."""
    code = """
        class Net(nn.Module):
            def __init__(self, layers):
                super().__init__()
                self.layers = layers

            def forward(self, x):
                self.layers(x)

        def make_vgg(config, in_channels, size, classes):
            return Net(nn.Flatten())
    """
    said = card("vgg", code)
    assert "does its forward end in a return?" in said and "Sequential" not in said, said
