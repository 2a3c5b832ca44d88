"""Makes Fixtures/models/grid-world: a deep Q-network for a Markov decision process, 20-32-4, relu, in f32.

An agent on a grid of 4 by 5 goes up, right, down or left; with probability 0.2 it goes to the right of that instead. Into walls and
over the border it stays. Reaching the goal gives 1 and ends the run; the discount is 0.9. The state is one number of 20 set to 1.

Trained by Mnih et al.'s method: transitions of a random walk in a memory, a second network for the targets. grid.json describes the
process, so that a test can find the best actions by value iteration; here as there the greedy action is one of these in every state.
"""

from models import *

rng = np.random.default_rng(11)
GRID = {"rows": 4, "columns": 5, "walls": [6, 8, 12], "goal": 4, "slip": 0.2, "discount": 0.9, "moves": [[-1, 0], [0, 1], [1, 0], [0, -1]]}
ROWS, COLUMNS, GOAL, COUNT = GRID["rows"], GRID["columns"], GRID["goal"], 20
states = np.array([s for s in range(COUNT) if s not in GRID["walls"] and s != GOAL])


def moved(state, action):
    row, column = divmod(state, COLUMNS)
    down, right = GRID["moves"][action]
    row, column = row + down, column + right
    inside = 0 <= row < ROWS and 0 <= column < COLUMNS and row * COLUMNS + column not in GRID["walls"]
    return row * COLUMNS + column if inside else state


successor = np.array([[moved(s, a) for a in range(4)] for s in range(COUNT)])

# Value iteration: what the network is checked against.
best = np.zeros((COUNT, 4))
for sweep in range(500):
    value = np.where(np.arange(COUNT) == GOAL, 0, best.max(axis=1))
    gain = np.where(successor == GOAL, 1, GRID["discount"] * value[successor])
    best = (1 - GRID["slip"]) * gain + GRID["slip"] * np.roll(gain, -1, axis=1)

net = Stack(rng, [COUNT, 32, 4], "relu")
target = [a.copy() for a in net.arrays]
step = Adam(net.arrays, 2e-3)
inputs = np.eye(COUNT)
memory, state = [], int(rng.choice(states))
for walk in range(20000):
    action = int(rng.integers(4))
    slipped = (action + 1) % 4 if rng.random() < GRID["slip"] else action
    after = int(successor[state, slipped])
    memory.append((state, action, after))
    state = int(rng.choice(states)) if after == GOAL else after
memory = np.array(memory)
for turn in range(8000):
    if turn % 100 == 0:
        target = [a.copy() for a in net.arrays]
    if turn == 5000:
        step.rate = 3e-4
    s, a, after = memory[rng.integers(0, len(memory), 128)].T
    ahead = (np.maximum(inputs[after] @ target[0] + target[1], 0) @ target[2] + target[3]).max(axis=1)
    wanted = np.where(after == GOAL, 1, GRID["discount"] * ahead)
    q = net(inputs[s])
    g = np.zeros_like(q)
    g[np.arange(len(s)), a] = (q[np.arange(len(s)), a] - wanted) / len(s)
    step(net.back(g)[0])

hidden, last = net.rounded(np.float32)
x = np.eye(COUNT, dtype=np.float32)
q = dense(relu(dense(x, hidden)), last)
greedy = q.argmax(axis=1)
lost = best.max(axis=1)[states] - best[states, greedy[states]]
error = float(np.abs(q - best)[states].max())
print("greatest error of a value", error, "greatest loss of a greedy action", lost.max())
assert lost.max() < 1e-9
tensors = {}
nodes = [
    dense_node("hidden", "state", hidden, tensors), node("hidden_relu", "relu", ["hidden"]), dense_node("values", "hidden_relu", last, tensors)]
write(
    "grid-world", {"description": "what each action is worth on a grid", "greatest_error": error}, {"state": (np.float32, ["N", COUNT])}, nodes,
    {"values": "values"}, tensors, [("states", {"state": x}, {"values": q}, {"hidden": dense(x, hidden)})])
side_file("grid-world", "grid.json", GRID)
