"""Cases of Fixtures/keras: pooling."""

from keras_cases import layer

SHAPES = {1: (11, 3), 2: (5, 7, 3), 3: (4, 5, 3, 2)}
POOLS = {1: 3, 2: (3, 2), 3: (2, 3, 2)}
STRIDES = {1: 2, 2: (2, 3), 3: (2, 1, 3)}


def generate():
    for rank, shape in SHAPES.items():
        first = (shape[-1], *shape[:-1])
        for kind in ("Max", "Average"):
            name = f"{kind.lower()}_pooling{rank}d"
            make = lambda L, *options, **named: getattr(L, f"{kind}Pooling{rank}D")(*options, **named)
            layer(name, lambda L: make(L, 2), shape, tf=True)
            layer(f"{name}_valid", lambda L: make(L, POOLS[rank], strides=STRIDES[rank]), shape, tf=True)
            layer(f"{name}_same", lambda L: make(L, POOLS[rank], strides=STRIDES[rank], padding="same"), shape, tf=True)
            layer(f"{name}_same_1", lambda L: make(L, 3, strides=1, padding="same"), shape)
            if rank < 3:
                layer(f"{name}_first", lambda L: make(L, 2, padding="same", data_format="channels_first"), first)
            whole = lambda L, **named: getattr(L, f"Global{kind}Pooling{rank}D")(**named)
            layer(f"global_{name}", lambda L: whole(L), shape, tf=True)
            layer(f"global_{name}_keepdims", lambda L: whole(L, keepdims=True), shape, tf=True)
            layer(f"global_{name}_first", lambda L: whole(L, data_format="channels_first"), first, tf=rank == 2)
            adaptive = lambda L, size, **named: getattr(L, f"Adaptive{kind}Pooling{rank}D")(size, **named)
            layer(f"adaptive_{name}", lambda L: adaptive(L, (3, 4, 2)[:rank] if rank > 1 else 3), shape)
            layer(f"adaptive_{name}_1", lambda L: adaptive(L, 1), shape)
    layer("max_pooling1d_time", lambda L: L.MaxPooling1D(2), (None, 3), tf=True)
    layer("average_pooling2d_free", lambda L: L.AveragePooling2D(2, padding="same"), (None, None, 3), tf=True)
    layer("adaptive_max_pooling2d_first", lambda L: L.AdaptiveMaxPooling2D((3, 2), data_format="channels_first"), (3, 7, 5))
    layer("global_average_pooling1d_time", lambda L: L.GlobalAveragePooling1D(), (None, 3), tf=True)
