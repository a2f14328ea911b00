import { defineConfig } from 'vitest/config';
import { svelte } from '@sveltejs/vite-plugin-svelte';
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

export default defineConfig({
  plugins: [svelte(), packages()],
  build: {
    target: 'es2022',
    // light-dark() must reach the browser as written, or one of the themes is lost
    cssTarget: ['chrome123', 'firefox121', 'safari17.5'],
    // A page's own parts are found by reading it, one round trip later; naming those of all pages in the shell costs every first load.
    modulePreload: { polyfill: false, resolveDependencies: (_page, parts) => parts.filter((part) => part.endsWith('.css')) },
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
