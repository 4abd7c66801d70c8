#!/usr/bin/env bash
# free-tex-packer-core 0.3.9: trimmed frames move in sheets for Spine and Unity, and some XML files are invalid.
#
# An arm grows in three frames, and the body stays in its place. Trimming removes the empty columns around it. Files for
# Spine always say that nothing was removed at the left, and files for Unity that the center of a frame is that of what
# is left, so that the body moves. Cocos2d's files are right. In the forms XML and Starling a comment precedes the XML
# declaration, which XML forbids.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . free-tex-packer-core@0.3.9 pngjs@7.0.0 >/dev/null
cat > observe.js <<'END'
const { spawnSync } = require("child_process");
const { packAsync } = require("free-tex-packer-core");
const { PNG } = require("pngjs");
const { version } = require("free-tex-packer-core/package.json");

// A body of 4 x 8 pixels from column 6 on, with an arm of 0, 1 or 2 pixels at its right, in frames of 16 x 16.
function frame(arm) {
  const png = new PNG({ width: 16, height: 16 });
  for (let y = 4; y < 12; y++) for (let x = 6; x < 10 + arm; x++) png.data.set([200, 40, 40, 255], (y * 16 + x) * 4);
  return { path: `arm${arm}.png`, contents: PNG.sync.write(png) };
}

async function sheet(exporter) {
  const options = { textureName: "sheet", exporter, allowTrim: true, allowRotation: false };
  const files = await packAsync([0, 1, 2].map(frame), options);
  return files.find(({ name }) => !name.endsWith(".png")).buffer.toString();
}

async function main() {
  console.log("free-tex-packer-core", version);
  // Each form says in another way at which of the 16 columns of its frame the first pixel that is left belongs.
  const cocos = /\{(\d+),\d+\}\}<\/string>\s*<key>offset<\/key>\s*<string>\{([-.\d]+),/g;
  const forms = {
    Cocos2d: [cocos, (width, offset) => 8 + offset - width / 2],
    Spine: [/offset: (\d+),/g, (left) => left],
    Unity3D: [/png;\d+;\d+;(\d+);\d+; ([.\d]+);/g, (width, pivot) => 8 - width * pivot],
  };
  for (const [exporter, [pattern, first]] of Object.entries(forms)) {
    const columns = [...(await sheet(exporter)).matchAll(pattern)].map((match) => first(...match.slice(1).map(Number)));
    console.log(`${exporter}: in the three frames, the body begins at ${columns.sort().join(", ")}`);
  }
  const program = "import sys, xml.dom.minidom as dom; dom.parseString(sys.stdin.buffer.read())";
  for (const exporter of ["XML", "Starling"]) {
    const { stderr, status } = spawnSync("python3", ["-c", program], { input: await sheet(exporter) });
    const error = status === 0 ? "valid" : stderr.toString().trim().split("\n").pop().replace(/^.*Error: /, "");
    console.log(`${exporter}: ${error}`);
  }
}
main();
END
node observe.js | tee seen
diff seen - <<'END'
free-tex-packer-core 0.3.9
Cocos2d: in the three frames, the body begins at 6, 6, 6
Spine: in the three frames, the body begins at 0, 0, 0
Unity3D: in the three frames, the body begins at 5, 5.5, 6
XML: XML or text declaration not at start of entity: line 16, column 0
Starling: XML or text declaration not at start of entity: line 4, column 0
END
