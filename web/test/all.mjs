// Runs every browser test one after the other: two cores are not enough for two browsers.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const files = ['screens.mjs', 'states.mjs', 'phone-screens.mjs', 'phone.mjs'];
const failed = files.filter((file) => spawnSync(process.execPath, [fileURLToPath(new URL(file, import.meta.url))], { stdio: 'inherit' }).status !== 0);
if (failed.length) console.log(`failed: ${failed.join(', ')}`);
process.exit(failed.length ? 1 : 0);
