import L from 'leaflet';
import { latOf, lonOf } from '../geometry/mercator';
import { type Box, isEmpty, unite } from '../geometry/shape';
import { CanvasLayer } from './canvaslayer';
import { findFreePlace, stallPlace } from './labels';
import { whenIdle } from './idle';
import { type Chosen, paintScene } from './paint';
import { type Scene, stallAt, zoneAt } from './scene';

export interface Picked {
  stall: string | null;
  zone: string | null;
}

const MAX_ZOOM = 25;
/** A stall brought into view is at least this many pixels wide. */
const STALL_PX = 44;
const REACH_PX = 8;

const calm = () => window.matchMedia('(prefers-reduced-motion: reduce)').matches;

/** The Leaflet map with one level on our own canvas. */
export class FloorMap {
  readonly map: L.Map;
  private readonly layer: CanvasLayer;
  private scene: Scene | null = null;
  private chosen: Chosen = { zone: null, stall: null };
  /** The view that fits the level, until a person moves the map: then a resize leaves it alone. */
  private fitted = false;
  /** Stops what is being prepared for the scene before. */
  private prepare: (() => void) | null = null;

  constructor(element: HTMLElement, onPick: (picked: Picked) => void) {
    this.map = L.map(element, {
      zoomControl: false,
      attributionControl: false,
      zoomSnap: 0,
      zoomDelta: 0.5,
      wheelPxPerZoomLevel: 120,
      minZoom: 10,
      maxZoom: MAX_ZOOM,
      zoomAnimation: !calm(),
      fadeAnimation: false,
      inertia: !calm(),
    });
    L.control.scale({ imperial: false, position: 'bottomright', maxWidth: 120 }).addTo(this.map);
    this.map.setView([30, 120], 17, { animate: false });
    this.layer = new CanvasLayer((context, view) => {
      if (this.scene) paintScene(context, view, this.scene, this.chosen);
    }, () => this.scene !== null);
    this.layer.addTo(this.map);
    this.map.on('click', (event) => onPick(this.pick(event.latlng)));
    this.map.on('movestart', () => {
      this.fitted = false;
    });
    this.map.on('mousemove', (event) => {
      const { stall, zone } = this.pick(event.latlng);
      element.classList.toggle('can-pick', stall !== null || zone !== null);
    });
  }

  /** Shows a scene; the view stays if it still shows a good part of the level, and otherwise fits it. */
  show(scene: Scene, { refit }: { refit: boolean }): void {
    this.scene = scene;
    this.layer.refresh();
    if (!isEmpty(scene.box) && (refit || !this.sees(scene.box))) this.fit();
    this.prepare?.();
    this.prepare = scene.ready ? whenIdle(scene.zones.map((zone) => () => findFreePlace(scene, zone)), () => this.layer.refresh()) : null;
  }

  choose(chosen: Chosen): void {
    if (chosen.zone === this.chosen.zone && chosen.stall === this.chosen.stall) return;
    this.chosen = chosen;
    this.layer.refresh();
  }

  fit(): void {
    if (!this.scene || isEmpty(this.scene.box)) return;
    this.fitBox(this.scene.box, MAX_ZOOM);
    this.fitted = true;
  }

  zoomBy(steps: number): void {
    this.map.setZoom(this.map.getZoom() + steps);
  }

  /** Fits the view to a zone on the level shown. */
  fitZone(code: string): void {
    const boxes = this.scene?.zones.filter((zone) => zone.code === code).map((zone) => zone.shape.box) ?? [];
    if (boxes[0]) this.fitBox(boxes.reduce(unite, boxes[0]), MAX_ZOOM);
  }

  /** Goes where something lies that is not in view at all. */
  seek(box: Box): void {
    if (!this.map.getBounds().intersects(boundsOf(box))) this.fitBox(box, MAX_ZOOM);
  }

  /** Brings a zone into view, moving as little as needed. */
  revealZone(code: string): void {
    const shapes = this.scene?.zones.filter((zone) => zone.code === code).map((zone) => zone.shape.box) ?? [];
    const first = shapes[0];
    if (!first) return;
    const box = shapes.reduce(unite, first);
    const bounds = boundsOf(box);
    if (this.map.getBounds().pad(-0.04).contains(bounds)) return;
    if (this.map.getBoundsZoom(bounds) < this.map.getZoom()) this.fitBox(box, this.map.getZoom());
    else this.map.panTo(bounds.getCenter());
  }

  /** Brings a stall into view, near enough to read its number. */
  revealStall(code: string): void {
    const stall = this.scene?.byCode.get(code);
    if (!stall || !this.scene) return;
    const place = stallPlace(stall);
    const width = Math.max(stall.shape.box.x1 - stall.shape.box.x0, 2 * this.scene.metre);
    const zoom = Math.min(MAX_ZOOM, Math.max(this.map.getZoom(), Math.log2(STALL_PX / width)));
    this.map.setView([latOf(place.y), lonOf(place.x)], zoom, { animate: false });
  }

  locate(code: string): { x: number; y: number } | null {
    const stall = this.scene?.byCode.get(code);
    if (!stall) return null;
    const place = stallPlace(stall);
    const { x, y } = this.map.latLngToContainerPoint([latOf(place.y), lonOf(place.x)]);
    return { x, y };
  }

  resized(): void {
    const { fitted } = this;
    const before = this.map.getSize();
    this.map.invalidateSize({ animate: false });
    if (fitted && !this.map.getSize().equals(before)) this.fit();
  }

  remove(): void {
    this.prepare?.();
    this.map.remove();
  }

  private pick(at: L.LatLng): Picked {
    if (!this.scene) return { stall: null, zone: null };
    const scale = 2 ** this.map.getZoom();
    const { x, y } = this.map.project(at, 0);
    const stall = stallAt(this.scene, x, y, REACH_PX / scale);
    const pickable = stall && (stall.kind === 'stall' || stall.kind === 'vacant' || stall.zone !== null);
    return { stall: pickable ? stall.code : null, zone: stall?.zone ?? zoneAt(this.scene, x, y)?.code ?? null };
  }

  private sees(box: Box): boolean {
    const level = boundsOf(box);
    const view = this.map.getBounds();
    if (!view.intersects(level)) return false;
    const center = view.getCenter();
    return level.contains(center) && this.map.getZoom() >= this.map.getBoundsZoom(level) - 1;
  }

  private fitBox(box: Box, maxZoom: number): void {
    const { x, y } = this.map.getSize();
    // room for the tools above and the bar below, the level switch at the left and the buttons at the right
    const [top, bottom] = y < 420 ? [24, 40] : [72, 66];
    const padding = x < 560 ? { left: 78, right: 20 } : { left: 92, right: 56 };
    this.map.fitBounds(boundsOf(box), {
      paddingTopLeft: [padding.left, top], paddingBottomRight: [padding.right, bottom], maxZoom, animate: false,
    });
  }
}

const boundsOf = (box: Box): L.LatLngBounds => L.latLngBounds([latOf(box.y1), lonOf(box.x0)], [latOf(box.y0), lonOf(box.x1)]);
