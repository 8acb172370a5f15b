import type L from 'leaflet';
import type { Spot } from '../geometry/motion';

/** The pointer over a map, for a hand that draws there. */
export class Pointer {
  readonly element: HTMLElement;
  private readonly stops: (() => void)[] = [];

  /** @param drawing whether the hand draws now; otherwise nothing is heard. */
  constructor(private readonly map: L.Map, private readonly drawing: () => boolean) {
    this.element = map.getContainer();
  }

  on(kind: 'pointerdown' | 'pointermove' | 'pointerup' | 'pointercancel' | 'pointerleave' | 'dblclick', act: (event: PointerEvent) => void): void {
    const listener = (event: Event) => { if (this.drawing()) act(event as PointerEvent); };
    this.element.addEventListener(kind, listener);
    this.stops.push(() => this.element.removeEventListener(kind, listener));
  }

  /** Where it is, in world pixels of zoom 0. */
  at(event: PointerEvent): Spot {
    const box = this.element.getBoundingClientRect();
    return this.map.project(this.map.containerPointToLatLng([event.clientX - box.left, event.clientY - box.top]), 0);
  }

  /** Screen pixels to a world pixel of zoom 0. */
  get scale(): number {
    return 2 ** this.map.getZoom();
  }

  /** Keeps the map still under a hand that draws, or lets it move again. */
  hold(still: boolean): void {
    for (const part of [this.map.dragging, this.map.boxZoom, this.map.doubleClickZoom]) {
      if (still) part.disable();
      else part.enable();
    }
    this.element.classList.toggle('drawing', still);
  }

  remove(): void {
    this.stops.forEach((stop) => stop());
  }
}
