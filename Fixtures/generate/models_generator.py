"""Makes Fixtures/models/generator: the generator of a generative adversarial network, 4-32-32-2, tanh, in f64.

It makes points near the circle of radius 1 out of normal numbers; a discriminator 2-64-64-1 told them from points with a radius of
1 ± 0.05 while both were trained. The example has 256 points; `radius_mean` and `radius_deviation` in the metadata are theirs.
"""

from models import *

rng = np.random.default_rng(5)


def circle(count):
    angle, radius = rng.uniform(0, 2 * np.pi, count), 1 + 0.05 * rng.standard_normal(count)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


generator, discriminator = Stack(rng, [4, 32, 32, 2], "tanh"), Stack(rng, [2, 64, 64, 1], "tanh")
step_generator = Adam(generator.arrays, 1e-3, (0.5, 0.999))
step_discriminator = Adam(discriminator.arrays, 2e-3, (0.5, 0.999))
average = [a.copy() for a in generator.arrays]
for turn in range(6000):
    fakes, truths = generator(rng.standard_normal((64, 4))), circle(64)
    score = discriminator(np.concatenate([truths, fakes]))
    wanted = np.concatenate([np.full((64, 1), 0.9), np.zeros((64, 1))])
    gradients, _ = discriminator.back((sigmoid(score) - wanted) / 64)
    step_discriminator(gradients)
    fakes = generator(rng.standard_normal((64, 4)))
    _, g = discriminator.back((sigmoid(discriminator(fakes)) - 1) / 64)
    gradients, _ = generator.back(g)
    step_generator(gradients)
    # The mean of the last weights is steadier than the last.
    for mean, array in zip(average, generator.arrays):
        mean += 0.005 * (array - mean)

for array, mean in zip(generator.arrays, average):
    array[...] = mean
layers = generator.rounded(np.float64)


def run(z):
    return dense(np.tanh(dense(np.tanh(dense(z, layers[0])), layers[1])), layers[2])


z = rng.standard_normal((256, 4))
points = run(z)
radius = np.hypot(points[:, 0], points[:, 1])
quarters = np.histogram(np.arctan2(points[:, 1], points[:, 0]), 4, (-np.pi, np.pi))[0]
print("radius", radius.mean(), radius.std(), "quarters", quarters)
assert abs(radius.mean() - 1) < 0.1 and radius.std() < 0.15 and quarters.min() > 25
tensors = {}
nodes = [
    dense_node("first", "noise", layers[0], tensors), node("first_tanh", "tanh", ["first"]), dense_node("second", "first_tanh", layers[1], tensors),
    node("second_tanh", "tanh", ["second"]), dense_node("point", "second_tanh", layers[2], tensors),
]  # fmt: skip
metadata = {"description": "makes points on a circle", "radius_mean": float(radius.mean()), "radius_deviation": float(radius.std())}
write(
    "generator", metadata, {"noise": (np.float64, ["N", 4])}, nodes, {"point": "point"}, tensors,
    [("one", {"noise": z[:1]}, {"point": points[:1]}, {"first": dense(z[:1], layers[0])}), ("many", {"noise": z}, {"point": points}, {})])
