import type { Plugin } from 'vite';

/**
 * Keeps all that the first page needs in one file. Left to itself, the build cuts it into a dozen, so that pages opened
 * later can share each piece; but those come when the pieces are there anyway, and the first page waits for every one.
 */
export function firstPage(): { plugin: Plugin; needed: (id: string) => boolean } {
  const first = new Set<string>();
  const plugin: Plugin = {
    name: 'gridmap-first-page',
    apply: 'build',
    buildEnd() {
      const entries = [...this.getModuleIds()].filter((id) => this.getModuleInfo(id)?.isEntry);
      for (let id = entries.pop(); id !== undefined; id = entries.pop()) {
        if (first.has(id)) continue;
        first.add(id);
        entries.push(...(this.getModuleInfo(id)?.importedIds ?? []));
      }
    },
  };
  return { plugin, needed: (id) => first.has(id) };
}
