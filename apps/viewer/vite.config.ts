import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = fileURLToPath(new URL('.', import.meta.url));

/**
 * The console page, built into dist/apps/viewer for local X-Ray to serve.
 *
 * `npx vite -c apps/viewer/vite.config.ts` serves it while it is being written
 * and passes requests for data on to XRAY_LOCAL_ADDRESS.
 */
export default defineConfig({
  root: here,
  base: '/',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: `${here}../../dist/apps/viewer`,
    emptyOutDir: true,
    // The first versions that know light-dark(); older targets would have it rewritten.
    target: ['chrome123', 'edge123', 'firefox120', 'safari17.5'],
    // A page with a strict Content-Security-Policy: nothing inline, not even small icons.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  resolve: {
    alias: {
      '@nestjs-xray/trace': `${here}../../libs/trace/src`,
      '@nestjs-xray/document/exact-json': `${here}../../libs/document/src/exact-json.ts`,
    },
  },
  server: {
    proxy: { '/console': `http://${process.env.XRAY_LOCAL_ADDRESS ?? '127.0.0.1:2000'}` },
  },
});
