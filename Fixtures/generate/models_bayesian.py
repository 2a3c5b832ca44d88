"""Makes Fixtures/models/bayesian: a Bayesian network, 1-16-1 with relu, of kind dense_variational, in f64.

Each weight is a normal distribution (Blundell et al., "Weight uncertainty in neural networks"): trained on 40 points of x + 0.3·sin(2πx)
with little noise on -0.5 ... 0.5, with a sample of the weights for each step and the Kullback-Leibler divergence from a normal prior. Far from
the points the samples spread. Without a seed the network computes with the means: that is the example in the container.

samples.json has what runs with the seeds 0 to 99 give on 21 points from -3 to 3: their mean, their spread (standard deviation), and
the first three whole. The node at place i of the graph draws stream i of the seed, np.random.Philox(key=seed).jumped(i): first the
weights, row-major, then the biases. NumPy's own draws call the C library one time in some thousand, so the last digits may differ.
"""

from models import *

rng = np.random.default_rng(7)
x = rng.uniform(-0.5, 0.5, (40, 1))
y = x + 0.3 * np.sin(2 * np.pi * x) + 0.02 * rng.standard_normal(x.shape)
sizes = [(1, 16), (16, 1)]
means = [a for i, o in sizes for a in (rng.standard_normal((i, o)) / np.sqrt(i), np.zeros(o))]
rhos = [np.full_like(m, -3.0) for m in means]
step = Adam(means + rhos, 5e-3)
PRIOR, NOISE = 1.0, 0.05
for turn in range(20000):
    step.rate = 5e-3 if turn < 12000 else 1e-3
    noise = [rng.standard_normal(m.shape) for m in means]
    spreads = [np.log1p(np.exp(r)) for r in rhos]
    w1, b1, w2, b2 = [m + s * n for m, s, n in zip(means, spreads, noise)]
    h = np.maximum(x @ w1 + b1, 0)
    g = (h @ w2 + b2 - y) / NOISE**2
    g_h = (g @ w2.T) * (h > 0)
    of_weights = [x.T @ g_h, g_h.sum(axis=0), h.T @ g, g.sum(axis=0)]
    of_means = [g + m / PRIOR**2 for g, m in zip(of_weights, means)]
    of_spreads = [g * n + s / PRIOR**2 - 1 / s for g, n, s in zip(of_weights, noise, spreads)]
    step(of_means + [g * sigmoid(r) for g, r in zip(of_spreads, rhos)])

spreads = [np.log1p(np.exp(r)) for r in rhos]
points = np.linspace(-3, 3, 21)[:, None]


def run(x, seed=None):
    """The graph: node 0 is dense_variational, node 1 relu, node 2 dense_variational."""
    layers = []
    for position, first in ((0, 0), (2, 2)):
        layer = [a.copy() for a in means[first : first + 2]]
        if seed is not None:
            draws = np.random.Generator(np.random.Philox(key=seed).jumped(position))
            layer = [m + s * draws.standard_normal(m.shape) for m, s in zip(layer, spreads[first : first + 2])]
        layers.append(layer)
    return dense(relu(dense(x, layers[0])), layers[1])


samples = np.stack([run(points, seed)[:, 0] for seed in range(100)])
mean, spread = samples.mean(axis=0), samples.std(axis=0)
inside = np.abs(points[:, 0]) < 0.5
print("spread inside", spread[inside].mean(), "outside", spread[~inside].mean())
print("error of the mean inside", np.abs(mean - points[:, 0] - 0.3 * np.sin(2 * np.pi * points[:, 0]))[inside].max())
assert spread[~inside].mean() > 3 * spread[inside].mean()
tensors = {}
nodes = []
for name, source, first in (("hidden", "x", 0), ("y", "hidden_relu", 2)):
    roles = {"weights_mean": means[first], "weights_stddev": spreads[first], "biases_mean": means[first + 1], "biases_stddev": spreads[first + 1]}
    tensors |= {f"{name}/{role}": array for role, array in roles.items()}
    nodes.append(node(name, "dense_variational", [source], {role: f"{name}/{role}" for role in roles}, units=means[first].shape[1]))
    if name == "hidden":
        nodes.append(node("hidden_relu", "relu", ["hidden"]))
write(
    "bayesian", {"description": "a curve, and how sure it is"}, {"x": (np.float64, ["N", 1])}, nodes, {"y": "y"}, tensors,
    [("mean", {"x": points}, {"y": run(points)}, {})])
side_file("bayesian", "samples.json", {
    "x": points[:, 0].tolist(), "mean": mean.tolist(), "spread": spread.tolist(), "first": samples[:3].tolist()})
