"""Makes Fixtures/models/autoencoder: a variational auto-encoder of scikit-learn's 8x8 digits, 64-32-(4, 4)-32-64, relu, in f32.

The encoder gives the mean and the logarithm of the variance of 4 numbers, the decoder makes a digit of these. Trained on the first
1297 digits with samples, cross-entropy and the Kullback-Leibler divergence; the example `held-out` is 100 of the others.

The container has the part without chance: its decoder decodes the mean. `SAMPLES` puts a node `sample` of kind gaussian_sampling between
mean and decoder, which without a seed computes the same.
"""

from models import *
from sklearn.datasets import load_digits

SAMPLES = False

rng = np.random.default_rng(2)
x = load_digits().data / 16
held_out, x = x[1297:1397].astype(np.float32), x[:1297]
encoder = Stack(rng, [64, 32, 8], "relu")
decoder = Stack(rng, [4, 32, 64], "relu")
step = Adam(encoder.arrays + decoder.arrays, 3e-3)
for epoch in range(80):
    for batch in np.array_split(rng.permutation(len(x)), 20):
        code = encoder(x[batch])
        mean, log_variance = code[:, :4], code[:, 4:]
        noise = rng.standard_normal(mean.shape)
        deviation = np.exp(log_variance / 2)
        pixels = sigmoid(decoder(mean + deviation * noise))
        of_decoder, g = decoder.back((pixels - x[batch]) / len(batch))
        g_mean = g + mean / len(batch)
        g_log_variance = g * noise * deviation / 2 + (np.exp(log_variance) - 1) / 2 / len(batch)
        of_encoder, _ = encoder.back(np.concatenate([g_mean, g_log_variance], axis=1))
        step(of_encoder + of_decoder)

hidden, code = encoder.rounded(np.float32)
to_mean, to_log_variance = [a[..., :4].copy() for a in code], [a[..., 4:].copy() for a in code]
first, last = decoder.rounded(np.float32)


def run(x):
    h = relu(dense(x, hidden))
    mean = dense(h, to_mean)
    return {"pixels": sigmoid(dense(relu(dense(mean, first)), last)), "mean": mean, "log_variance": dense(h, to_log_variance)}


y = run(held_out)
error = float(np.mean((y["pixels"].astype(np.float64) - held_out) ** 2))
blank = float(np.mean((x.mean(axis=0) - held_out) ** 2))
print("mean squared error", error, "of the mean digit", blank)
assert error < 0.6 * blank
tensors = {}
nodes = [
    dense_node("hidden", "digits", hidden, tensors), node("hidden_relu", "relu", ["hidden"]), dense_node("mean", "hidden_relu", to_mean, tensors),
    dense_node("log_variance", "hidden_relu", to_log_variance, tensors),
    *([node("sample", "gaussian_sampling", ["mean", "log_variance"])] if SAMPLES else []),
    dense_node("decoded", "sample" if SAMPLES else "mean", first, tensors), node("decoded_relu", "relu", ["decoded"]),
    dense_node("logits", "decoded_relu", last, tensors), node("pixels", "sigmoid", ["logits"]),
]  # fmt: skip
metadata = {"description": "a variational auto-encoder of 8x8 digits", "mean_squared_error": error, "of_the_mean_digit": blank}
write(
    "autoencoder", metadata, {"digits": (np.float32, ["N", 64])}, nodes, {name: name for name in y}, tensors,
    [("one", {"digits": held_out[:1]}, {name: v[:1] for name, v in y.items()}, {}), ("held-out", {"digits": held_out}, y, {})])
