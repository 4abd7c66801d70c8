#!/usr/bin/env bash
# dulwich 1.2.21 and isomorphic-git 1.44.19 damage images and sounds that were changed on two branches.
#
# git sees that such a file is not a text, reports a conflict, and keeps the file of the current branch. dulwich merges
# its lines: it writes conflict markers into a PNG, and mixes two versions of a WAV without a word. isomorphic-git
# merges its lines, too, and decodes it as UTF-8 for that, so that bytes that are not valid there become three: it
# reports success, and commits a WAV that no program opens. `binary` in `.gitattributes` does not help. pygit2 1.21.0
# does what git does.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" dulwich==1.2.21 merge3==1.0.0 pygit2==1.21.0 pypng==0.20220715.0
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . isomorphic-git@1.44.19 >/dev/null
cat > draw.py <<'END'
import random
import wave

import png

# A tile of 32 × 32 pixels and a second of noise, which two artists change, one at the start and one at the end.
tile = [bytes((x * y + x * x + 3 * y + 7) % 13 for x in range(32)) for y in range(32)]
tiles = {"base": tile, "start": [bytes(32), *tile[1:]], "end": [*tile[:-1], bytes(32)]}
palette = [(i * 16, i * 16, 255 - i * 16) for i in range(16)]
for name, rows in tiles.items():
    with open(f"{name}.png", "wb") as file:
        png.Writer(32, 32, palette=palette, bitdepth=8).write(file, rows)
noise = random.Random(1).randbytes(2 * 22050)
sounds = {"base": noise, "start": bytes(2000) + noise[2000:], "end": noise[:-2000] + bytes(2000)}
for name, frames in sounds.items():
    with wave.open(f"{name}.wav", "wb") as file:
        file.setparams((1, 2, 22050, 0, "NONE", ""))
        file.writeframes(frames)
END
cat > with_dulwich.py <<'END'
import pathlib
import shutil
import sys

from dulwich import porcelain

NAME = sys.argv[1]


def commit(version):
    shutil.copyfile(f"../{version}{pathlib.Path(NAME).suffix}", NAME)
    porcelain.add(".", [str(pathlib.Path(name).resolve()) for name in (NAME, ".gitattributes")])
    porcelain.commit(".", message=version.encode(), author=b"a <a@b>", committer=b"a <a@b>")


porcelain.init(".")
commit("base")
main = porcelain.active_branch(".").decode()
porcelain.branch_create(".", "other")
commit("start")
porcelain.checkout(".", "other", force=True)
commit("end")
porcelain.checkout(".", main, force=True)
_, conflicts = porcelain.merge(".", "other")
porcelain.reset(".", "hard") if not conflicts else None
print("conflict" if conflicts else "no conflict", end="")
END
cat > with_isomorphic.js <<'END'
const fs = require("fs");
const git = require("isomorphic-git");

const name = process.argv[2];
const author = { name: "a", email: "a@b" };
const here = { fs, dir: "." };
async function commit(version) {
  fs.copyFileSync(`../${version}${name.slice(-4)}`, name);
  await git.add({ ...here, filepath: [name, ".gitattributes"] });
  await git.commit({ ...here, message: version, author });
}
(async () => {
  await git.init({ ...here, defaultBranch: "main" });
  await commit("base");
  await git.branch({ ...here, ref: "other" });
  await commit("start");
  await git.checkout({ ...here, ref: "other", force: true });
  await commit("end");
  await git.checkout({ ...here, ref: "main", force: true });
  let result = "no conflict";
  await git.merge({ ...here, ours: "main", theirs: "other", author }).catch((error) => {
    if (error.code !== "MergeConflictError") throw error;
    result = "conflict";
  });
  await git.checkout({ ...here, ref: "main", force: true });
  process.stdout.write(result);
})();
END
cat > with_pygit2.py <<'END'
import pathlib
import shutil
import sys

import pygit2

NAME = sys.argv[1]
somebody = pygit2.Signature("a", "a@b")
repository = pygit2.init_repository(".", initial_head="main")


def commit(version, branch, parents):
    shutil.copyfile(f"../{version}{pathlib.Path(NAME).suffix}", NAME)
    repository.index.add_all()
    repository.index.write()
    return repository.create_commit(branch, somebody, somebody, version, repository.index.write_tree(), parents)


base = commit("base", "refs/heads/main", [])
end = commit("end", "refs/heads/other", [base])
commit("start", "refs/heads/main", [base])
repository.merge(end)
print("conflict" if repository.index.conflicts else "no conflict", end="")
END
cat > look.py <<'END'
import pathlib
import sys
import wave

import png

name = sys.argv[1]
file = pathlib.Path(name)
data = file.read_bytes()
try:
    if file.suffix == ".png":
        list(png.Reader(bytes=data).read()[2])
    else:
        wave.open(name).close()
    state = "opens"
except Exception as error:
    state = f"does not open ({error})"
before, after = (pathlib.Path(f"../{version}{file.suffix}").read_bytes() for version in ("start", "end"))
if data == before:
    change = "unchanged"
elif len(data) == len(before) and all(one in pair for one, *pair in zip(data, before, after)):
    change = "a mix of both"
else:
    change = f"{len(before)} bytes became {len(data)}, {data.count(b'<<<<<<<')} conflict markers"
print(f"; {name} {state}; {change}")
END
export PYTHONPATH="$folder/packages" NODE_PATH="$folder/node_modules"
python3 draw.py
for attributes in "" "* binary"; do
  for name in tile.png noise.wav; do
    for tool in "dulwich 1.2.21" "isomorphic-git 1.44.19" "pygit2 1.21.0"; do
      rm -rf work
      mkdir work
      cd work
      echo "$attributes" > .gitattributes
      echo -n "${attributes:-no attributes}, $tool: "
      case $tool in
        dulwich*) python3 ../with_dulwich.py $name ;;
        isomorphic*) node ../with_isomorphic.js $name ;;
        pygit2*) python3 ../with_pygit2.py $name ;;
      esac
      python3 ../look.py $name
      cd ..
    done
  done
done | tee seen
diff seen - <<'END'
no attributes, dulwich 1.2.21: conflict; tile.png does not open (FormatError: Chunk [60, 60, 60, 60] has invalid Chunk Type.); 237 bytes became 497, 1 conflict markers
no attributes, isomorphic-git 1.44.19: conflict; tile.png opens; unchanged
no attributes, pygit2 1.21.0: conflict; tile.png opens; unchanged
no attributes, dulwich 1.2.21: no conflict; noise.wav opens; a mix of both
no attributes, isomorphic-git 1.44.19: no conflict; noise.wav does not open (not a WAVE file); 44144 bytes became 76550, 0 conflict markers
no attributes, pygit2 1.21.0: conflict; noise.wav opens; unchanged
* binary, dulwich 1.2.21: conflict; tile.png does not open (FormatError: Chunk [60, 60, 60, 60] has invalid Chunk Type.); 237 bytes became 497, 1 conflict markers
* binary, isomorphic-git 1.44.19: conflict; tile.png opens; unchanged
* binary, pygit2 1.21.0: conflict; tile.png opens; unchanged
* binary, dulwich 1.2.21: no conflict; noise.wav opens; a mix of both
* binary, isomorphic-git 1.44.19: no conflict; noise.wav does not open (not a WAVE file); 44144 bytes became 76550, 0 conflict markers
* binary, pygit2 1.21.0: conflict; noise.wav opens; unchanged
END
