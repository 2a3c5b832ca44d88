#!/usr/bin/env python3
"""Checks swift-nnm against its real peers: NumPy, h5py, the safetensors library, and readers written from spec/ alone.

Usage: interop.py FOLDER, the folder with the built commands (.build/release). Needs numpy, h5py, safetensors and ml_dtypes;
without them it fails. Ends with 'N passed, N failed'. NNM_SEED repeats a run.
"""

import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

import h5py
import ml_dtypes
import numpy as np
import safetensors.numpy

import document as nnm
import live_numpy
import random_models
import read_folder
import read_h5
import read_json
import read_nnm
import read_npz
import read_safetensors
import write_nnm

ROOT = pathlib.Path(__file__).resolve().parents[2]
READERS = {
    "nnm": read_nnm, "h5": read_h5, "json": read_json, "safetensors": read_safetensors, "npz": read_npz,
    "folder": read_folder,
}  # fmt: skip
SEED = int(os.environ.get("NNM_SEED", random.SystemRandom().randrange(2**32)))


class Tools:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder).resolve()

    def run(self, tool, *arguments):
        result = subprocess.run([self.folder / tool, *map(str, arguments)], capture_output=True, text=True)
        assert result.returncode == 0, f"{tool} {arguments}: exit {result.returncode}: {result.stderr.strip()}"
        return result.stdout

    def convert(self, source, target, *options):
        self.run("nnconvert", "convert", source, target, *options)
        return target


def path_for(folder, name, kind):
    return folder / (name if kind == "folder" else f"{name}.{kind}")


def equal(left, right):
    """Whether two models as the Python readers give them are the same to the last bit."""
    keys = ("digest", "graph", "metadata", "examples", "provenance", "optional")
    assert all(nnm.canonical(left[key]) == nnm.canonical(right[key]) for key in keys if key != "examples")
    assert nnm.canonical_text({**left, "tensors": []}) == nnm.canonical_text({**right, "tensors": []})
    assert left["tensors"].keys() == right["tensors"].keys()
    for name, tensor in left["tensors"].items():
        other = right["tensors"][name]
        assert tensor.dtype == other.dtype and tensor.array.shape == other.array.shape, name
        assert tensor.array.tobytes() == other.array.tobytes(), name


# The checks: each function whose name begins with `check_` is one, and is called with the tools and a fresh folder.


def check_readers_agree_on_frozen_versions(tools, folder):
    versions = sorted((ROOT / "Fixtures/versions").iterdir())
    assert versions, "Fixtures/versions is empty"
    for version in versions:
        for name, digest in json.loads((version / "digests.json").read_text()).items():
            models = {kind: reader.read(path_for(version, name, kind)) for kind, reader in READERS.items()}
            for kind, model in models.items():
                assert model["digest"] == digest, f"{version.name} {name} {kind}: {model['digest']}"
                equal(model, models["nnm"])


def check_readers_agree_on_random_models_in_every_encoding(tools, folder):
    for number in range(12):
        model = random_models.model(np.random.default_rng([SEED, number]))
        source = folder / f"{number}.nnm"
        source.write_bytes(write_nnm.nnm_bytes(model))
        original = read_nnm.read(source)
        for kind, reader in READERS.items():
            target = tools.convert(source, path_for(folder, f"{number}-out", kind))
            equal(reader.read(target), original)
            # Back again, by way of every encoding, to the bytes that our own writer makes of the original.
            back = tools.convert(target, folder / f"{number}.{kind}.back.nnm")
            first = folder / f"{number}.nnm.back.nnm"
            if kind == "nnm":
                equal(read_nnm.read(back), original)
            else:
                assert back.read_bytes() == first.read_bytes(), f"{kind} does not lead back to the same bytes"
        text = folder / f"{number}.python.json"
        text.write_bytes(write_nnm.json_bytes(model, with_digests=number % 2 == 0))
        equal(read_nnm.read(tools.convert(text, folder / f"{number}.from-json.nnm")), original)


def check_packed_hdf5_is_read(tools, folder):
    model = random_models.model(np.random.default_rng([SEED, 1000]))
    (folder / "a.nnm").write_bytes(write_nnm.nnm_bytes(model))
    target = tools.convert(folder / "a.nnm", folder / "a.h5", "--compress", "6")
    equal(read_h5.read(target), read_nnm.read(folder / "a.nnm"))


def check_readers_refuse_the_malformed(tools, folder):
    for entry in json.loads((ROOT / "Fixtures/malformed/manifest.json").read_text()):
        path = ROOT / "Fixtures/malformed" / entry["file"]
        try:
            READERS[entry["file"].partition("/")[0]].read(path)
            refused = False
        except nnm.Problem:
            refused = True
        assert refused == (entry["problem"] is not None), f"{entry['file']}: refused is {refused}"


