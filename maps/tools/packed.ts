import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

/** Smaller ones are sent as they are. */
const SMALLEST_BYTES = 2000;

/**
 * Lays a packed copy beside each larger text file of the built client, so that the server does not pack it again for
 * everybody, and has the page shown first when its code can draw it: a blank picture before costs time and flickers.
 */
export function packedFiles(): Plugin {
  let outDir = '';
  return {
    name: 'gridmap-packed-files',
    apply: 'build',
    enforce: 'post',
    configResolved(config) {
      outDir = join(config.root, config.build.outDir);
    },
    transformIndexHtml: {
      order: 'post',
      handler: (html) => html.replace('<script type="module"', '<script type="module" blocking="render"'),
    },
    closeBundle: {
      sequential: true,
      order: 'post',
      async handler() {
        for (const name of await readdir(outDir, { recursive: true })) {
          if (!/\.(js|css)$/.test(name)) continue;
          const bytes = await readFile(join(outDir, name));
          if (bytes.length >= SMALLEST_BYTES) await writeFile(join(outDir, `${name}.gz`), gzipSync(bytes, { level: 9 }));
        }
      },
    },
  };
}
