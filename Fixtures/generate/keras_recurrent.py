"""Cases of Fixtures/keras: recurrent layers."""

from keras_cases import chain, keras, layer, network
from keras_values import padded

KINDS = ("SimpleRNN", "LSTM", "GRU")


def generate():
    for kind in KINDS:
        plain(kind, lambda L, *options, **named: getattr(L, kind)(*options, **named))
    options()
    states()
    bidirectional()
    cells()
    time_distributed()
    convolutional()


def plain(kind, make):
    name = {"SimpleRNN": "simple_rnn"}.get(kind, kind.lower())
    layer(name, lambda L: make(L, 3), (None, 2), tf=True)
    layer(f"{name}_sequences", lambda L: make(L, 3, return_sequences=True), (None, 2), tf=True)
    layer(f"{name}_backwards", lambda L: make(L, 3, go_backwards=True), (5, 2), tf=True)
    layer(f"{name}_backwards_sequences", lambda L: make(L, 3, go_backwards=True, return_sequences=True), (None, 2), tf=True)
    layer(f"{name}_no_bias", lambda L: make(L, 3, use_bias=False), (5, 2), tf=True)
    layer(f"{name}_dropout", lambda L: make(L, 3, dropout=0.2, recurrent_dropout=0.3), (5, 2), tf=True)
    layer(f"{name}_unroll", lambda L: make(L, 3, unroll=True), (5, 2), tf=True)
    layer(f"{name}_relu", lambda L: make(L, 3, activation="relu"), (5, 2), tf=True)
    layer(f"{name}_state", lambda L: make(L, 3, return_state=True), (5, 2), tf=True)
    layer(f"{name}_sequences_state", lambda L: make(L, 3, return_sequences=True, return_state=True), (None, 2), tf=True)
    masked = lambda **named: lambda K, x: make(K.layers, 3, **named)(K.layers.Masking()(x))
    chain(f"{name}_masked", masked(), (None, 2), tf=True, prepare=padded())
    chain(f"{name}_masked_sequences", masked(return_sequences=True), (None, 2), tf=True, prepare=padded())
    chain(f"{name}_masked_backwards", masked(return_sequences=True, go_backwards=True), (None, 2), tf=True, prepare=padded())
    chain(f"{name}_embedded", lambda K, x: make(K.layers, 3)(make(K.layers, 2, return_sequences=True)(
          K.layers.Embedding(7, 5, mask_zero=True)(x))), (None,), tf=True, kinds=["int32"], prepare=padded())  # fmt: skip
    if kind != "SimpleRNN":
        layer(f"{name}_hard", lambda L: make(L, 3, recurrent_activation="hard_sigmoid"), (5, 2), tf=True)
        layer(f"{name}_implementation_1", lambda L: make(L, 3, implementation=1, activation="softsign"), (5, 2), tf=True)


def options():
    layer("lstm_no_forget_bias", lambda L: L.LSTM(3, unit_forget_bias=False), (5, 2), tf=True)
    for before in ("", "_sequences"):
        layer(f"gru_reset_before{before}", lambda L: L.GRU(3, reset_after=False, return_sequences=bool(before)), (None, 2), tf=True)
    layer("gru_reset_before_no_bias", lambda L: L.GRU(3, reset_after=False, use_bias=False), (5, 2))
    chain("lstm_masked_zero_output", lambda K, x: K.layers.RNN(K.layers.LSTMCell(3), return_sequences=True,
          zero_output_for_mask=True)(K.layers.Masking()(x)), (None, 2), tf=True, prepare=padded())  # fmt: skip
    chain("gru_two_layers", lambda K, x: K.layers.Dense(2)(K.layers.GRU(3)(K.layers.GRU(5, return_sequences=True)(x))), (None, 2),
          tf=True)  # fmt: skip
    network("lstm_stateful", lambda: stateful(keras), count=1)


def stateful(library):
    x = library.Input(batch_shape=(2, 5, 3), name="x")
    return library.Model(x, library.layers.LSTM(3, stateful=True)(x))


def states():
    for kind, count in (("SimpleRNN", 1), ("GRU", 1), ("LSTM", 2)):
        name = {"SimpleRNN": "simple_rnn"}.get(kind, kind.lower())
        chain(f"{name}_initial_state", lambda K, x, *h: getattr(K.layers, kind)(3)(x, initial_state=list(h)),
              (None, 2), *[(3,)] * count, tf=True)  # fmt: skip
        chain(f"{name}_encoder_decoder", lambda K, x, y: decoder(K, kind, x, y), (None, 2), (5, 3), tf=True)


def decoder(library, kind, x, y):
    make = getattr(library.layers, kind)
    _, *state = make(3, return_state=True)(x)
    return make(3, return_sequences=True)(y, initial_state=state)


