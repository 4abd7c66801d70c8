#!/usr/bin/env bash
# parse-bmfont-xml 1.1.6 finds only the first image of a bitmap font that has several.
#
# A font that does not fit into one image has pages, and each character says on which one it is. Of the XML form, only
# the first page is read, so the characters of the others are drawn from the wrong image or not at all.
# parse-bmfont-ascii 1.0.6 reads all pages of the same font in the text form.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
packages=(parse-bmfont-xml@1.1.6 parse-bmfont-ascii@1.0.6)
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . "${packages[@]}" >/dev/null
cat > observe.js <<'END'
const parsers = { xml: require("parse-bmfont-xml"), ascii: require("parse-bmfont-ascii") };

const pages = [{ id: 0, file: "font_0.png" }, { id: 1, file: "font_1.png" }, { id: 2, file: "font_2.png" }];
const place = { y: 0, width: 8, height: 8, xoffset: 0, yoffset: 0, xadvance: 8, chnl: 15 };
const chars = pages.map(({ id }) => ({ id: 65 + id, x: id * 8, page: id, ...place }));
const info = { face: "Font", size: 8, bold: 0, italic: 0, charset: "", unicode: 1, padding: "0,0,0,0", spacing: "0,0" };
const common = { lineHeight: 8, base: 8, scaleW: 64, scaleH: 8, pages: pages.length, packed: 0 };

const quote = (value) => (typeof value === "string" && !/^[\d,]+$/.test(value) ? JSON.stringify(value) : value);
const pairs = (fields) => Object.entries(fields).map(([key, value]) => `${key}=${quote(value)}`);
const line = (name, fields) => [name, ...pairs(fields)].join(" ");
const tag = (name, fields) => `<${line(name, fields).replace(/=([^" ]+)/g, '="$1"')}/>`;

const ascii = [
  line("info", info),
  line("common", common),
  ...pages.map((page) => line("page", page)),
  line("chars", { count: chars.length }),
  ...chars.map((char) => line("char", char)),
].join("\n");
const xml = [
  "<font>",
  tag("info", info),
  tag("common", common),
  `<pages>${pages.map((page) => tag("page", page)).join("")}</pages>`,
  `<chars count="${chars.length}">${chars.map((char) => tag("char", char)).join("")}</chars>`,
  "</font>",
].join("\n");

for (const [form, text] of Object.entries({ ascii, xml })) {
  const { version } = require(`parse-bmfont-${form}/package.json`);
  const font = parsers[form](text);
  const used = font.chars.map((char) => char.page).join(", ");
  console.log(`parse-bmfont-${form} ${version}: pages ${font.pages.join(", ")}; characters are on ${used}`);
}
END
node observe.js | tee seen
diff seen - <<'END'
parse-bmfont-ascii 1.0.6: pages font_0.png, font_1.png, font_2.png; characters are on 0, 1, 2
parse-bmfont-xml 1.1.6: pages font_0.png; characters are on 0, 1, 2
END
