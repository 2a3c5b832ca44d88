"""Cases of Fixtures/keras: attention."""

import numpy as np

from keras_cases import chain
from keras_values import padded


def generate():
    heads()
    grouped()
    simple()
    scores()


def heads():
    make = lambda K, *options, **named: K.layers.MultiHeadAttention(*options, **named)
    chain("multi_head_self", lambda K, x: make(K, 2, 3)(x, x), (None, 5), tf=True)
    chain("multi_head_cross", lambda K, x, y: make(K, 2, 3)(x, y), (None, 5), (7, 3), tf=True)
    chain("multi_head_key", lambda K, x, v, k: make(K, 2, 3)(x, v, k), (3, 5), (7, 3), (7, 2), tf=True)
    chain("multi_head_value_dim", lambda K, x: make(K, 3, 2, value_dim=5)(x, x), (5, 3), tf=True)
    chain("multi_head_no_bias", lambda K, x: make(K, 2, 3, use_bias=False)(x, x), (5, 3), tf=True)
    chain("multi_head_output_shape", lambda K, x: make(K, 2, 3, output_shape=7)(x, x), (5, 3), tf=True)
    chain("multi_head_output_shape_rank_2", lambda K, x: make(K, 2, 3, output_shape=(2, 5))(x, x), (5, 3), tf=True)
    chain("multi_head_axes", lambda K, x: make(K, 2, 3, attention_axes=(2,))(x, x), (3, 5, 2), tf=True)
    chain("multi_head_axes_two", lambda K, x: make(K, 2, 3, attention_axes=(1, 2))(x, x), (3, 2, 5), tf=True)
    chain("multi_head_causal", lambda K, x: make(K, 2, 3)(x, x, use_causal_mask=True), (None, 5), tf=True)
    chain("multi_head_mask", lambda K, x, m: make(K, 2, 3)(x, x, attention_mask=m), (5, 3), (5, 5), kinds=[None, "bool"],
          prepare=lambda x, _: [x[0], x[1] | np.eye(5, dtype=bool)], tf=True)  # fmt: skip
    chain("multi_head_scores", lambda K, x: make(K, 2, 3)(x, x, return_attention_scores=True), (5, 3), tf=True)
    chain("multi_head_masked", lambda K, x: masked(K, make(K, 2, 3), x), (None,), kinds=["int32"], prepare=padded(), tf=True)
    chain("multi_head_masked_cross", lambda K, x, y: make(K, 2, 3)(K.layers.Embedding(7, 3, mask_zero=True)(x),
          K.layers.Embedding(7, 5, mask_zero=True)(y)), (5,), (7,), kinds=["int32", "int32"], prepare=queries, tf=True)  # fmt: skip
    chain("multi_head_dropout", lambda K, x: make(K, 1, 3, dropout=0.3)(x, x), (5, 3), tf=True)
    chain("multi_head_no_flash", lambda K, x: make(K, 2, 3, flash_attention=False)(x, x), (5, 3))
    for form in (".keras", ".h5"):
        chain(f"multi_head_gate{form.replace('.', '_')}", lambda K, x: make(K, 2, 3, use_gate=True)(x, x), (5, 3), form=form)


    # Since Keras 3.8 the layer takes the masks away from what it is given, for what runs later; those further from the outputs run first.
    chain("multi_head_takes_masks", lambda K, x: taken(K, x, late=True), (5,), kinds=["int32"], prepare=padded())
    chain("multi_head_takes_masks_later", lambda K, x: taken(K, x, late=False), (5,), kinds=["int32"], prepare=padded())
    chain("multi_head_takes_masks_again", lambda K, x: taken_again(K, x, make), (5,), kinds=["int32"], prepare=padded())
    chain("multi_head_takes_masks_residual", lambda K, x: residual(K, x, make), (5,), kinds=["int32"], prepare=padded(), tf=True)
    chain("multi_head_takes_masks_nested", lambda K, x: taken(K, x, late=True, nested=True), (5,), kinds=["int32"],
          prepare=padded())  # fmt: skip


