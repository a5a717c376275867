import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = fileURLToPath(new URL('.', import.meta.url));

/**
 * Cruddur's home page, built into dist/apps/cruddur/web for its API to serve.
 *
 * `npx vite -c apps/cruddur/web/vite.config.ts` serves it while it is being written
 * and passes requests for data on to the API on PORT.
 */
export default defineConfig({
  root: here,
  base: '/',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: `${here}../../../dist/apps/cruddur/web`,
    emptyOutDir: true,
    // The first versions that know light-dark(); older targets would have it rewritten.
    target: ['chrome123', 'edge123', 'firefox120', 'safari17.5'],
    // A page with a strict Content-Security-Policy: nothing inline, not even small icons.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { '/api': `http://127.0.0.1:${process.env.PORT ?? '4567'}` } },
});
