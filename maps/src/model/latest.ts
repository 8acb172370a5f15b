/** Runs one task at a time: a newer one aborts the one before it. */
export class Latest {
  private running: AbortController | null = null;

  /** Runs `task`; answers null if something newer took its place. Its errors pass through. */
  async run<T>(task: (signal: AbortSignal) => Promise<T>): Promise<T | null> {
    this.running?.abort();
    const mine = new AbortController();
    this.running = mine;
    try {
      const value = await task(mine.signal);
      return mine.signal.aborted ? null : value;
    } catch (cause) {
      if (mine.signal.aborted) return null;
      throw cause;
    } finally {
      if (this.running === mine) this.running = null;
    }
  }

  stop(): void {
    this.running?.abort();
    this.running = null;
  }
}