def check_h5py_finds_numpy_bits_at_plain_paths(tools, folder):
    generator = np.random.default_rng([SEED, 2000])
    arrays = {
        "weights_input_hidden": generator.standard_normal((3, 5)), "biases_hidden": generator.standard_normal((1, 5)),
        "weights_hidden_output": generator.standard_normal((5, 2)), "biases_output": generator.standard_normal((1, 2)),
    }  # fmt: skip
    np.savez(folder / "a.npz", **arrays)
    tools.run("nnconvert", "from-npy", folder / "a.npz", "--activation", "sigmoid", "-o", folder / "a.h5")
    with h5py.File(folder / "a.h5", "r") as file:
        found = {path: item[()] for path, item in read_h5.objects(file).items() if path.startswith("/parameters/")
                 and isinstance(item, h5py.Dataset)}  # fmt: skip
    wanted = sorted(array.reshape(-1).tobytes() for array in arrays.values())
    assert sorted(array.tobytes() for array in found.values()) == wanted, sorted(found)
    assert all(array.dtype == np.dtype("<f8") for array in found.values())
    assert sum(path.endswith("/weights") for path in found) == 2 and sum(path.endswith("/biases") for path in found) == 2


def check_the_safetensors_library_loads_ours(tools, folder):
    model = random_models.model(np.random.default_rng([SEED, 3000]))
    (folder / "a.nnm").write_bytes(write_nnm.nnm_bytes(model))
    target = tools.convert(folder / "a.nnm", folder / "a.safetensors")
    loaded = safetensors.numpy.load_file(target)
    assert loaded.keys() == model["tensors"].keys()
    for name, tensor in model["tensors"].items():
        array = loaded[name]
        wanted = ml_dtypes.bfloat16 if tensor.dtype == "bf16" else np.dtype(nnm.DTYPES[tensor.dtype])
        assert array.dtype == wanted and array.shape == tensor.array.shape, name
        assert array.tobytes() == tensor.array.tobytes(), name
    with safetensors.safe_open(target, "np") as file:
        assert json.loads(file.metadata()["nnm"])["format"] == "nnm"


def check_we_read_what_the_safetensors_library_writes(tools, folder):
    model = random_models.model(np.random.default_rng([SEED, 3001]))
    entries = write_nnm.table(model)
    arrays = {name: tensor.array.view(ml_dtypes.bfloat16) if tensor.dtype == "bf16" else tensor.array
              for name, tensor in model["tensors"].items()}  # fmt: skip
    text = json.dumps(write_nnm.document(model, entries))
    safetensors.numpy.save_file(arrays, folder / "a.safetensors", {"format": "np", "nnm": text})
    target = tools.convert(folder / "a.safetensors", folder / "a.nnm")
    equal(read_nnm.read(target), read_safetensors.read(folder / "a.safetensors"))


def check_numpy_loads_our_arrays(tools, folder):
    model = random_models.model(np.random.default_rng([SEED, 4000]))
    (folder / "a.nnm").write_bytes(write_nnm.nnm_bytes(model))
    tools.convert(folder / "a.nnm", folder / "a")
    tools.convert(folder / "a.nnm", folder / "a.npz")
    entries = json.loads((folder / "a/architecture.json").read_text())["tensors"]
    packed = {entry["name"]: entry["file"] for entry in json.loads(bytes(np.load(folder / "a.npz")["architecture.json"]))["tensors"]}
    with np.load(folder / "a.npz", allow_pickle=False) as archive:
        for entry in entries:
            wanted = model["tensors"][entry["name"]].array
            for array in (np.load(folder / "a" / entry["file"]), archive[packed[entry["name"]].removesuffix(".npy")]):
                assert array.dtype == wanted.dtype and array.shape == wanted.shape, entry
                assert array.tobytes() == wanted.tobytes(), entry


def check_we_read_what_numpy_and_h5py_write(tools, folder):
    model = random_models.model(np.random.default_rng([SEED, 5000]))
    (folder / "a.nnm").write_bytes(write_nnm.nnm_bytes(model))
    original = read_nnm.read(folder / "a.nnm")
    # The folder: Fortran order and big-endian arrays stand for the same tensors.
    tools.convert(folder / "a.nnm", folder / "a")
    for number, entry in enumerate(json.loads((folder / "a/architecture.json").read_text())["tensors"]):
        array = model["tensors"][entry["name"]].array
        if number % 2:
            array = array.byteswap().view(array.dtype.newbyteorder(">"))
        np.save(folder / "a" / entry["file"], np.array(array, order="F"))
    equal(read_folder.read(folder / "a"), original)
    equal(read_nnm.read(tools.convert(folder / "a", folder / "b.nnm")), original)
    # HDF5: every version of the file format that h5py writes, chunked and packed or not.
    tools.convert(folder / "a.nnm", folder / "a.h5")
    for libver in ("earliest", "v108", "v110"):
        for packing in ({}, {"compression": "gzip", "shuffle": True}, {"chunks": True, "fletcher32": True}):
            name = f"{libver}-{len(packing)}-{'fletcher32' in packing}"
            rewrite_h5(folder / "a.h5", folder / f"{name}.h5", libver, packing)
            equal(read_nnm.read(tools.convert(folder / f"{name}.h5", folder / f"{name}.nnm")), original)