def taken(library, x, late, nested=False):
    """The product of a masked and an unmasked sequence, computed behind or before attention to the masked one."""
    L = library.layers
    x, unmasked = L.Embedding(7, 5, mask_zero=True)(x), L.Embedding(7, 5)(x)
    attention = L.MultiHeadAttention(2, 3)
    if nested:
        inner = library.Input((5, 5))
        attended = library.Model(inner, attention(inner, inner), name="inner")(x)
    else:
        attended = attention(x, x)
    product = L.Multiply()([unmasked, x])
    for _ in range(1 if late else 4):
        product = L.Dense(3)(product)
    for _ in range(4 if late else 1):
        attended = L.Dense(3)(attended)
    return L.Concatenate()([L.Flatten()(product), L.Flatten()(attended)])


def taken_again(library, x, make):
    x = library.layers.Embedding(7, 5, mask_zero=True)(x)
    first = make(library, 2, 3)(x, x)
    return library.layers.Concatenate()([library.layers.Flatten()(first), library.layers.Flatten()(make(library, 1, 3)(x, first))])


def residual(library, x, make):
    L = library.layers
    x = L.Embedding(7, 5, mask_zero=True)(x)
    x = L.LayerNormalization()(L.Add()([x, make(library, 2, 3)(x, x)]))
    return L.LSTM(3)(L.Multiply()([x, L.Dense(5)(x)]))


def masked(library, attention, x):
    x = library.layers.Embedding(7, 5, mask_zero=True)(x)
    return library.layers.GlobalAveragePooling1D()(attention(x, x))


def queries(arrays, number):
    """Padded keys; a padded query's scores are all masked, and what then remains of them differs with the precision."""
    return padded(1)([np.maximum(arrays[0], 1), arrays[1]], number)


def grouped():
    make = lambda K, *options, **named: K.layers.GroupQueryAttention(*options, **named)
    chain("grouped_query_self", lambda K, x: make(K, 3, 4, 2)(x, x), (None, 5))
    chain("grouped_query_cross", lambda K, x, y: make(K, 2, 6, 3)(x, y), (3, 5), (7, 5))
    chain("grouped_query_one", lambda K, x: make(K, 3, 4, 1, use_bias=False)(x, x), (5, 7))
    chain("grouped_query_causal", lambda K, x: make(K, 3, 4, 2)(x, x, use_causal_mask=True), (None, 5))
    chain("grouped_query_scores", lambda K, x: make(K, 3, 4, 2)(x, x, return_attention_scores=True), (3, 5))
    for form in (".keras", ".h5"):
        chain(f"grouped_query_gate{form.replace('.', '_')}", lambda K, x: make(K, 3, 4, 2, use_gate=True)(x, x), (3, 5), form=form)
    chain("grouped_query_masked", lambda K, x: masked(K, make(K, 3, 4, 2), x), (None,), kinds=["int32"], prepare=padded())


