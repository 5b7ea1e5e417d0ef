"""One forward of a photograph, Grad-CAM and occlusion: EfficientNet-Lite0 and MobileNetV2, beside captum.

    pip install captum                                    # what is missing is left out
    python benchmarks/maps.py --runs 10                   # about a minute

Both libraries make the same map of the same layer: Grad-CAM of the last layer with maps, and the drop of the
first class's probability under 36 grey squares of 64 pixels. They must agree. MobileNetV2 is torchvision's,
with random weights, as a net of the same family and about the same work. The libraries take turns, each round
in another order, and the least time of each counts: on the clock, in one thread the processor's.
"""

import argparse
import random
import time

import torch
from torchvision.models import mobilenet_v2

from course.data import read_photographs
from course.models import get_model
from course.visualize import grad_cam, occlusion_sensitivity

try:
    from captum.attr import LayerGradCam, Occlusion
except ImportError:
    LayerGradCam = Occlusion = None

SIZE, STRIDE, BATCH = 64, 32, 2


def nets():
    """Name, net, the last layer with maps, and how the net wants its images."""
    lite0 = get_model("efficientnet_lite0", pretrained=True)
    yield "EfficientNet-Lite0", lite0, "bn1", lite0.normalize
    yield "MobileNetV2", untrained_mobilenet(), "features", lambda images: (images - 0.5) / 0.25


def untrained_mobilenet():
    """Random weights, but batch norms that have seen photographs: without these all logits would be 0."""
    torch.manual_seed(0)
    net, photographs = mobilenet_v2(), torch.from_numpy(read_photographs(224)[:16]).float() / 255
    for module in net.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = 1.0
    forward(net.train(), (photographs - 0.5) / 0.25)
    return net.eval()


def tasks(net, layer, normalize, image):
    """{task: {library: a function without arguments that returns its result}}."""
    with torch.no_grad():
        target = int(net(normalize(image[None]))[0].argmax())
    yield "forward", {"torch": lambda: forward(net, normalize(image[None]))}
    found = {"ours": lambda: grad_cam(net, image, layer, target, normalize=normalize)}
    if LayerGradCam:
        captums = LayerGradCam(net, net.get_submodule(layer))
        found["captum"] = lambda: captums.attribute(
            normalize(image[None]), target, relu_attributions=True
        ).detach()[0, 0]
    yield "Grad-CAM", found
    squares = {"size": SIZE, "stride": STRIDE, "batch_size": BATCH}
    found = {"ours": lambda: occlusion_sensitivity(net, image, target, normalize=normalize, **squares)}
    if Occlusion:
        window = {"sliding_window_shapes": (3, SIZE, SIZE), "strides": (3, STRIDE, STRIDE)}
        grey = normalize(torch.full_like(image[None], 0.5))
        occlusion = Occlusion(lambda x: forward(net, x).softmax(1))
        found["captum"] = lambda: occlusion.attribute(
            normalize(image[None]), target=target, baselines=grey, perturbations_per_eval=BATCH, **window
        )[0, 0]
    yield "occlusion", found


@torch.no_grad()
def forward(net, x):
    return net(x)


def least_seconds(functions, runs):
    least = dict.fromkeys(functions, float("inf"))
    clock = time.process_time if torch.get_num_threads() == 1 else time.perf_counter
    for _ in range(runs):
        for library in random.sample(list(functions), len(functions)):
            start = clock()
            functions[library]()
            least[library] = min(least[library], clock() - start)
    return least


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--runs", type=int, default=10)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    image = torch.from_numpy(read_photographs(224)[3]).float() / 255
    print("net | task | ours, ms | captum, ms | ours / captum | largest difference / largest value")
    print("--- | --- | ---: | ---: | ---: | ---:")
    for name, net, layer, normalize in nets():
        for task, functions in tasks(net, layer, normalize, image):
            results = [function() for function in functions.values()]
            least = [f"{1e3 * seconds:.1f}" for seconds in least_seconds(functions, arguments.runs).values()]
            row = [name, task, *least]
            if len(least) == 2:
                difference = (results[0] - results[1]).abs().max() / results[0].abs().max()
                row += [f"{float(least[0]) / float(least[1]):.2f}", f"{difference.item():.0e}"]
            print(*row, *["–"] * (6 - len(row)), sep=" | ", flush=True)


if __name__ == "__main__":
    main()
