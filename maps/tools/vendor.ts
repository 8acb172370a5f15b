import { copyFile, mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Plugin } from 'vite';

/** Files that other pages of gridmap serve or inline as they are: path in the output -> file of an npm package. */
const FILES: Record<string, string> = {
  'vendor/leaflet/leaflet.js': 'leaflet/dist/leaflet.js',
  'vendor/leaflet/leaflet.css': 'leaflet/dist/leaflet.css',
  'vendor/swagger-ui/swagger-ui.css': 'swagger-ui-dist/swagger-ui.css',
  'vendor/swagger-ui/swagger-ui-bundle.js': 'swagger-ui-dist/swagger-ui-bundle.js',
};

/** Copies files out of npm packages beside the built client, so that nothing is loaded from elsewhere. */
export function vendorFiles(): Plugin {
  let outDir = '';
  return {
    name: 'gridmap-vendor-files',
    apply: 'build',
    configResolved(config) {
      outDir = join(config.root, config.build.outDir);
    },
    async closeBundle() {
      const require = createRequire(import.meta.url);
      for (const [target, source] of Object.entries(FILES)) {
        await mkdir(join(outDir, dirname(target)), { recursive: true });
        await copyFile(require.resolve(source), join(outDir, target));
      }
    },
  };
}
