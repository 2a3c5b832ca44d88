"""Cases of Fixtures/keras: networks over time: sequences, translators, transformers, waves."""

from keras_cases import chain
from keras_values import padded

INTS = {"kinds": ["int32"], "high": 11}


def generate():
    both = {"tf": True}
    chain("net_sentiment", sentiment, (None,), prepare=padded(), **INTS, **both)
    chain("net_tagger", tagger, (None,), prepare=padded(), **INTS, **both)
    chain("net_character_model", character_model, (None,), **INTS, **both)
    chain("net_translator", translator, (None,), (None,), kinds=["int32", "int32"], high=11, prepare=padded(0), **both)
    chain("net_attentive_translator", attentive, (5,), (7,), kinds=["int32", "int32"], high=11, **both)
    chain("net_text_cnn", text_cnn, (11,), **INTS, **both)
    chain("net_transformer", transformer, (None, 6), **both)
    chain("net_masked_transformer", masked_transformer, (7,), prepare=padded(), **INTS, **both)
    chain("net_decoder_only", decoder_only, (None,), **INTS)
    chain("net_wavenet", wavenet, (None, 2), **both)
    chain("net_temporal", temporal, (None, 3), **both)
    chain("net_cnn_lstm", cnn_lstm, (5, 7, 2), **both)
    chain("net_forecaster", forecaster, (7, 3), (2,), **both)
    chain("net_video", video, (3, 6, 5, 2), **both)
    chain("net_stacked_bidirectional", stacked, (None, 3), prepare=padded(), **both)


def sentiment(library, x):
    layers = library.layers
    return layers.Dense(1, "sigmoid")(layers.LSTM(3)(layers.Embedding(11, 5, mask_zero=True)(x)))


def tagger(library, x):
    layers = library.layers
    x = layers.Bidirectional(layers.LSTM(3, return_sequences=True))(layers.Embedding(11, 5, mask_zero=True)(x))
    return layers.TimeDistributed(layers.Dense(4, "softmax"))(layers.Dropout(0.2)(x))


def character_model(library, x):
    layers = library.layers
    x = layers.Embedding(11, 5)(x)
    for _ in range(2):
        x = layers.GRU(3, return_sequences=True)(x)
    return layers.Dense(11, "softmax")(x)


def translator(library, x, y):
    layers = library.layers
    _, h, c = layers.LSTM(3, return_state=True, name="encoder")(layers.Embedding(11, 5, mask_zero=True)(x))
    y = layers.LSTM(3, return_sequences=True, name="decoder")(layers.Embedding(11, 2)(y), initial_state=[h, c])
    return layers.Dense(11, "softmax")(y)


def attentive(library, x, y):
    layers = library.layers
    x, state = layers.GRU(3, return_sequences=True, return_state=True)(layers.Embedding(11, 5)(x))
    y = layers.GRU(3, return_sequences=True)(layers.Embedding(11, 5)(y), initial_state=state)
    return layers.Dense(7)(layers.Concatenate()([y, layers.Attention()([y, x])]))


def text_cnn(library, x):
    layers = library.layers
    x = layers.Embedding(11, 5)(x)
    parts = [layers.GlobalMaxPooling1D()(layers.Conv1D(3, width, activation="relu")(x)) for width in (2, 3, 4)]
    return layers.Dense(2, "softmax")(layers.Concatenate()(parts))


def block(library, x, **options):
    layers = library.layers
    attended = layers.MultiHeadAttention(2, 3)(x, x, **options)
    x = layers.LayerNormalization(epsilon=1e-6)(layers.Add()([x, layers.Dropout(0.1)(attended)]))
    return layers.LayerNormalization()(layers.Add()([x, layers.Dense(x.shape[-1])(layers.Dense(7, "gelu")(x))]))


def transformer(library, x):
    return library.layers.Dense(2)(library.layers.GlobalAveragePooling1D()(block(library, block(library, x))))


def masked_transformer(library, x):
    return library.layers.GlobalAveragePooling1D()(block(library, library.layers.Embedding(11, 5, mask_zero=True)(x)))


def decoder_only(library, x):
    layers = library.layers
    embedding = layers.ReversibleEmbedding(11, 6)
    x = embedding(x)
    x = x + layers.GroupQueryAttention(3, 4, 2)(layers.RMSNormalization()(x), layers.RMSNormalization()(x), use_causal_mask=True)
    body = layers.RMSNormalization()(x)
    x = x + layers.Dense(6)(layers.Dense(7, "silu")(body) * layers.Dense(7)(body))
    return embedding(x, reverse=True)


def wavenet(library, x):
    layers, skips = library.layers, []
    x = layers.Conv1D(3, 1)(x)
    for rate in (1, 2, 4):
        gate = [layers.Conv1D(3, 2, padding="causal", dilation_rate=rate, activation=kind)(x) for kind in ("tanh", "sigmoid")]
        skips.append(layers.Conv1D(3, 1)(layers.Multiply()(gate)))
        x = layers.Add()([x, skips[-1]])
    return layers.Conv1D(5, 1, activation="softmax")(layers.ReLU()(layers.Add()(skips)))


def temporal(library, x):
    layers = library.layers
    for rate in (1, 2):
        branch = layers.Conv1D(5, 3, padding="causal", dilation_rate=rate, activation="relu")(x)
        branch = layers.SpatialDropout1D(0.1)(layers.LayerNormalization()(branch))
        x = layers.Add()([layers.Conv1D(5, 1)(x), branch])
    return layers.Dense(2)(layers.GlobalMaxPooling1D()(x))


def cnn_lstm(library, x):
    layers = library.layers
    x = layers.TimeDistributed(layers.Conv1D(3, 3, activation="relu"))(x)
    return layers.Dense(2)(layers.LSTM(3)(layers.TimeDistributed(layers.Flatten())(x)))


def forecaster(library, x, y):
    layers = library.layers
    x = layers.Concatenate()([layers.GRU(5)(x), layers.Dense(3)(y)])
    return layers.TimeDistributed(layers.Dense(1))(layers.LSTM(3, return_sequences=True)(layers.RepeatVector(4)(x)))


def video(library, x):
    layers = library.layers
    x = layers.BatchNormalization()(layers.ConvLSTM2D(2, 3, padding="same", return_sequences=True)(x))
    return layers.Conv3D(1, 2, activation="sigmoid", padding="same")(x)


def stacked(library, x):
    layers = library.layers
    x = layers.Bidirectional(layers.GRU(3, return_sequences=True), merge_mode="sum")(layers.Masking()(x))
    return layers.Dense(2)(layers.Bidirectional(layers.LSTM(2))(x))
