"""A reader of the HDF5 encoding (`.h5`), written from spec/hdf5.md alone, with h5py."""

import sys

import h5py
import numpy as np

import document as nnm
from document import need


def read(path):
    with h5py.File(path, "r") as file:
        return parse(file)


def parse(file):
    attributes = {name: text(file.attrs[name], f"the attribute '{name}'") for name in file.attrs}
    need(attributes.keys() == {"format", "version", "digest"}, "the root must have 'format', 'version' and 'digest'")
    need(attributes["format"] == "nnm", "not an nnm file")
    nnm.check_version(attributes["version"])
    found = objects(file)
    need(isinstance(found.get("/architecture"), h5py.Dataset), "there is no '/architecture'")
    architecture = found.pop("/architecture")
    need(not architecture.attrs and architecture.shape == (), "'/architecture' must be one text")
    document = nnm.read_document(nnm.parse_json(text(architecture[()], "'/architecture'").encode("utf-8")))
    need(document["version"] == attributes["version"], "the version differs between attribute and document")
    need(document["digest"] == attributes["digest"], "the digest differs between attribute and document")

    groups, paths = layout(document)
    datasets = {path: item for path, item in found.items() if isinstance(item, h5py.Dataset)}
    need(found.keys() - datasets.keys() <= groups, f"unexpected groups: {sorted(found.keys() - datasets.keys() - groups)}")
    need(all(not found[path].attrs for path in found.keys() - datasets.keys()), "a group has an attribute")
    need(datasets.keys() == paths.keys(), f"datasets missing or unlisted: {sorted(datasets.keys() ^ paths.keys())}")
    first, owner = {}, {}
    for path, name in paths.items():
        info = h5py.h5o.get_info(datasets[path].id)
        need(first.setdefault(name, info.addr) == info.addr, f"'{path}' is a copy where a hard link is needed")
        need(owner.setdefault(info.addr, name) == name, f"'{path}' is another tensor's dataset")
    where = {name: path for path, name in reversed(paths.items())}
    entries = document["tensors"]
    need({entry["name"] for entry in entries} == set(where), "tensors that nothing uses, or that are missing")
    return nnm.finish(document, {entry["name"]: elements(datasets[where[entry["name"]]], entry) for entry in entries})


def text(value, what):
    if isinstance(value, bytes):
        value = value.decode("utf-8")
    need(isinstance(value, str), f"{what} must be one text")
    return value


def objects(file):
    """Every object by its path; links that are not hard are refused, and so is a group with two paths."""
    found, waiting, seen = {}, [("", file)], set()
    while waiting:
        prefix, group = waiting.pop()
        address = h5py.h5o.get_info(group.id).addr
        need(address not in seen, f"the group '{prefix}' has two paths")
        seen.add(address)
        for name in group:
            path = f"{prefix}/{name}"
            need(type(group.get(name, getlink=True)) is h5py.HardLink, f"'{path}' is no hard link")
            item = found[path] = group[name]
            need(isinstance(item, (h5py.Group, h5py.Dataset)), f"'{path}' is neither group nor dataset")
            if isinstance(item, h5py.Group):
                waiting.append((path, item))
    return found


def layout(document):
    """The groups that may be there, and for each dataset's path the tensor that it holds."""
    groups, paths = {"/parameters"}, {}
    for node in document["graph"]["nodes"]:
        if node["parameters"]:
            group = f"/parameters/{nnm.component(node['name'])}"
            groups.add(group)
            paths |= {f"{group}/{role}": name for role, name in node["parameters"].items()}
    for example in document["examples"]:
        groups |= {"/examples", f"/examples/{nnm.component(example['name'])}"}
        for name in nnm.stored_names(example):
            groups.add("/" + name.rpartition("/")[0])
            paths["/" + name] = name
    return groups, paths


def elements(dataset, entry):
    """The bytes of a dataset, which must have the type and shape of its entry."""
    need(not dataset.external and not dataset.is_virtual, f"'{dataset.name}' lies in other files")
    attributes = dict(dataset.attrs)
    stored = nnm.DTYPES[entry["dtype"]]
    need(set(attributes) == ({"dtype"} if entry["dtype"] == "bf16" else set()), f"'{dataset.name}' has wrong attributes")
    need(entry["dtype"] != "bf16" or text(attributes["dtype"], "'dtype'") == "bf16", "the attribute 'dtype' must be 'bf16'")
    need(dataset.dtype.newbyteorder("<") == np.dtype(stored), f"'{dataset.name}' is {dataset.dtype}, not {entry['dtype']}")
    need(list(dataset.shape or ()) == entry["shape"] and dataset.shape is not None, f"'{dataset.name}' has another shape")
    return np.asarray(dataset[()], stored).tobytes()


if __name__ == "__main__":
    print(read(sys.argv[1])["digest"])
