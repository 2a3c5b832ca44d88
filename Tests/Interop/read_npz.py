"""A reader of the folder's content in one `.npz` archive, written from spec/json.md alone."""

import io
import sys
import zipfile

import numpy as np

import document as nnm
import read_folder
from document import need


def read(path):
    try:
        with zipfile.ZipFile(path) as archive:
            need(archive.testzip() is None, "a member's checksum does not hold")
            names = [member.filename for member in archive.infolist() if not member.is_dir()]
            need(len(set(names)) == len(names), "two members have the same name")
            members = {name: archive.read(name) for name in names}
    except zipfile.BadZipFile as error:
        raise nnm.Problem(str(error)) from None
    need("architecture.json" in members, "there is no 'architecture.json'")
    text = members.pop("architecture.json")
    return read_folder.parse(text, members, lambda name: np.load(io.BytesIO(members[name]), allow_pickle=False))


if __name__ == "__main__":
    print(read(sys.argv[1])["digest"])
