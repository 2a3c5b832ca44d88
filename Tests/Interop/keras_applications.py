#!/usr/bin/env python3
"""Checks `nnconvert from-keras` on the networks of keras.applications, with random weights: what Keras 3 and tf-keras save as .keras and .h5;
and `nnconvert to-keras` on what became of them, which Keras 3 loads again.

Usage: keras_applications.py FOLDER [--only PREFIX], FOLDER with the built commands (.build/release), in an environment made from
Fixtures/generate/keras-requirements.txt. Prints for each network its layers, its parameters, and the largest distance from what Keras
computes, relative to the largest magnitude; ends with 'N passed, N failed'.
"""

import argparse
import pathlib
import sys
import tempfile

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Fixtures" / "generate"))

import keras_peers
from keras_cases import call, clear, keras, tf_keras
from keras_values import seeded

# The sides of images: the least that a network takes, where that is more than 64.
SIDES = {"InceptionV3": 75, "InceptionResNetV2": 75, "Xception": 71}
# Networks of one plan in several sizes stand for the others with the smallest and one larger.
NETWORKS = [
    "ConvNeXtTiny", "DenseNet121", "DenseNet201", "EfficientNetB0", "EfficientNetB3", "EfficientNetV2B0", "EfficientNetV2S", "InceptionV3",
    "InceptionResNetV2", "MobileNet", "MobileNetV2", "MobileNetV3Small", "MobileNetV3Large", "NASNetMobile", "ResNet50", "ResNet50V2",
    "ResNet101", "VGG16", "Xception", "RegNetX002", "RegNetY004", "ResNetRS50",
]  # fmt: skip
RELATIVE = 1e-4
# How far apart the outputs for two images must be, so that a fault on the way would be seen.
SPREAD = 0.02


def network(library, name):
    """A network without its last softmax, in which small differences would drown, and what it gives for two images."""
    clear()
    keras.utils.set_random_seed(7)
    tf_keras.utils.set_random_seed(7)
    side = SIDES.get(name, 64)
    model = getattr(library.applications, name)(
        weights=None, input_shape=(side, side, 3), classes=10, classifier_activation=None)  # fmt: skip
    # Large patches of colours, since of fine noise nothing is left behind averages.
    generator = seeded(name)
    patches = generator.uniform(0, 255, (2, 4, 4, 3)) * np.array([1, 0.4]).reshape(2, 1, 1, 1)
    images = patches.repeat(side // 4 + 1, 1).repeat(side // 4 + 1, 2)[:, :side, :side].astype(np.float32)
    kernels = [np.array(weight) for weight in model.weights]
    # In some networks biases of any size drown what comes in, in some every difference grows without bound. Normalizations by what goes
    # through them mend the first, and by more than that the second.
    for size, share in ((0.05, None), (0.005, None), (0.0005, None), (0.05, 0.1), (0.05, 1), (0.05, 10)):
        model.set_weights([started(weight, kernel, generator, size) for weight, kernel in zip(model.weights, kernels)])
        for layer in model.layers:
            # What a normalization computes with follows its weights in a file, but not in a model.
            if hasattr(layer, "finalize_state"):
                layer.finalize_state()
        if share is not None:
            adapt(model, images, share)
        outputs = call(model, [images])
        other = call(model, [np.nextafter(images, np.float32(np.inf))])
        largest = np.abs(outputs[0]).max()
        spread = np.abs(outputs[0][0] - outputs[0][1]).max() / largest
        if spread > SPREAD and np.abs(outputs[0] - other[0]).max() / largest < RELATIVE / 10:
            return model, [images], outputs
    return model, None, None


def adapt(model, images, share):
    """Gives batch normalizations the means of what goes through them, and its variances with a share of their mean added."""
    layers = [layer for layer in model.layers if type(layer).__name__ == "BatchNormalization"]
    for layer in layers:
        layer.momentum = 0.0
    model(images, training=True)
    for layer in layers:
        variance = np.array(layer.moving_variance)
        layer.moving_variance.assign(variance + share * variance.mean() + 1e-3)


def started(weight, value, generator, size):
    """Kernels as training begins with them; small numbers where it begins with zeros, and factors around 1."""
    leaf = getattr(weight, "path", weight.name).split("/")[-1].split(":")[0]
    if len(weight.shape) > 1:
        return value
    if "variance" in leaf or leaf == "gamma":
        return generator.uniform(0.5, 1.5, weight.shape)
    return generator.normal(0, size, weight.shape)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--only", default="", help="the beginning of the networks' names")
    options = parser.parse_args()
    commands = keras_peers.Commands(options.folder)
    passed = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for name in NETWORKS:
            for library, label in ((keras, "keras"), (tf_keras, "tf-keras")):
                if not name.startswith(options.only) or not hasattr(library.applications, name):
                    continue
                model, images, expected = network(library, name)
                if images is None:
                    print(f"{name} of {label}: passed over, since no weights were found with which single precision is enough")
                    continue
                size = f"{len(model.layers)} layers, {model.count_params() / 1e6:.1f} M parameters"
                for form in (".keras", ".h5", "back"):
                    try:
                        if form == "back":
                            commands.run("nnconvert", "to-keras", folder / "network.nnm", "-o", folder / "back.keras", "--force")
                            found = call(keras.models.load_model(folder / "back.keras"), images)
                        else:
                            model.save(folder / f"network{form}")
                            commands.run("nnconvert", "from-keras", folder / f"network{form}", "-o", folder / "network.nnm", "--force")
                            found = commands.results(folder / "network.nnm", images, folder)
                        away = max(float(np.abs(f - e).max() / np.abs(e).max()) for f, e in zip(found, expected, strict=True))
                        problem = None if away <= RELATIVE else f"is away by {away:.2g}"
                    except keras_peers.Failure as failure:
                        problem = str(failure)
                    passed, failed = passed + (problem is None), failed + (problem is not None)
                    label_of = "written by to-keras" if form == "back" else f"as {form}"
                    print(f"{name} of {label} {label_of}: {size}: {problem or f'{away:.1g}'}", flush=True)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
