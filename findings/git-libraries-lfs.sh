#!/usr/bin/env bash
# GitPython 3.2.1, pygit2 1.21.0 and isomorphic-git 1.44.19 commit whole images to a repository with Git LFS.
#
# `git lfs track "*.bmp"` writes a filter to `.gitattributes`, with which `git add` stores a pointer of some 130 bytes
# in place of the image. These libraries ignore the filter when they add a file, and report nothing. The repository
# grows by each version of each image, and git reports a pointer that is missing to whoever clones it. dulwich 1.2.21
# stores the pointer.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
# The package of Debian 12.
apt-get download git-lfs=3.3.0-1+deb12u2 >/dev/null 2>&1
dpkg-deb --extract git-lfs_*.deb package
install=(python3 -m pip install --quiet --root-user-action ignore --disable-pip-version-check --target packages)
"${install[@]}" GitPython==3.2.1 pygit2==1.21.0 dulwich==1.2.21
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . isomorphic-git@1.44.19 >/dev/null
export PATH="$folder/package/usr/bin:$PATH" HOME="$folder" PYTHONPATH="$folder/packages"
git config --global user.name a
git config --global user.email a@b
git lfs install >/dev/null
python3 - <<'END'
import struct

# A BMP of 64 × 64 pixels in 256 colors.
palette = b"".join(bytes([i, i, i, 0]) for i in range(256))
pixels = bytes((x * y) % 256 for y in range(64) for x in range(64))
header = struct.pack("<IiiHHIIiiII", 40, 64, 64, 1, 8, 0, len(pixels), 0, 0, 256, 0)
start = 14 + len(header) + len(palette)
with open("tiles.bmp", "wb") as file:
    file.write(b"BM" + struct.pack("<IHHI", start + len(pixels), 0, 0, start) + header + palette + pixels)
END
cat > gitpython.py <<'END'
import git

git.Repo(".").index.add(["tiles.bmp"])
END
cat > with_pygit2.py <<'END'
import pygit2

index = pygit2.Repository(".").index
index.add("tiles.bmp")
index.write()
END
cat > with_dulwich.py <<'END'
from dulwich import porcelain

porcelain.add(".", ["tiles.bmp"])
END
cat > isomorphic.js <<'END'
require("isomorphic-git").add({ fs: require("fs"), dir: ".", filepath: "tiles.bmp" });
END
for tool in "git" "GitPython 3.2.1" "pygit2 1.21.0" "isomorphic-git 1.44.19" "dulwich 1.2.21"; do
  rm -rf work
  git init --quiet work
  cd work
  git lfs track "*.bmp" >/dev/null
  git add .gitattributes
  cp ../tiles.bmp .
  case $tool in
    git) git add tiles.bmp ;;
    GitPython*) python3 ../gitpython.py ;;
    pygit2*) python3 ../with_pygit2.py ;;
    isomorphic*) node ../isomorphic.js ;;
    dulwich*) python3 ../with_dulwich.py ;;
  esac
  git commit --quiet --message tiles
  lfs=$(git lfs ls-files --name-only)
  echo "$tool: commits $(git cat-file -s HEAD:tiles.bmp) bytes; Git LFS has: ${lfs:-nothing}"
  cd ..
done | tee seen
diff seen - <<'END'
git: commits 129 bytes; Git LFS has: tiles.bmp
GitPython 3.2.1: commits 5174 bytes; Git LFS has: nothing
pygit2 1.21.0: commits 5174 bytes; Git LFS has: nothing
isomorphic-git 1.44.19: commits 5174 bytes; Git LFS has: nothing
dulwich 1.2.21: commits 129 bytes; Git LFS has: tiles.bmp
END
