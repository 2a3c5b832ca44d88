"""Cases of Fixtures/keras: spectrograms, preprocessing of images that computes at inference, and pipelines."""

import numpy as np

from keras_cases import Settings, chain, keras, layer
from keras_weights import change_weights

SIGNAL = (150, 2)


def generate():
    spectrograms()
    mel()
    images()


def as_made(_, values):
    """The kernels of a Fourier transform as the layer makes them."""
    return [None] * len(values)


def but_adapted(model, values):
    """Random weights but for what normalizations have seen."""
    return [None if weight.path.split("/")[-1] in ("mean", "variance") else value for weight, value in zip(model.weights, values)]


def spectrograms():
    settings = {"frame_length": 20, "frame_step": 9, "fft_length": 32}
    for mode in ("log", "magnitude", "psd", "real", "imag", "angle", "stft"):
        for data_format in ("channels_last", "channels_first"):
            shape = SIGNAL if data_format == "channels_last" else SIGNAL[::-1]
            for expand in (False, True):
                name = f"stft_spectrogram_{mode}_{data_format[9:]}{'_expanded' if expand else ''}"
                options = settings | {"mode": mode, "expand_dims": expand}
                twin = None if data_format == "channels_last" else lambda K, x: turned(K.layers.STFTSpectrogram(**options), x)
                chain(name, lambda K, x: K.layers.STFTSpectrogram(**options, data_format=data_format)(x), shape, twin=twin,
                      double=mode != "angle")  # fmt: skip
    layer("stft_spectrogram_defaults", lambda L: L.STFTSpectrogram(), (700, 1), weights=as_made)
    layer("stft_spectrogram_same", lambda L: L.STFTSpectrogram("magnitude", 16, padding="same", window="hamming", scaling="spectrum",
          periodic=True), (None, 1), weights=as_made)  # fmt: skip


def turned(layer, x):
    """With the channels first, which TensorFlow cannot convolve on a CPU."""
    y = layer(keras.ops.transpose(x, (0, 2, 1)))
    return keras.ops.transpose(y, (0, 3, 1, 2) if len(y.shape) == 4 else (0, 2, 1))


def mel():
    """Of what lies far below the loudest, single precision leaves little: hence the tolerances in decibels."""
    cases = {
        "defaults": ((1500,), {}), "short": ((300,), {"fft_length": 64, "sequence_stride": 25, "num_mel_bins": 13}),
        "window": ((300,), {"fft_length": 64, "sequence_length": 49, "sequence_stride": 25, "num_mel_bins": 9, "window": "hamming"}),
        "plain": ((200,), {"fft_length": 32, "sequence_length": 20, "sequence_stride": 16, "num_mel_bins": 6, "window": None,
                           "sampling_rate": 8000, "min_freq": 60.0, "max_freq": 3000, "top_db": 30.0, "min_power": 1e-3,
                           "ref_power": 0.25}),
        "powers": ((90,), {"fft_length": 32, "sequence_stride": 16, "num_mel_bins": 8, "power_to_db": False}),
        "magnitudes": ((200,), {"fft_length": 48, "sequence_stride": 16, "num_mel_bins": 8, "power_to_db": False, "mag_exp": 1.0}),
    }  # fmt: skip
    for name, (shape, settings) in cases.items():
        layer(f"mel_spectrogram_{name}", lambda L: L.MelSpectrogram(**settings), shape, relative=1e-4, absolute=1e-3, double=False)


def images():
    image = (7, 6, 3)
    layer("auto_contrast", lambda L: L.AutoContrast(value_range=(0, 255)), image)
    layer("auto_contrast_range", lambda L: L.AutoContrast(value_range=(-1, 1)), image)
    layer("solarization", lambda L: L.Solarization(0.3, 0.4), image, form=".keras")
    for name, size in {"wide": (3, 5), "high": (6, 2), "large": (9, 8), "higher": (9, 4)}.items():
        for release in ("3.5.0", "3.7.0"):
            # TensorFlow resizes in single precision, of which many images need more.
            many = {"absolute": 4e-6} if Settings.large > 1 else {}
            chain(f"random_crop_{release[0]}_{release[2]}_{name}", lambda K, x: K.layers.RandomCrop(*size)(x), image, form=".keras", **many,
                  twin=lambda K, x: cropped(x, size, release), save=lambda model, path: save_as(release, model, path))  # fmt: skip
    chain("pipeline", lambda K, x: K.layers.Pipeline(
        [K.layers.Rescaling(2, 0.5), adapted(3), K.layers.RandomFlip(), K.layers.CenterCrop(4, 3)])(x), image, weights=as_made)  # fmt: skip
    chain("pipeline_among", lambda K, x: K.layers.Dense(3)(K.layers.Pipeline([adapted(5), K.layers.Dense(4)])(adapted(5)(x))), (5,),
          weights=but_adapted)  # fmt: skip


def adapted(channels):
    """A normalization that has seen numbers; one that has not cannot be made in a pipeline."""
    layer = keras.layers.Normalization()
    layer.adapt(np.arange(7 * channels, dtype=np.float32).reshape(7, channels) ** 1.5)
    return layer


def save_as(release, model, path):
    def copy(file, new):
        for name in file:
            file.copy(name, new)

    model.save(path)
    change_weights(path, copy, release)
    return {"writer": f"dialect of Keras {release}"}


def cropped(x, size, release):
    """What `RandomCrop` does at inference in releases before 3.8."""
    (height, width), extents = size, x.shape[1:3]
    crop = [max(min(extents[0], int(extents[1] * height / width)), 1), max(min(extents[1], int(extents[0] * width / height)), 1)]
    starts = [int((extent - part) / 2) for extent, part in zip(extents, crop)]
    if release >= "3.6":
        crop = [height, width]
    part = x[:, starts[0] : starts[0] + crop[0], starts[1] : starts[1] + crop[1]]
    return part if tuple(part.shape[1:3]) == size else keras.ops.image.resize(part, size)
