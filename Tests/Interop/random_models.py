"""Random models with everything that a model can have: every data type, all bits, odd names, tied weights, examples."""

import numpy as np

import document as nnm

PIECES = ["a", "W", "_", "/", "%", ".", " ", '"', "\\", "ü", "層", "🧠", "1", "-", "{", "\ufeff"]


def text(generator):
    return "".join(generator.choice(PIECES, generator.integers(1, 9)))


def tensor(generator, dtype, shape):
    stored = np.dtype(nnm.DTYPES[dtype])
    count = int(np.prod(shape, dtype=np.int64))
    data = bytearray(generator.bytes(count * stored.itemsize))
    if dtype == "bool":
        data = bytearray(byte & 1 for byte in data)
    elif dtype in ("f16", "bf16", "f32", "f64") and count > 2:
        # -0, an infinity, a signalling NaN and the least subnormal number.
        size = stored.itemsize
        fraction = {"f16": 10, "bf16": 7, "f32": 23, "f64": 52}[dtype]
        infinity = (1 << (8 * size - 1)) - (1 << fraction)
        for place, bits in enumerate((1 << (8 * size - 1), infinity, infinity + 1, 1)[:count]):
            data[place * size : (place + 1) * size] = bits.to_bytes(size, "little")
    return nnm.Tensor(dtype, np.frombuffer(bytes(data), stored).reshape(shape))


def value(generator, depth=2):
    kind = generator.integers(0, 6 if depth == 0 else 8)
    if kind == 0:
        return None
    if kind == 1:
        return bool(generator.integers(2))
    if kind == 2:
        return int(generator.integers(-(2**63), 2**63))
    if kind == 3:
        return int(generator.integers(0, 2**64, dtype=np.uint64))
    if kind == 4:
        double = float(np.frombuffer(generator.bytes(8), "<f8")[0])
        return double if np.isfinite(double) else -0.0
    if kind == 5:
        return text(generator) + "\n\x01\x7f"
    if kind == 6:
        return [value(generator, depth - 1) for _ in range(generator.integers(0, 4))]
    return {text(generator): value(generator, depth - 1) for _ in range(generator.integers(0, 4))}


def model(generator):
    taken = set()

    def name(refused=""):
        while True:
            new = "".join(sign for sign in text(generator) if sign not in refused)
            if new and new.lower() not in taken:
                taken.add(new.lower())
                return new

    def shape():
        return [int(extent) for extent in generator.integers(0, 6, generator.integers(0, 4))]

    def dtype():
        return str(generator.choice(list(nnm.DTYPES)))

    inputs = [{"name": name(), "dtype": dtype(), "shape": ["N", int(generator.integers(0, 4))]}
              for _ in range(generator.integers(1, 3))]  # fmt: skip
    known, nodes, tensors = [entry["name"] for entry in inputs], [], {}
    # One node has a tensor of every data type, so that every model has them all.
    for number in range(generator.integers(2, 5)):
        parameters = {}
        for kind in nnm.DTYPES if number == 0 else [dtype() for _ in range(3)]:
            if tensors and generator.integers(3) == 0 and number > 0:
                parameters[name("/.")] = str(generator.choice(list(tensors)))
            else:
                stored = name()
                tensors[stored] = tensor(generator, kind, shape())
                parameters[name("/.")] = stored
        nodes.append({"name": name(), "kind": text(generator), "fields": value_object(generator),
                      "inputs": [str(generator.choice(known))], "parameters": parameters})  # fmt: skip
        known.append(nodes[-1]["name"])
    outputs = [{"name": name(), "value": known[-1] + ":2"}, {"name": name(), "value": known[0]}]
    examples = []
    for _ in range(generator.integers(0, 3)):
        example = {"name": name(), "inputs": [entry["name"] for entry in inputs],
                   "outputs": [entry["name"] for entry in outputs], "values": [known[-1]],
                   "tolerance": {"ulps": 3, "absolute": 1e-7, "relative": 1.0},
                   "computed_by": {"framework": text(generator), "version": "", "machine": ""}}  # fmt: skip
        examples.append(example)
        types = {entry["name"]: (entry["dtype"], [2, entry["shape"][1]]) for entry in inputs}
        for section in nnm.SECTIONS:
            for part in example[section]:
                kind = types[part] if section == "inputs" else (dtype(), shape())
                stored = f"examples/{nnm.component(example['name'])}/{section}/{nnm.component(part)}"
                tensors[stored] = tensor(generator, *kind)
    provenance = {"sources": [{"name": text(generator), "format": "npy", "digest": nnm.digest(b"")}], "tool": "random",
                  "steps": [{"tensor": text(generator), "steps": ["transposed [1, 0]"]}]}  # fmt: skip
    return {"graph": {"inputs": inputs, "nodes": nodes, "outputs": outputs}, "tensors": tensors, "examples": examples,
            "metadata": value_object(generator), "optional": value_object(generator), "provenance": provenance}  # fmt: skip


def value_object(generator):
    return {text(generator): value(generator) for _ in range(generator.integers(0, 4))}
