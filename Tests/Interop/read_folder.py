"""A reader of the folder of `.npy` files, written from spec/json.md alone."""

import pathlib
import sys

import numpy as np

import document as nnm
from document import need


def read(path):
    root = pathlib.Path(path)
    need((root / "architecture.json").is_file(), "there is no 'architecture.json'")

    def load(name):
        need((root / name).resolve().is_relative_to(root.resolve()), f"'{name}' is a link that leads out of the folder")
        return np.load(root / name, allow_pickle=False)

    found = {file.relative_to(root).as_posix() for file in root.rglob("*.npy")}
    return parse((root / "architecture.json").read_bytes(), found, load)


def parse(text, found, load):
    """The model of a document, where `found` are the files that are there, and `load` gives the array of one."""
    files, parts = {}, {}

    def place(entry, members):
        name = members.take("file", str)
        check(name)
        need(name not in files.values(), f"two tensors have the file '{name}'")
        need(name in found, f"the file '{name}' is not there")
        files[entry["name"]] = name

    document = nnm.read_document(nnm.parse_json(text), digests_required=False, extra=place)
    for entry in document["tensors"]:
        need(document["digest"] is None or entry["digest"], f"'{entry['name']}' has no digest, but the document has one")
        parts[entry["name"]] = content(load, files[entry["name"]], entry)
    need(set(found) <= set(files.values()), f"files that no tensor names: {sorted(set(found) - set(files.values()))}")
    return nnm.finish(document, parts)


def check(name):
    parts = name.split("/")
    need(name.endswith(".npy") and not {"", ".", ".."} & set(parts), f"'{name}' is no path of a .npy file below the folder")
    need("\\" not in name and not any(ord(sign) < 0x20 or ord(sign) == 0x7F for sign in name), f"'{name}' has a bad sign")


def content(load, name, entry):
    try:
        array = load(name)
    except ValueError as error:
        raise nnm.Problem(f"'{name}': {error}") from None
    if entry["dtype"] == "bf16" and array.dtype == np.dtype("V2"):
        array = array.view("<u2")
    wanted = np.dtype(nnm.DTYPES[entry["dtype"]])
    need(array.dtype.newbyteorder("<") == wanted, f"'{name}' holds {array.dtype}, not {entry['dtype']}")
    need(list(array.shape) == entry["shape"], f"'{name}' has the shape {array.shape}")
    # Row-major and little-endian, element by element, without a cast that could change a NaN.
    return np.ascontiguousarray(array.byteswap() if array.dtype.byteorder == ">" else array).tobytes()


if __name__ == "__main__":
    print(read(sys.argv[1])["digest"])
