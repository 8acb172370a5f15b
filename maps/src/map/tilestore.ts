import type { Box } from '../geometry/shape';
import { type TileKey, tilesOver } from '../geometry/tiles';
import { type TileLayers, readTile } from './vectortile';

/** A tile that is at hand. */
export interface ShownTile {
  key: TileKey;
  layers: TileLayers;
}

const MOST_KEPT = 256;
const AT_ONCE = 6;

/**
 * Tiles of one address: those in view are fetched, the middle ones first, and kept; what has left the view is no
 * longer waited for. Until a tile has come, a coarser one that is at hand stands in for it.
 */
export class TileStore {
  private readonly kept = new Map<string, ShownTile>();
  private readonly running = new Map<string, AbortController>();
  private wanted: TileKey[] = [];

  constructor(
    private readonly fetchTile: (key: TileKey, signal: AbortSignal) => Promise<ArrayBuffer>,
    private readonly changed: () => void,
    private readonly failed: (cause: unknown) => void,
  ) {}

  /** Tiles to paint a view with, as far as they are here; the others are on their way. */
  over(box: Box, z: number): ShownTile[] {
    this.wanted = tilesOver(box, z);
    const names = new Set(this.wanted.map(nameOf));
    for (const [name, task] of this.running) if (!names.has(name)) task.abort();
    this.fetchNext();
    const shown = new Map<string, ShownTile>();
    for (const key of this.wanted) {
      const tile = this.nearest(key);
      if (tile) shown.set(nameOf(tile.key), tile);
    }
    return [...shown.values()].sort((a, b) => a.key.z - b.key.z);
  }

  /** Whether everything in view has come. */
  get complete(): boolean {
    return this.wanted.every((key) => this.kept.has(nameOf(key)));
  }

  clear(): void {
    for (const task of this.running.values()) task.abort();
    this.kept.clear();
    this.wanted = [];
  }

  private nearest(key: TileKey): ShownTile | null {
    for (let { z, x, y } = key; z >= 0 && z > key.z - 4; z--, x >>= 1, y >>= 1) {
      const name = nameOf({ z, x, y });
      const tile = this.kept.get(name);
      if (!tile) continue;
      this.kept.delete(name); // used last
      this.kept.set(name, tile);
      return tile;
    }
    return null;
  }

  private fetchNext(): void {
    for (const key of this.wanted) {
      if (this.running.size >= AT_ONCE) return;
      const name = nameOf(key);
      if (!this.kept.has(name) && !this.running.has(name)) void this.read(key, name);
    }
  }

  private async read(key: TileKey, name: string): Promise<void> {
    const task = new AbortController();
    this.running.set(name, task);
    try {
      const layers = readTile(await this.fetchTile(key, task.signal), key);
      this.kept.set(name, { key, layers });
      for (const old of this.kept.keys()) {
        if (this.kept.size <= MOST_KEPT) break;
        this.kept.delete(old);
      }
      this.changed();
    } catch (cause) {
      if (task.signal.aborted) return;
      this.wanted = this.wanted.filter((one) => nameOf(one) !== name); // not asked for again until the view moves
      this.failed(cause);
    } finally {
      this.running.delete(name);
      this.fetchNext();
    }
  }
}

const nameOf = ({ z, x, y }: TileKey): string => `${z}/${x}/${y}`;