def rewrite_h5(source, target, libver, packing):
    """The same model as h5py writes it."""
    with h5py.File(source, "r") as old, h5py.File(target, "w", libver=(libver, "latest")) as new:
        for name, value in old.attrs.items():
            new.attrs[name] = value
        written = {}
        for path, item in sorted(read_h5.objects(old).items()):
            if isinstance(item, h5py.Group):
                new.require_group(path)
                continue
            address = h5py.h5o.get_info(item.id).addr
            if address in written:
                new[path] = new[written[address]]
                continue
            written[address] = path
            options = packing if item.size and item.shape else {}
            copy = new.create_dataset(path, data=item[()], dtype=item.dtype, **options)
            for name, value in item.attrs.items():
                copy.attrs[name] = value


def check_weights_of_other_tools_become_a_model(tools, folder):
    """A file of the safetensors library as PyTorch names and lays them out, and bfloat16 as ml_dtypes has NumPy save it."""
    generator = np.random.default_rng([SEED, 6000])
    kinds = {"f32": np.float32, "bf16": ml_dtypes.bfloat16}
    for kind, dtype in kinds.items():
        arrays = {name: generator.standard_normal(shape).astype(dtype) for name, shape in
                  {"fc1.weight": (5, 3), "fc1.bias": (5,), "fc2.weight": (2, 5), "fc2.bias": (2,)}.items()}  # fmt: skip
        safetensors.numpy.save_file(arrays, folder / "a.safetensors", {"format": "pt"})
        np.savez(folder / "a.npz", **arrays)
        options = ["--as-bf16"] if kind == "bf16" else []
        for source, extra in (("a.safetensors", []), ("a.npz", options)):
            tools.run("nnconvert", "from-npy", folder / source, "--activation", "relu,linear", *extra, "--force", "-o", folder / "a.nnm")
            tensors = read_nnm.read(folder / "a.nnm")["tensors"]
            for layer in ("fc1", "fc2"):
                weights, biases = tensors[f"{layer}/weights"], tensors[f"{layer}/biases"]
                assert weights.dtype == biases.dtype == kind, (source, weights.dtype)
                assert weights.array.tobytes() == np.ascontiguousarray(arrays[f"{layer}.weight"].T).tobytes(), source
                assert biases.array.tobytes() == arrays[f"{layer}.bias"].tobytes(), source
        x = generator.standard_normal((4, 3)).astype(np.float32)
        np.save(folder / "x.npy", x)
        tools.run("nnrun", folder / "a.nnm", "--input", folder / "x.npy", "--output", folder / "y.npy", "--force")
        wide = {name: array.astype(np.float32) for name, array in arrays.items()}
        hidden = np.maximum(x @ wide["fc1.weight"].T + wide["fc1.bias"], 0)
        expected = hidden @ wide["fc2.weight"].T + wide["fc2.bias"]
        np.testing.assert_allclose(np.load(folder / "y.npy"), expected, rtol=1e-5, atol=1e-6)


def check_networks_against_live_numpy(tools, folder):
    live_numpy.check(tools.folder, folder, SEED)


def check_random_numbers_against_live_numpy(tools, folder):
    seed, stream = (random.Random(SEED).randrange(2**64) for _ in range(2))
    draws = [np.array([seed, stream], np.uint64)]
    for dtype in (np.float64, np.float32):
        draws.append(np.random.Generator(np.random.Philox(key=seed).jumped(stream)).standard_normal(1_000_000, dtype=dtype))
    (folder / "draws.bin").write_bytes(b"".join(d.tobytes() for d in draws))
    configuration = "release" if tools.folder.name == "release" else "debug"
    command = ["swift", "test", "-c", configuration, "--skip-build", "--filter", "LiveRandomTests"]
    environment = os.environ | {"NNM_INTEROP_RANDOM": str(folder)}
    outcome = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert outcome.returncode == 0, (outcome.stdout + outcome.stderr)[-2000:]
    counts = (folder / "results.txt").read_text().split()
    print("        of a million normals {} (f64) and {} (f32) lie beyond the ziggurat; {} and {} of these are one unit from "
          "NumPy's, all others equal".format(counts[0], counts[2], counts[1], counts[3]))  # fmt: skip


def main(arguments):
    if len(arguments) != 1:
        sys.exit(__doc__)
    tools = Tools(arguments[0])
    print(f"numpy {np.__version__}, h5py {h5py.__version__} (HDF5 {h5py.version.hdf5_version}), "
          f"safetensors {safetensors.__version__}, NNM_SEED={SEED}")  # fmt: skip
    passed = failed = 0
    for name, check in list(globals().items()):
        if not name.startswith("check_"):
            continue
        with tempfile.TemporaryDirectory() as folder:
            try:
                check(tools, pathlib.Path(folder))
            except (AssertionError, nnm.Problem, OSError, KeyError, ValueError) as error:
                failed += 1
                print(f"FAILED  {name[6:]}: {type(error).__name__}: {error}")
            else:
                passed += 1
                print(f"passed  {name[6:]}")
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main(sys.argv[1:])
