"""Writes Fixtures/keras: python keras_fixtures.py [--into FOLDER] [--only PREFIX] [--large FACTOR]

With --only, only the cases whose names begin so are written, and their entries replaced. --large multiplies batches and free extents.
"""

import argparse
import importlib
import json
import shutil
import sys
from pathlib import Path

from keras_cases import Settings

THEMES = [
    "keras_core", "keras_convolution", "keras_pooling", "keras_reshaping", "keras_preprocessing", "keras_normalization", "keras_recurrent",
    "keras_attention", "keras_operations", "keras_operations_more", "keras_networks", "keras_networks_time", "keras_networks_image",
    "keras_dialects", "keras_weights", "keras_quantized", "keras_lambdas", "keras_maps",
    "keras_malformed",
]  # fmt: skip


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--into", type=Path, default=Settings.folder)
    parser.add_argument("--only", default="")
    parser.add_argument("--theme", action="append")
    parser.add_argument("--large", type=int, default=1)
    options = parser.parse_args()
    entries = generate(options.into, options.only, options.large, options.theme or THEMES)
    print(f"{len(Settings.entries)} cases written, {len(entries)} in the manifest")
    for note in Settings.notes:
        print(f"note: {note}")
    sys.exit("\n".join(Settings.problems) or 0)


def generate(folder, only="", large=1, themes=THEMES, twice=False):
    """Writes the cases and the manifest into the folder, and returns the manifest."""
    Settings.folder, Settings.only, Settings.large, Settings.entries, Settings.twice = folder, only, large, [], twice
    manifest = folder / "manifest.json"
    old = json.loads(manifest.read_text()) if manifest.exists() else []
    if not only and list(themes) == THEMES:
        shutil.rmtree(folder, ignore_errors=True)
        old = []
    (folder / "cases").mkdir(parents=True, exist_ok=True)
    for theme in themes:
        importlib.import_module(theme).generate()
    new = {entry["name"] for entry in Settings.entries}
    entries = [entry for entry in old if entry["name"] not in new] + Settings.entries
    entries.sort(key=lambda entry: entry["name"])
    manifest.write_text("[\n" + ",\n".join(json.dumps(entry) for entry in entries) + "\n]\n")
    return entries


if __name__ == "__main__":
    main()
