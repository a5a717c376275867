import { fileURLToPath } from 'node:url';
import { build, defineConfig, type Plugin } from 'vite';

const here = fileURLToPath(new URL('.', import.meta.url));

const page = {
  root: here,
  base: '/',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  resolve: {
    alias: {
      '@nestjs-xray/trace': `${here}../../libs/trace/src`,
      '@nestjs-xray/document/exact-json': `${here}../../libs/document/src/exact-json.ts`,
    },
  },
} as const;
const out = `${here}../../dist/apps/viewer`;
// The first versions that know light-dark(); older targets would have it rewritten.
const target = ['chrome123', 'edge123', 'firefox120', 'safari17.5'];

/**
 * Builds the page of one trace as a single script and a single style sheet, which local X-Ray
 * writes into the files that it exports.
 */
const oneTrace: Plugin = {
  name: 'one-trace',
  apply: 'build',
  closeBundle: async () => {
    await build({
      ...page,
      configFile: false,
      logLevel: 'warn',
      publicDir: false,
      build: {
        outDir: `${out}/one-trace`,
        emptyOutDir: true,
        target,
        cssCodeSplit: false,
        rolldownOptions: {
          input: `${here}src/one-trace.tsx`,
          output: {
            format: 'iife',
            entryFileNames: 'one-trace.js',
            assetFileNames: 'one-trace.[ext]',
          },
        },
      },
    });
  },
};

/**
 * The console page, built into dist/apps/viewer for local X-Ray to serve.
 *
 * `npx vite -c apps/viewer/vite.config.ts` serves it while it is being written
 * and passes requests for data on to XRAY_LOCAL_ADDRESS.
 */
export default defineConfig({
  ...page,
  plugins: [oneTrace],
  build: {
    outDir: out,
    emptyOutDir: true,
    target,
    // A page with a strict Content-Security-Policy: nothing inline, not even small icons.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: { '/console': `http://${process.env.XRAY_LOCAL_ADDRESS ?? '127.0.0.1:2000'}` },
  },
});