def simple():
    for kind in ("Attention", "AdditiveAttention"):
        name = {"Attention": "attention", "AdditiveAttention": "additive_attention"}[kind]
        make = lambda K, **named: getattr(K.layers, kind)(**named)
        chain(name, lambda K, q, v: make(K)([q, v]), (3, 5), (7, 5), tf=True)
        chain(
            f"{name}_key", lambda K, q, v, k: make(K)([q, v, k]), (None, 5), (7, 2 if kind == "Attention" else 5), (7, 5), tf=True
        )
        chain(f"{name}_causal", lambda K, q: make(K)([q, q], use_causal_mask=True), (None, 5), tf=True)
        chain(f"{name}_scores", lambda K, q, v: make(K)([q, v], return_attention_scores=True), (3, 5), (7, 5), tf=True)
        chain(f"{name}_masked", lambda K, q, v: make(K)([K.layers.Masking()(q), K.layers.Masking()(v)]), (3, 5), (7, 5), tf=True,
              prepare=padded(1))  # fmt: skip
        chain(f"{name}_masks", lambda K, q, v, m: make(K)([q, v], mask=[None, m]), (3, 5), (7, 5), (7,),
              kinds=[None, None, "bool"], prepare=lambda x, _: [x[0], x[1], x[2] | (np.arange(7) == 3)])  # fmt: skip
        chain(f"{name}_dropout", lambda K, q, v: make(K, dropout=0.3)([q, v]), (3, 5), (7, 5))
    chain("attention_scale", lambda K, q, v: K.layers.Attention(use_scale=True)([q, v]), (3, 5), (7, 5), tf=True)
    chain("attention_concat", lambda K, q, v: K.layers.Attention(score_mode="concat")([q, v]), (3, 5), (7, 5), tf=True)
    chain("attention_concat_scale", lambda K, q, v: K.layers.Attention(score_mode="concat", use_scale=True)([q, v]), (3, 5), (7, 5),
          tf=True)  # fmt: skip
    chain(
        "additive_attention_no_scale", lambda K, q, v: K.layers.AdditiveAttention(use_scale=False)([q, v]), (3, 5), (7, 5), tf=True
    )


def scores():
    """What the fused kinds do not give: scores as an output, under masks too, and masks and axes of other ranks."""
    given = {"return_attention_scores": True}
    many = lambda K, **named: K.layers.MultiHeadAttention(2, 3, **named)
    chain("multi_head_scores_causal", lambda K, x: many(K)(x, x, use_causal_mask=True, **given), (5, 3))
    chain("multi_head_scores_masked", lambda K, x, y: many(K)(K.layers.Embedding(7, 3, mask_zero=True)(x),
          K.layers.Embedding(7, 5, mask_zero=True)(y), **given), (5,), (7,), kinds=["int32", "int32"], prepare=queries, tf=True)  # fmt: skip
    chain("multi_head_scores_window", lambda K, x, y: many(K, use_gate=True, output_shape=(2, 5), sliding_window=2)(x, y, **given),
          (5, 3), (5, 2))  # fmt: skip
    chain("multi_head_scores_key", lambda K, x, v, k: many(K, value_dim=5, use_bias=False)(x, v, k, **given), (3, 5), (7, 3), (7, 2))
    every = {"prepare": lambda x, _: [x[0], x[1] | np.eye(5, dtype=bool)], "kinds": [None, "bool"]}
    chain("multi_head_mask_of_heads", lambda K, x, m: many(K)(x, x, attention_mask=m), (5, 3), (2, 5, 5), **every)
    chain("multi_head_axes_mask", lambda K, x, m: many(K, attention_axes=(2,))(x, x, attention_mask=m), (3, 5, 2), (5, 5), **every)
    shared = lambda K, **named: K.layers.GroupQueryAttention(3, 4, 2, **named)
    chain("grouped_query_scores_causal", lambda K, x, y: shared(K, use_gate=True)(x, y, use_causal_mask=True, **given), (5, 3), (5, 3))
    for kind in ("Attention", "AdditiveAttention"):
        name = {"Attention": "attention", "AdditiveAttention": "additive_attention"}[kind]
        make = lambda K, **named: getattr(K.layers, kind)(**named)
        chain(f"{name}_scores_masked", lambda K, q, v: make(K, use_scale=True)([K.layers.Masking()(q), K.layers.Masking()(v)],
              use_causal_mask=True, **given), (5, 3), (5, 3), prepare=padded(0), tf=True)  # fmt: skip
    chain("attention_scores_concat", lambda K, q, v, k: K.layers.Attention(score_mode="concat", use_scale=True)([q, v, k], **given),
          (3, 5), (7, 2), (7, 5))  # fmt: skip
