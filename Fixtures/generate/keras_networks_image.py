"""Cases of Fixtures/keras: networks over images."""

import importlib

from keras_cases import chain


def generate():
    both = {"tf": True}
    chain("net_lenet", lenet, (11, 10, 1), **both)
    chain("net_vgg", vgg, (8, 8, 3), **both)
    chain("net_resnet", resnet, (7, 9, 3), **both)
    chain("net_unet", unet, (8, 12, 2), **both)
    chain("net_mobilenet", mobilenet, (9, 8, 3), **both)
    chain("net_inverted", inverted, (7, 8, 3), **both)
    chain("net_inception", inception, (7, 8, 3), **both)
    chain("net_dense_blocks", dense_blocks, (6, 8, 3), **both)
    chain("net_squeeze", squeeze, (5, 7, 4), **both)
    chain("net_generator", generator, (5,), **both)
    chain("net_discriminator", discriminator, (8, 9, 1), **both)
    chain("net_emotions", emotions, (12, 12, 1), **both)
    chain("net_vision_transformer", vision_transformer, (6, 8, 3))
    chain("net_fully_convolutional", fully_convolutional, (None, None, 2), **both)
    chain("net_preprocessed", preprocessed, (7, 8, 3), **both)
    chain("net_next", next_block, (7, 8, 4), **both)
    # Of tf.keras's own classes this one is registered like a user's, so that it does not find it again.
    for form in (".keras", ".h5"):
        chain(f"net_scaled{form.replace('.', '_')}", scaled_residual, (7, 8, 4), form=form, reload=False, **both)


def lenet(library, x):
    layers = library.layers
    for filters in (3, 5):
        x = layers.MaxPooling2D(2)(layers.Conv2D(filters, 2, activation="tanh")(x))
    return layers.Dense(3, "softmax")(layers.Dense(7, "tanh")(layers.Flatten()(x)))


def vgg(library, x):
    layers = library.layers
    for filters in (3, 4):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
        x = layers.MaxPooling2D(2, strides=2)(layers.Conv2D(filters, 3, padding="same", activation="relu")(x))
    return layers.Dense(3, "softmax")(layers.Dropout(0.5)(layers.Flatten()(x)))


def normal(library, x, kind="relu"):
    return library.layers.Activation(kind)(library.layers.BatchNormalization()(x))


def resnet(library, x):
    layers = library.layers
    for stride in (1, 2):
        branch = normal(library, layers.Conv2D(4, 3, strides=stride, padding="same", use_bias=False)(x))
        branch = layers.BatchNormalization()(layers.Conv2D(4, 3, padding="same")(branch))
        x = layers.ReLU()(layers.Add()([branch, layers.Conv2D(4, 1, strides=stride)(x)]))
    return layers.Dense(3)(layers.GlobalAveragePooling2D()(x))


def unet(library, x):
    layers = library.layers
    first = layers.Conv2D(3, 3, padding="same", activation="relu")(x)
    second = layers.Conv2D(4, 3, padding="same", activation="relu")(layers.MaxPooling2D()(first))
    third = layers.Conv2D(5, 3, padding="same", activation="relu")(layers.MaxPooling2D()(second))
    up = layers.Concatenate()([layers.Conv2DTranspose(4, 2, strides=2)(third), second])
    up = layers.Concatenate()([layers.UpSampling2D(interpolation="bilinear")(layers.Conv2D(3, 3, padding="same")(up)), first])
    return layers.Conv2D(1, 1, activation="sigmoid")(up)


def mobilenet(library, x):
    layers = library.layers
    for filters, stride in ((4, 2), (5, 1)):
        x = layers.ZeroPadding2D(((0, 1), (0, 1)))(x) if stride == 2 else x
        x = layers.DepthwiseConv2D(3, strides=stride, padding="valid" if stride == 2 else "same", use_bias=False)(x)
        x = layers.ReLU(6.0)(layers.BatchNormalization()(x))
        x = layers.ReLU(6.0)(layers.BatchNormalization()(layers.Conv2D(filters, 1, use_bias=False)(x)))
    return layers.Dense(3, "softmax")(layers.GlobalAveragePooling2D()(x))


def inverted(library, x):
    layers = library.layers
    branch = layers.DepthwiseConv2D(3, padding="same")(normal(library, layers.Conv2D(6, 1)(x), "swish"))
    weights = layers.Reshape((1, 1, 6))(layers.GlobalAveragePooling2D()(branch))
    weights = layers.Conv2D(6, 1, activation="sigmoid")(layers.Conv2D(2, 1, activation="relu")(weights))
    branch = layers.Conv2D(3, 1)(layers.Multiply()([branch, weights]))
    return layers.Add()([x, layers.BatchNormalization()(branch)])


