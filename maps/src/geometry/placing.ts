/** Places labels in the order they are asked for; one that would touch an earlier one is left out. */
export class Placing {
  private readonly boxes: [number, number, number, number][] = [];

  /** Takes the rectangle round a middle if it is still free. */
  take(x: number, y: number, width: number, height: number): boolean {
    const [x0, y0, x1, y1] = [x - width / 2, y - height / 2, x + width / 2, y + height / 2];
    for (const [a, b, c, d] of this.boxes) if (x0 < c && x1 > a && y0 < d && y1 > b) return false;
    this.boxes.push([x0, y0, x1, y1]);
    return true;
  }
}

/** Moves a middle so that its rectangle lies within 0..limit; a rectangle larger than that is centred. */
export function clampMiddle(middle: number, extent: number, low: number, high: number): number {
  if (extent > high - low) return (low + high) / 2;
  return Math.max(low + extent / 2, Math.min(high - extent / 2, middle));
}
