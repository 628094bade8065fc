// Builds the style sheets and scripts into galerio_events/static/dist, under names that carry their digest, with
// gzip and brotli beside each, and writes manifest.json last, so that a reader never finds a name without its file.
//
// usage: node build.mjs [--check]     --check bundles everything, writes nothing and fails on any warning

import { readFile, readdir, rename, rm, mkdir, writeFile, access } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { build } from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const out = path.join(here, "..", "galerio_events", "static", "dist");
const checkOnly = process.argv.includes("--check");
const entries = ["css/site.css", "css/organise.css", "css/live.css", "js/live.js", "js/site.js", "js/register.js", "js/organise.js",
  "js/people.js", "js/passkeys.js", "js/timetable.js", "js/desk.js", "js/desk_worker.js", "js/profile.js", "js/questions.js", "js/control.js"];
const compressible = new Set([".css", ".js", ".svg", ".json", ".map"]);

const present = [];
for (const entry of entries) {
  try {
    await access(path.join(here, entry));
    present.push(entry);
  } catch {
    console.error(`assets: ${entry} is not there, left out`);
  }
}

const result = await build({
  absWorkingDir: here,
  entryPoints: present,
  outdir: out,
  outbase: here,
  entryNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  bundle: true,
  minify: true,
  format: "iife",
  target: ["es2022", "chrome109", "firefox115", "safari16"],
  charset: "utf8",
  legalComments: "linked",
  loader: { ".svg": "dataurl", ".png": "file", ".webp": "file", ".woff2": "file", ".woff": "file" },
  metafile: true,
  write: false,
  logLevel: "warning",
});

const ours = result.warnings.filter((warning) => !warning.location?.file.includes("node_modules"));
if (checkOnly) {
  if (ours.length) {
    process.exitCode = 1;
  }
} else {
  await write();
}

async function write() {
  const manifest = {};
  for (const [file, made] of Object.entries(result.metafile.outputs)) {
    if (made.entryPoint) {
      manifest[path.basename(made.entryPoint)] = path.basename(file);
    }
  }
  await mkdir(out, { recursive: true });
  const written = new Set(["manifest.json"]);
  const put = async (name, contents) => {
    await writeFile(path.join(out, `${name}.new`), contents);
    await rename(path.join(out, `${name}.new`), path.join(out, name));
    written.add(name);
  };
  for (const file of result.outputFiles) {
    const name = path.basename(file.path);
    await put(name, file.contents);
    if (compressible.has(path.extname(name))) {
      await put(`${name}.gz`, await promisify(gzip)(file.contents, { level: 9 }));
      const best = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
      await put(`${name}.br`, await promisify(brotliCompress)(file.contents, best));
    }
  }
  const text = `${JSON.stringify(manifest, Object.keys(manifest).sort(), 2)}\n`;
  await put("manifest.json", text);
  for (const name of await readdir(out)) {
    if (!written.has(name)) {
      await rm(path.join(out, name), { recursive: true });
    }
  }
  for (const [name, file] of Object.entries(JSON.parse(text))) {
    const size = (await readFile(path.join(out, `${file}.br`))).length;
    console.log(`assets: ${name} -> ${file} (${size} bytes as brotli)`);
  }
}
