// Runs files of browser tests: some at a time, for a page waits half of its time and a call more, and beside them one
// after the other those that wait nearly always.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const failed = [];

/** What it prints comes at its end, in one piece. */
function run(base, file) {
  return new Promise((done) => {
    const began = Date.now();
    const child = spawn(process.execPath, [fileURLToPath(new URL(file, base))], { stdio: ['ignore', 'pipe', 'inherit'] });
    const said = [];
    child.stdout.on('data', (part) => said.push(part));
    child.on('close', (code) => {
      process.stdout.write(Buffer.concat(said));
      console.log(`${file}: ${Math.round((Date.now() - began) / 1000)} s`);
      if (code !== 0) failed.push(file);
      done();
    });
  });
}

/** One file after the other, until none is left. */
async function runAll(base, files) {
  for (let file = files.shift(); file; file = files.shift()) await run(base, file);
}

/** Runs all of them, the longest first, and ends the program with what came of it. */
export async function runFiles(base, lanes, together, waiting = []) {
  const files = [...together];
  await Promise.all([runAll(base, [...waiting]), ...Array.from({ length: lanes }, () => runAll(base, files))]);
  if (failed.length) console.log(`failed: ${failed.join(', ')}`);
  process.exit(failed.length ? 1 : 0);
}