def inception(library, x):
    layers = library.layers
    parts = [layers.Conv2D(2, 1)(x), layers.Conv2D(3, 3, padding="same")(layers.Conv2D(2, 1, activation="relu")(x))]
    parts.append(layers.Conv2D(2, (1, 5), padding="same")(layers.Conv2D(2, (5, 1), padding="same")(x)))
    parts.append(layers.Conv2D(2, 1)(layers.AveragePooling2D(3, strides=1, padding="same")(x)))
    return layers.Dense(3)(layers.GlobalMaxPooling2D()(layers.Concatenate()(parts)))


def dense_blocks(library, x):
    layers = library.layers
    for _ in range(2):
        for _ in range(2):
            x = layers.Concatenate()([x, layers.Conv2D(2, 3, padding="same")(normal(library, x))])
        x = layers.AveragePooling2D(2)(layers.Conv2D(3, 1)(x))
    return layers.Flatten()(x)


def squeeze(library, x):
    layers = library.layers
    weights = layers.Dense(4, "sigmoid")(layers.Dense(2, "relu")(layers.GlobalAveragePooling2D(keepdims=True)(x)))
    return layers.Multiply()([x, weights])


def generator(library, x):
    layers = library.layers
    x = layers.Reshape((2, 3, 4))(layers.Dense(24)(x))
    x = layers.LeakyReLU(0.2)(layers.BatchNormalization()(layers.Conv2DTranspose(3, 4, strides=2, padding="same")(x)))
    return layers.Conv2DTranspose(1, 5, strides=2, padding="same", activation="tanh")(x)


def discriminator(library, x):
    layers = library.layers
    for filters in (3, 5):
        x = layers.Dropout(0.3)(layers.LeakyReLU(0.2)(layers.Conv2D(filters, 3, strides=2, padding="same")(x)))
    return layers.Dense(1, "sigmoid")(layers.Flatten()(x))


def emotions(library, x):
    """Residual blocks of separable convolutions, as small networks for faces have them."""
    layers = library.layers
    x = normal(library, layers.Conv2D(3, 3, use_bias=False)(x))
    side = layers.BatchNormalization()(layers.Conv2D(4, 1, strides=2, padding="same", use_bias=False)(x))
    x = normal(library, layers.SeparableConv2D(4, 3, padding="same", use_bias=False)(x))
    x = layers.BatchNormalization()(layers.SeparableConv2D(4, 3, padding="same", use_bias=False)(x))
    x = layers.Add()([layers.MaxPooling2D(3, strides=2, padding="same")(x), side])
    return layers.Activation("softmax", name="predictions")(layers.GlobalAveragePooling2D()(layers.Conv2D(7, 3, padding="same")(x)))


def vision_transformer(library, x):
    layers = library.layers
    x = layers.Reshape((-1, 5))(layers.Conv2D(5, 2, strides=2)(x))
    body = layers.LayerNormalization(epsilon=1e-6)(x)
    x = layers.Add()([x, layers.MultiHeadAttention(2, 3)(body, body)])
    return layers.Dense(3)(x[:, 0])


def fully_convolutional(library, x):
    layers = library.layers
    x = layers.Conv2D(3, 3, padding="same", activation="relu")(x)
    return layers.Conv2D(2, 1)(layers.UpSampling2D(2)(layers.MaxPooling2D(2, padding="same")(x)))


def preprocessed(library, x):
    layers = library.layers
    x = layers.RandomFlip()(layers.Rescaling(1 / 127.5, offset=-1)(layers.CenterCrop(5, 6)(x)))
    return layers.Dense(2)(layers.Flatten()(layers.Conv2D(3, 2)(x)))


def of_applications(library, module, name):
    """A class that a network of keras.applications brings along."""
    return getattr(importlib.import_module(f"{library.__name__}.src.applications.{module}"), name)


def next_block(library, x):
    layers = library.layers
    body = layers.LayerNormalization(epsilon=1e-6)(layers.DepthwiseConv2D(3, padding="same")(x))
    body = layers.Dense(4)(layers.Activation("gelu")(layers.Dense(9)(body)))
    body = of_applications(library, "convnext", "LayerScale")(1e-6, 4)(body)
    return x + of_applications(library, "convnext", "StochasticDepth")(0.2)(body)


def scaled_residual(library, x):
    body = library.layers.Conv2D(4, 3, padding="same")(x)
    return library.layers.ReLU()(of_applications(library, "inception_resnet_v2", "CustomScaleLayer")(0.17)([x, body]))
