"""Makes Fixtures/models/digits: a classifier of scikit-learn's 8x8 digits, 64-32-10, relu and softmax, in f32.

Trained on the first 1297 digits with cross-entropy; the example `held-out` is the last 500, and held-out.json has their labels. The
share of these that the network gets right stands in the metadata as `test_accuracy`.
"""

from models import *
from sklearn.datasets import load_digits

rng = np.random.default_rng(1)
pixels, labels = load_digits(return_X_y=True)
x, held_out = (pixels / 16)[:1297], (pixels / 16)[1297:].astype(np.float32)
net = Stack(rng, [64, 32, 10], "relu")
step = Adam(net.arrays, 3e-3)
for epoch in range(60):
    for batch in np.array_split(rng.permutation(len(x)), 20):
        shares = softmax(net(x[batch]))
        shares[np.arange(len(batch)), labels[batch]] -= 1
        gradients, _ = net.back(shares / len(batch))
        step([g + 1e-4 * a for g, a in zip(gradients, net.arrays)])

hidden, last = net.rounded(np.float32)


def run(x):
    return softmax(dense(relu(dense(x, hidden)), last))


y = run(held_out)
right = int((y.argmax(axis=1) == labels[1297:]).sum())
assert right >= 450
tensors = {}
nodes = [
    dense_node("hidden", "pixels", hidden, tensors), node("hidden_relu", "relu", ["hidden"]), dense_node("logits", "hidden_relu", last, tensors),
    node("shares", "softmax", ["logits"]),
]  # fmt: skip
one = held_out[:1]
values = {"hidden": dense(one, hidden), "logits": dense(relu(dense(one, hidden)), last)}
write(
    "digits", {"description": "a classifier of 8x8 digits", "test_accuracy": right / 500}, {"pixels": (np.float32, ["N", 64])}, nodes,
    {"shares": "shares"}, tensors,
    [("one", {"pixels": one}, {"shares": y[:1]}, values), ("held-out", {"pixels": held_out}, {"shares": y}, {})])
side_file("digits", "held-out.json", {"labels": labels[1297:].tolist()})
