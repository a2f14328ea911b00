// Fails the build when a part of the portal has grown beyond what a slow line can carry.
import { readFileSync, readdirSync } from 'node:fs';
import { join, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const dist = join(dirname(fileURLToPath(import.meta.url)), '..', 'dist');
const assets = join(dist, 'assets');
const KB = 1024;
const sizeOf = (path) => gzipSync(readFileSync(path)).length;

const html = readFileSync(join(dist, 'index.html'), 'utf8');
const named = [...html.matchAll(/(?:src|href)="\/assets\/([^"]+)"/g)].map((found) => found[1]);
// The frame is loaded at once too, though the page does not name it.
const frame = readdirSync(assets).filter((name) => /^Signed-.*\.(js|css)$/.test(name));

/** A file and all it imports at once; what it asks for later does not count. */
function withImports(names, seen = new Set()) {
  for (const name of names) {
    if (seen.has(name)) continue;
    seen.add(name);
    if (name.endsWith('.js')) withImports([...readFileSync(join(assets, name), 'utf8').matchAll(/(?:from|import)"\.\/([^"]+)"/g)].map((found) => found[1]), seen);
  }
  return [...seen];
}
const firstLoad = withImports([...named, ...frame]);
const total = (names, end) => names.filter((name) => name.endsWith(end)).reduce((sum, name) => sum + sizeOf(join(assets, name)), 0);

const rules = [
  { what: 'shell JavaScript', size: total(firstLoad, '.js'), limit: 60 * KB },
  { what: 'shell CSS', size: total(firstLoad, '.css'), limit: 10 * KB },
];
for (const name of readdirSync(assets).filter((one) => one.endsWith('.js') && !firstLoad.includes(one))) {
  const engine = name.startsWith('engine-');
  rules.push({ what: name, size: sizeOf(join(assets, name)), limit: (engine ? 75 : 25) * KB });
}

let failed = false;
for (const { what, size, limit } of rules) {
  const over = size > limit;
  failed ||= over;
  if (over || size > 4 * KB) console.log(`${over ? 'OVER' : 'ok  '} ${what.padEnd(34)} ${(size / KB).toFixed(1)} KB of ${limit / KB} KB`);
}
process.exit(failed ? 1 : 0);
