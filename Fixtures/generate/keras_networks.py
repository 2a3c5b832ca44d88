"""Cases of Fixtures/keras: networks of several layers, whose wiring is the matter: branches, shared layers, models within models."""

from keras_cases import chain, keras, network, tf_keras

FORMS = (".keras", ".h5")


def generate():
    for number, (name, make) in enumerate({
        "perceptron": perceptron, "bare_sequential": bare_sequential, "named_sequential": named_sequential,
        "sequential_in_sequential": sequential_in_sequential, "shared_model": shared_model, "model_of_models": model_of_models,
        "dictionary": dictionary, "deferred": deferred,
    }.items()):  # fmt: skip
        network(f"net_{name}", lambda: make(keras), form=FORMS[number % 2])
        network(f"tf_net_{name}", lambda: make(tf_keras), library=tf_keras, form=FORMS[(number + number // 2) % 2])
    both = {"tf": True}
    chain("net_residual", residual, (5,), **both)
    chain(
        "net_two_inputs", lambda K, x, y: K.layers.Dense(2)(K.layers.Concatenate()([K.layers.Dense(3)(x), y])), (5,), (3,), **both
    )
    chain("net_two_outputs", two_outputs, (5,), **both)
    chain("net_input_as_output", lambda K, x: [K.layers.Dense(3)(x), x], (5,))
    chain("net_same_output_twice", same_output_twice, (5,))
    chain("net_unused_branch", unused_branch, (5,), **both)
    chain("net_shared_layer", shared_layer, (5,), (5,), **both)
    chain("net_shared_twice_in_row", shared_twice, (5,), **both)
    chain("net_siamese", siamese, (5, 2), (5, 2), **both)
    chain("net_nested_sequential", nested_sequential, (5,), **both)
    chain("net_nested_functional", nested_functional, (5,), (3,), **both)
    chain("net_nested_two_outputs", nested_two_outputs, (5,), **both)
    chain("net_nested_twice", nested_twice, (5,), **both)
    chain("net_nested_deep", nested_deep, (5,), **both)
    for form in FORMS:
        chain(f"net_nested_output{form.replace('.', '_')}", nested_output, (5,), form=form, **both)
    chain("net_explicit_training", explicit_training, (3, 5, 2), form=".h5", **both)
    chain("net_autoencoder", autoencoder, (11,), **both)
    chain("net_highway", highway, (5,), **both)
    chain("net_wide_and_deep", wide_and_deep, (7,), (5,), **both)
    chain("net_mixture", mixture, (5,), **both)
    chain("net_factorization", factorization, (1,), (1,), kinds=["int32", "int32"], high=11, **both)
    chain("net_odd_names", odd_names, (5,), form=".keras")


def perceptron(library):
    layers = library.layers
    return library.Sequential(
        [library.Input((5,), name="x"), layers.Dense(7, "relu"), layers.Dropout(0.3), layers.Dense(3, "softmax")]
    )


def bare_sequential(library):
    """A Sequential without an input layer, built by its input shape."""
    model = library.Sequential([library.layers.Dense(7, activation="tanh"), library.layers.Dense(3)])
    model.build((None, 5))
    return model


def named_sequential(library):
    layers = library.layers
    model = library.Sequential(name="outer")
    model.add(library.Input((7, 2)))
    model.add(layers.Conv1D(3, 3, activation="relu", name="first"))
    model.add(layers.BatchNormalization(name="norm"))
    model.add(layers.MaxPooling1D(2))
    model.add(layers.Flatten())
    model.add(layers.Dense(2, name="last"))
    return model


def sequential_in_sequential(library):
    layers = library.layers
    inner = library.Sequential([library.Input((5,)), layers.Dense(3, "tanh"), layers.Dense(7)], name="inner")
    return library.Sequential([library.Input((5,)), inner, layers.LeakyReLU(0.2), layers.Dense(2)])


def shared_model(library):
    layers = library.layers
    inner = library.Sequential([library.Input((5,)), layers.Dense(3, "tanh"), layers.BatchNormalization()], name="tower")
    x, y = library.Input((5,), name="left"), library.Input((5,), name="right")
    return library.Model([x, y], layers.Subtract()([inner(x), inner(y)]), name="pair")


def model_of_models(library):
    layers = library.layers
    a = library.Input((5,))
    encoder = library.Model(a, layers.Dense(3, "relu")(a), name="encoder")
    b = library.Input((3,))
    decoder = library.Model(b, layers.Dense(5, "sigmoid")(b), name="decoder")
    x = library.Input((5,), name="x")
    return library.Model(x, decoder(encoder(x)))


def dictionary(library):
    """Inputs and outputs in a list, of different ranks, whose names are not in the order of the alphabet."""
    layers = library.layers
    z, a = library.Input((5, 2), name="z"), library.Input((3,), name="a")
    joined = layers.Concatenate(name="joined")([layers.Flatten()(z), a])
    return library.Model([z, a], [layers.Dense(2, name="second")(joined), layers.Dense(3, name="first")(joined)])


def deferred(library):
    """Layers made in another order than they are wired, so that numbers and order differ."""
    layers = library.layers
    last, middle, first = layers.Dense(2), layers.Dense(3, "relu"), layers.Dense(7, "tanh")
    x = library.Input((5,), name="x")
    return library.Model(x, last(middle(first(x))))


def residual(library, x):
    layers = library.layers
    for _ in range(3):
        x = layers.Add()([x, layers.Dense(5)(layers.Dense(7, "relu")(x))])
    return layers.Dense(2)(x)


def two_outputs(library, x):
    body = library.layers.Dense(7, "relu")(x)
    return [library.layers.Dense(3, "softmax", name="kind")(body), library.layers.Dense(1, name="value")(body)]


def same_output_twice(library, x):
    body = library.layers.Dense(3)(x)
    return [library.layers.ReLU()(body), body]


def unused_branch(library, x):
    """A layer used twice, of which one use is in no path to the outputs: node 1 of the layer then comes before node 0."""
    dense = library.layers.Dense(5, "tanh")
    dense(library.layers.ReLU()(x))
    return library.layers.Dense(2)(dense(x))


def shared_layer(library, x, y):
    dense, norm = library.layers.Dense(3, "relu"), library.layers.BatchNormalization()
    return library.layers.Concatenate()([norm(dense(x)), norm(dense(y))])


def shared_twice(library, x):
    dense = library.layers.Dense(5, "tanh")
    return dense(dense(dense(x)))


def siamese(library, x, y):
    layers = library.layers
    a = library.Input((5, 2))
    tower = library.Model(a, layers.Dense(3)(layers.Flatten()(layers.Conv1D(4, 2, activation="relu")(a))), name="tower")
    return layers.Dense(1, "sigmoid")(layers.Dot(axes=1, normalize=True)([tower(x), tower(y)]))


def nested_sequential(library, x):
    layers = library.layers
    inner = library.Sequential([library.Input((7,)), layers.Dense(3, "relu"), layers.Dense(5)], name="inner")
    return layers.Add()([x, inner(layers.Dense(7)(x))])


def nested_functional(library, x, y):
    layers = library.layers
    a, b = library.Input((5,)), library.Input((3,))
    inner = library.Model([a, b], layers.Multiply()([layers.Dense(2)(a), layers.Dense(2)(b)]), name="inner")
    return layers.Dense(3)(inner([x, y]))


def nested_two_outputs(library, x):
    layers = library.layers
    a = library.Input((5,))
    inner = library.Model(a, [layers.Dense(3)(a), layers.Dense(2)(a)], name="inner")
    first, second = inner(x)
    return [layers.ReLU()(second), layers.Dense(2)(first)]


def nested_output(library, x):
    """A nested model's result within and as an output: Keras 3 counts its calls from 0 in the one place and from 1 in the other."""
    layers = library.layers
    a = library.Input((5,))
    inner = library.Model(a, layers.Dense(3, "tanh")(a), name="inner")
    y = inner(layers.Dense(5)(x))
    return [layers.Dense(2)(y), y]


def explicit_training(library, x):
    layers = library.layers
    x = layers.BatchNormalization()(layers.SpatialDropout2D(0.2)(x, training=False), training=False)
    return layers.Dense(2)(layers.Dropout(0.4)(layers.Flatten()(x), training=False))


def nested_twice(library, x):
    layers = library.layers
    a = library.Input((5,))
    inner = library.Model(a, layers.Dense(5, "tanh")(a), name="inner")
    return layers.Concatenate()([inner(x), inner(inner(x))])


def nested_deep(library, x):
    layers = library.layers
    model = library.Sequential([library.Input((5,)), layers.Dense(5, "relu")])
    for depth in range(3):
        a = library.Input((5,))
        model = library.Model(a, layers.Add()([layers.Dense(5)(a), model(a)]), name=f"depth_{depth}")
    return model(x)


def autoencoder(library, x):
    for units in (7, 3, 7):
        x = library.layers.ELU()(library.layers.BatchNormalization()(library.layers.Dense(units)(x)))
    return library.layers.Dense(11, "sigmoid")(x)


def highway(library, x):
    layers = library.layers
    gate, change = layers.Dense(5, "sigmoid")(x), layers.Dense(5, "relu")(x)
    return layers.Add()([layers.Multiply()([gate, change]), layers.Multiply()([layers.Subtract()([x, gate]), x])])


def wide_and_deep(library, x, y):
    layers = library.layers
    deep = layers.Dense(3, "relu")(layers.Dense(7, "relu")(layers.BatchNormalization()(x)))
    return layers.Dense(1, "sigmoid")(layers.Concatenate()([deep, y, x]))


def mixture(library, x):
    layers = library.layers
    experts = layers.Reshape((3, 2))(layers.Concatenate()([layers.Dense(2, "tanh")(x) for _ in range(3)]))
    return layers.Dot(axes=(1, 1))([layers.Dense(3, "softmax")(x), experts])


def factorization(library, user, item):
    layers = library.layers
    parts = [layers.Flatten()(layers.Embedding(11, size)(x)) for size, x in ((3, user), (3, item))]
    biases = [layers.Flatten()(layers.Embedding(11, 1)(x)) for x in (user, item)]
    return layers.Activation("sigmoid")(layers.Add()([layers.Dot(axes=1)(parts), *biases]))


def odd_names(library, x):
    layers = library.layers
    body = layers.Dense(3, "relu", name="a b:0")(x)
    return layers.Add(name="层")([layers.Dense(2, name="dense_2")(body), layers.Dense(2, name="dense")(body)])
