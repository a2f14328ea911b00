// The browser tests against the real program, one after the other.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const files = ['pages.mjs', 'calls.mjs', 'settings.mjs', 'fax.mjs'];
const failed = files.filter((file) => spawnSync(process.execPath, [fileURLToPath(new URL(file, import.meta.url))], { stdio: 'inherit' }).status !== 0);
if (failed.length) console.log(`failed: ${failed.join(', ')}`);
process.exit(failed.length ? 1 : 0);
