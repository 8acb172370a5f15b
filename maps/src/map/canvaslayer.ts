import L from 'leaflet';
import type { Box } from '../geometry/shape';

/** How world pixels (zoom 0) land on the canvas: x * scale - left, y * scale - top, in CSS pixels. */
export interface View {
  scale: number;
  left: number;
  top: number;
  width: number;
  height: number;
  /** CSS pixels of canvas beyond the map on each side. */
  marginX: number;
  marginY: number;
  /** What the canvas covers, in world pixels. */
  box: Box;
}

export type Paint = (context: CanvasRenderingContext2D, view: View) => void;

const MARGIN = 0.15;

/**
 * One canvas over the map, repainted when a move ends: while panning, Leaflet slides it; while
 * zooming, the old picture is stretched.
 */
export class CanvasLayer extends L.Layer {
  private readonly canvas = L.DomUtil.create('canvas', 'leaflet-zoom-animated');
  private drawnCenter = L.latLng(0, 0);
  private drawnZoom = 0;
  private frame = 0;

  /** `wanted`: whether there is anything to paint yet; before, no canvas is laid out. */
  constructor(private readonly paint: Paint, private readonly wanted: () => boolean = () => true) {
    super();
    this.canvas.style.pointerEvents = 'none';
    this.canvas.setAttribute('aria-hidden', 'true');
  }

  override getEvents(): Record<string, L.LeafletEventHandlerFn> {
    return {
      moveend: () => this.redraw(),
      resize: () => this.redraw(),
      zoom: () => this.stretch(this._map.getCenter(), this._map.getZoom()),
      zoomanim: (event) => {
        const to = event as L.ZoomAnimEvent;
        this.stretch(to.center, to.zoom);
      },
    };
  }

  override onAdd(map: L.Map): this {
    (this.getPane() ?? map.getPane('overlayPane'))?.appendChild(this.canvas);
    this.redraw();
    return this;
  }

  override onRemove(): this {
    this.drawn();
    this.canvas.remove();
    return this;
  }

  private stretch(center: L.LatLng, zoom: number): void {
    const map = this._map;
    const size = map.getSize();
    const scale = map.getZoomScale(zoom, this.drawnZoom);
    const pane = map.getPane('mapPane');
    const moved = pane ? L.DomUtil.getPosition(pane) : L.point(0, 0);
    const origin = map.project(center, zoom).subtract(size.divideBy(2)).add(moved).round();
    const corner = map.project(this.drawnCenter, zoom).subtract(size.multiplyBy((0.5 + MARGIN) * scale));
    L.DomUtil.setTransform(this.canvas, corner.subtract(origin), scale);
  }

  /** Draws again before the next frame, once, however much changes until then; a move that ends draws at once. */
  refresh(): void {
    this.frame ||= requestAnimationFrame(() => this.redraw());
  }

  private drawn(): void {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
  }

  redraw(): void {
    this.drawn();
    const map = this._map;
    if (!map?.getPane('overlayPane')?.isConnected || !this.wanted()) return;
    const size = map.getSize();
    const ratio = window.devicePixelRatio || 1;
    const [marginX, marginY] = [Math.round(size.x * MARGIN), Math.round(size.y * MARGIN)];
    const [width, height] = [size.x + 2 * marginX, size.y + 2 * marginY];
    if (this.canvas.width !== Math.round(width * ratio) || this.canvas.height !== Math.round(height * ratio)) {
      this.canvas.width = Math.round(width * ratio);
      this.canvas.height = Math.round(height * ratio);
      this.canvas.style.width = `${width}px`;
      this.canvas.style.height = `${height}px`;
    }
    const corner = map.containerPointToLayerPoint([-marginX, -marginY]).round();
    this.drawnCenter = map.getCenter();
    this.drawnZoom = map.getZoom();
    L.DomUtil.setTransform(this.canvas, corner, 1);
    // drawn by the processor: an emulated GPU takes a second for thousands of small paths, and the map stands still (11 frames a second against 59)
    const context = this.canvas.getContext('2d', { willReadFrequently: true });
    if (!context) return;
    const { x: left, y: top } = map.getPixelOrigin().add(corner);
    const scale = 2 ** this.drawnZoom;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    const box = { x0: left / scale, y0: top / scale, x1: (left + width) / scale, y1: (top + height) / scale };
    this.paint(context, { scale, left, top, width, height, marginX, marginY, box });
  }
}
