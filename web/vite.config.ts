import { defineConfig } from 'vitest/config';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { fileURLToPath } from 'node:url';
import type { GetModuleInfo } from 'rollup';
import type { Plugin } from 'vite';

/** Names the packages whose files become part of the portal in packages.txt, for script/bill. */
function packages(): Plugin {
  return {
    name: 'packages',
    apply: 'build',
    generateBundle(_options, bundle) {
      const assets = Object.values(bundle).flatMap((part) => (part.type === 'asset' ? part.originalFileNames : []));
      const files = [...this.getModuleIds(), ...this.getWatchFiles(), ...assets];
      const names = files.flatMap((file) => /(?:^|.*\/)node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []);
      this.emitFile({ type: 'asset', fileName: 'packages.txt', source: [...new Set(names)].sort().join('\n') + '\n' });
    },
  };
}

const SHARED_BY = 4;

/** What every page has at once: the static parts of the entry and of the frame. */
function shellOf(getModuleInfo: GetModuleInfo): Set<string> {
  const found = new Set<string>();
  const walk = (id: string): void => {
    if (found.has(id)) return;
    found.add(id);
    for (const next of getModuleInfo(id)?.importedIds ?? []) walk(next);
  };
  for (const id of ['src/main.ts', 'src/shell/Signed.svelte']) walk(fileURLToPath(new URL(id, import.meta.url)));
  return found;
}

/** What every page has comes as one file, and what many pages share as another: on a slow line each file is a round trip. */
function chunks(): (id: string, meta: { getModuleInfo: GetModuleInfo }) => string | undefined {
  let shell: Set<string> | undefined;
  return (id, { getModuleInfo }) => {
    shell ??= shellOf(getModuleInfo);
    const info = getModuleInfo(id);
    if (shell.has(id)) return 'frame';
    if (!info || !/\/src\/(ui|lib)\/|@lucide/.test(id) || /\.css$|[?]/.test(id)) return undefined;
    return info.importers.length >= SHARED_BY || /@lucide/.test(id) ? 'shared' : undefined;
  };
}

const FIRST_PAGES = /\/(Home|SignIn)-[^/]*$/;

export default defineConfig({
  plugins: [svelte(), packages()],
  build: {
    target: 'es2022',
    // light-dark() must reach the browser as written, or one of the themes is lost
    cssTarget: ['chrome123', 'firefox121', 'safari17.5'],
    // A page's own parts are found by reading it, one round trip later; naming those of all pages in the shell costs every first load.
    // Where people begin, all of the page comes at once.
    modulePreload: {
      polyfill: false,
      resolveDependencies: (page, parts) => (FIRST_PAGES.test(page) ? parts : parts.filter((part) => part.endsWith('.css'))),
    },
    rollupOptions: { output: { manualChunks: chunks() } },
    assetsInlineLimit: 0,
    sourcemap: false,
    reportCompressedSize: false,
  },
  worker: { format: 'es' },
  // by address: vite asks for "localhost" otherwise, which not every machine knows
  server: {
    host: '127.0.0.1',
    proxy: { '/api': 'http://127.0.0.1:8080', '/ws': { target: 'ws://127.0.0.1:8080', ws: true } },
  },
  test: { include: ['test/unit/**/*.test.ts'], environment: 'node' },
});
