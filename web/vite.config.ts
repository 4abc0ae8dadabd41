import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

// precompress writes .gz and .br beside what a browser loads, so that the server only sends.
const precompress = (): Plugin => ({
  name: 'precompress',
  apply: 'build',
  closeBundle() {
    const dir = join(import.meta.dirname, 'dist/app/assets');
    for (const name of readdirSync(dir)) {
      if (!/\.(js|css|svg)$/.test(name)) continue;
      const raw = readFileSync(join(dir, name));
      if (raw.length < 1024) continue;
      writeFileSync(join(dir, name + '.gz'), gzipSync(raw, { level: 9 }));
      writeFileSync(join(dir, name + '.br'), brotliCompressSync(raw, { params: { [constants.BROTLI_PARAM_QUALITY]: 10 } }));
    }
  },
});

export default defineConfig({
  plugins: [react(), precompress()],
  // Not dist itself: emptyOutDir would delete the committed placeholder.
  build: { outDir: 'dist/app', assetsInlineLimit: 0, modulePreload: { polyfill: false }, target: 'es2022', reportCompressedSize: false },
  server: { proxy: { '/api': process.env['MARU_URL'] ?? 'http://127.0.0.1:8080' } },
});
