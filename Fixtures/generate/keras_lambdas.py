"""Cases of Fixtures/keras: functions of their users', in whose place a kind of ours is put by name."""

import keras
import tensorflow as tf
import tf_keras

from keras_cases import chain
from keras_values import neutral


def generate():
    for form in (".keras", ".h5"):
        # Keras reads such files again only on demand, and where it finds the function.
        options = {"form": form, "reload": False}
        ending = form[1:]
        chain(f"lambda_function_{ending}", residual, (5, 4), options=["--custom", "scaling=rescaling"], **options)
        # tf.keras writes the code of a function, and not its name.
        chain(f"lambda_function_{ending}", residual, (5, 4), options=["--custom", "scaled=rescaling"], only_tf=True, **options)
        kinds = ["--custom", "to_units=rescaling,scale=0.0078125,offset=-1"]
        kinds += ["--custom", "embeddings=unit_normalization,axes=[-1],epsilon=1e-6"]
        chain(f"lambda_layer_{ending}", units, (5, 4), options=kinds, tf=True, **options)
        chain(f"lambda_two_{ending}", difference, (5,), (5,), options=["--custom", "Lambda=subtract"], tf=True, **options)


@keras.saving.register_keras_serializable("mine", "scaling")
@tf_keras.saving.register_keras_serializable("mine", "scaling")
@neutral
def scaling(x, scale):
    return x * scale


def residual(library, x):
    """As a well-known network of faces scales what it adds."""
    layers = library.layers
    up = layers.Dense(4)(x)
    return layers.Activation("relu")(layers.Add()([x, layers.Lambda(scaling, arguments={"scale": 0.17}, name="scaled")(up)]))


def units(library, x):
    layers = library.layers
    x = layers.Lambda(neutral(lambda x: x / 128 - 1), name="to_units")(x)
    x = layers.Dense(6)(x)
    return layers.Lambda(neutral(lambda x: tf.math.l2_normalize(x, axis=-1)), name="embeddings")(x)


def difference(library, x, y):
    return library.layers.Dense(3)(library.layers.Lambda(neutral(lambda pair: pair[0] - pair[1]))([x, y]))