def bidirectional():
    for mode in ("concat", "sum", "mul", "ave", None):
        layer(
            f"bidirectional_{mode}",
            lambda L: L.Bidirectional(L.LSTM(3, return_sequences=True), merge_mode=mode),
            (None, 2),
            tf=True,
        )
        layer(f"bidirectional_last_{mode}", lambda L: L.Bidirectional(L.GRU(3), merge_mode=mode), (None, 2), tf=mode != "ave")
    layer("bidirectional_simple_rnn", lambda L: L.Bidirectional(L.SimpleRNN(3, activation="relu")), (5, 2), tf=True)
    layer("bidirectional_state", lambda L: L.Bidirectional(L.LSTM(3, return_state=True)), (5, 2), tf=True)
    layer("bidirectional_sequences_state", lambda L: L.Bidirectional(L.GRU(3, return_sequences=True, return_state=True)), (5, 2))
    layer(
        "bidirectional_two_layers",
        lambda L: L.Bidirectional(L.LSTM(3), backward_layer=L.GRU(2, go_backwards=True)),
        (None, 2),
        tf=True,
    )
    chain("bidirectional_masked", lambda K, x: K.layers.Bidirectional(K.layers.LSTM(3, return_sequences=True))(
          K.layers.Masking()(x)), (None, 2), tf=True, prepare=padded())  # fmt: skip
    chain("bidirectional_masked_last", lambda K, x: K.layers.Bidirectional(K.layers.GRU(3), merge_mode="sum")(
          K.layers.Embedding(7, 2, mask_zero=True)(x)), (None,), tf=True, kinds=["int32"], prepare=padded())  # fmt: skip
    chain("bidirectional_initial_state", lambda K, x, a, b: K.layers.Bidirectional(K.layers.GRU(3))(x, initial_state=[a, b]),
          (None, 2), (3,), (3,))  # fmt: skip


def cells():
    for kind in ("SimpleRNNCell", "LSTMCell", "GRUCell"):
        layer(f"rnn_{kind.lower()}", lambda L: L.RNN(getattr(L, kind)(3), return_sequences=True), (None, 2), tf=True)
    layer("rnn_stacked", lambda L: L.RNN(L.StackedRNNCells([L.LSTMCell(3), L.GRUCell(2), L.SimpleRNNCell(5)])), (None, 2), tf=True)
    layer("rnn_stacked_list", lambda L: L.RNN([L.LSTMCell(3), L.LSTMCell(2)], return_sequences=True), (None, 2), tf=True)
    layer("rnn_stacked_state", lambda L: L.RNN([L.GRUCell(3), L.LSTMCell(2)], return_state=True), (5, 2))
    layer("rnn_bidirectional", lambda L: L.Bidirectional(L.RNN(L.GRUCell(3))), (5, 2), tf=True)


def time_distributed():
    layer("time_distributed_dense", lambda L: L.TimeDistributed(L.Dense(3, "relu")), (None, 5), tf=True)
    layer("time_distributed_conv", lambda L: L.TimeDistributed(L.Conv2D(3, 2)), (5, 4, 3, 2), tf=True)
    layer("time_distributed_flatten", lambda L: L.TimeDistributed(L.Flatten()), (5, 3, 2), tf=True)
    layer("time_distributed_batch_normalization", lambda L: L.TimeDistributed(L.BatchNormalization()), (5, 3))
    layer("time_distributed_lstm", lambda L: L.TimeDistributed(L.LSTM(3)), (3, 5, 2), tf=True)
    layer("time_distributed_embedding", lambda L: L.TimeDistributed(L.Embedding(7, 3)), (3, 5), kinds=["int32"])
    chain("time_distributed_masked", lambda K, x: K.layers.LSTM(2)(K.layers.TimeDistributed(K.layers.Dense(3))(
          K.layers.Masking()(x))), (None, 2), tf=True, prepare=padded())  # fmt: skip
    chain("time_distributed_model", lambda K, x: K.layers.TimeDistributed(K.Sequential([
          K.layers.Input((5,)), K.layers.Dense(3, "tanh"), K.layers.Dense(2)]))(x), (3, 5), tf=True)  # fmt: skip


def convolutional():
    shapes = {1: (5, 7, 2), 2: (3, 5, 4, 2), 3: (2, 3, 4, 3, 2)}
    for rank, shape in shapes.items():
        make = lambda L, *options, **named: getattr(L, f"ConvLSTM{rank}D")(*options, **named)
        layer(f"conv_lstm{rank}d", lambda L: make(L, 3, 2), shape, tf=True)
        layer(f"conv_lstm{rank}d_sequences", lambda L: make(L, 2, 3, padding="same", return_sequences=True), shape, tf=True)
    layer("conv_lstm2d_strides", lambda L: L.ConvLSTM2D(2, (2, 3), strides=(2, 1), padding="same"), shapes[2], tf=True)
    layer("conv_lstm2d_options", lambda L: L.ConvLSTM2D(2, 2, use_bias=False, activation="relu", recurrent_activation="sigmoid",
          go_backwards=True, return_sequences=True), shapes[2], tf=True)  # fmt: skip
    layer("conv_lstm2d_state", lambda L: L.ConvLSTM2D(2, 2, return_state=True), shapes[2])
    layer("conv_lstm2d_dilated", lambda L: L.ConvLSTM2D(2, 2, dilation_rate=2, padding="same"), shapes[2])
    layer("conv_lstm2d_bidirectional", lambda L: L.Bidirectional(L.ConvLSTM2D(2, 2)), shapes[2])
    chain("conv_lstm2d_first", lambda K, x: K.layers.ConvLSTM2D(2, 2, data_format="channels_first")(x), (3, 2, 5, 4),
          twin=lambda K, x: K.layers.Permute((3, 1, 2))(K.layers.ConvLSTM2D(2, 2)(K.layers.Permute((1, 3, 4, 2))(x))))  # fmt: skip
