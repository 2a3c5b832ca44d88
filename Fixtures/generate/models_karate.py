"""Makes Fixtures/models/karate: a graph convolutional network (Kipf and Welling) on Zachary's karate club, 34-16-2, in f64.

The members' features are the identity. Trained on two members alone, the instructor and the president; the network says to which of
the two clubs each of the 34 goes. networkx has the graph and the clubs; `accuracy` in the metadata is the share of the other 32 that it
gets right, clubs.json has the answers. The edges are listed in both directions, sorted by source; the layers add own loops and normalise.
"""

import networkx
from models import *

rng = np.random.default_rng(3)
graph = networkx.karate_club_graph()
clubs = np.array([int(graph.nodes[n]["club"] == "Officer") for n in range(34)])
matrix = networkx.to_numpy_array(graph, weight=None)
edges = np.stack(np.nonzero(matrix)).astype(np.int32)
known = np.array([0, 33])

loops = matrix + np.eye(34)
root = np.diag(loops.sum(axis=1) ** -0.5)
filtered = root @ loops @ root
layers = [glorot(rng, 34, 16), glorot(rng, 16, 2)]
arrays = [a for layer in layers for a in layer]
step = Adam(arrays, 1e-2)
for epoch in range(200):
    hidden = np.maximum(filtered @ layers[0][0] + layers[0][1], 0)
    shares = softmax(filtered @ hidden @ layers[1][0] + layers[1][1])
    g = np.zeros_like(shares)
    g[known] = shares[known]
    g[known, clubs[known]] -= 1
    back = filtered.T @ g
    g_hidden = (back @ layers[1][0].T) * (hidden > 0)
    step([filtered.T @ g_hidden + 5e-4 * layers[0][0], g_hidden.sum(axis=0), hidden.T @ back + 5e-4 * layers[1][0], g.sum(axis=0)])


def convolution(x, layer):
    """As spec/layers.md has it: edges in the order of the list, the own loop last, with one rounding for each step."""
    h = product(x, layer[0])
    sources = [np.append(edges[0][edges[1] == t], t) for t in range(34)]
    scale = 1 / np.sqrt(np.array([float(len(s)) for s in sources]))
    y = np.concatenate([product((1.0 * scale[s] * scale[t])[None, :], h[s]) for t, s in enumerate(sources)]) + layer[1]
    assert np.allclose(y, filtered @ (x @ layer[0]) + layer[1], rtol=1e-12, atol=1e-13)
    return y


x = np.eye(34)
first = convolution(x, layers[0])
second = convolution(relu(first), layers[1])
y = softmax(second)
others = np.setdiff1d(np.arange(34), known)
right = int((y.argmax(axis=1) == clubs)[others].sum())
assert right >= 29, right
tensors = {}
nodes = []
for name, source, layer in (("first", "members", layers[0]), ("second", "first_relu", layers[1])):
    tensors |= {f"{name}/weights": layer[0], f"{name}/biases": layer[1]}
    nodes.append(node(
        name, "graph_convolution", [source, "edges"], {role: f"{name}/{role}" for role in ("weights", "biases")}, units=len(layer[1]),
        adjacency="edges", add_self_loops=True, normalization="symmetric"))
    nodes.append(node(f"{name}_relu", "relu", [name]) if name == "first" else node("shares", "softmax", [name]))
inputs = {"members": (np.float64, ["N", 34]), "edges": (np.int32, [2, "E"])}
write(
    "karate", {"description": "which club a member of Zachary's karate club joins", "accuracy": right / 32}, inputs, nodes, {"shares": "shares"},
    tensors, [("club", {"members": x, "edges": edges}, {"shares": y}, {"first": first, "second": second})])
side_file("karate", "clubs.json", {"known": known.tolist(), "clubs": clubs.tolist()})
