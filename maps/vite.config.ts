import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vitest/config';
import { firstPage } from './tools/first.ts';
import { packedFiles } from './tools/packed.ts';
import { vendorFiles } from './tools/vendor.ts';

const first = firstPage();
const server = process.env['GRIDMAP_SERVER'] ?? 'http://127.0.0.1:8000';

export default defineConfig({
  plugins: [vue(), vendorFiles(), first.plugin, packedFiles()],
  build: {
    target: 'es2022',
    outDir: '../gridmap/web',
    emptyOutDir: true,
    assetsInlineLimit: 0, // no data: addresses, so that a strict content policy holds
    modulePreload: { polyfill: false },
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'first', test: first.needed }] } } },
  },
  server: {
    host: '127.0.0.1',
    fs: { allow: ['.', '../gridmap/render'] },
    proxy: { '/api': server },
  },
  test: { include: ['tests/**/*.test.ts'], environment: 'node' },
});
