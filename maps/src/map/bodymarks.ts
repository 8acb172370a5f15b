import L from 'leaflet';
import { worldX, worldY } from '../geometry/mercator';
import { Placing } from '../geometry/placing';
import type { Placed } from '../model/bodies';
import type { View } from './canvaslayer';

/** How bodies in one place are told: on the plate, in full, and further classes of the plate. */
export interface Said {
  short: string;
  long: string;
  /** A letter before the words, which stands for them where there is no room. */
  letter?: string;
  look?: string;
}

interface Mark {
  lon: number;
  lat: number;
  kind: Placed['kind'];
  plate: HTMLElement;
  /** How wide the plate is, once it has been measured. */
  width: number | null;
}

const HEIGHT_PX = 20;
/** How far below its point the middle of a plate may be, as they are tried: stations hang, organisations stand. */
const BELOW = { station: [48, 70, -18, -42], organisation: [-18, -42, 26, 70] } as const;

/** Stations and organisations as small plates over the map, one for all that stand in the same place. */
export class BodyMarks<B extends Placed> {
  private readonly group = L.layerGroup();
  private marks: Mark[] = [];

  /** `pick`: a plate was clicked, or chosen by the keyboard; without it plates are only read. */
  constructor(map: L.Map, private readonly say: (bodies: readonly B[]) => Said, private readonly pick?: (bodies: readonly B[]) => void) {
    this.group.addTo(map);
  }

  show(bodies: readonly B[]): void {
    this.group.clearLayers();
    const places = new Map<string, B[]>();
    for (const body of bodies) {
      if (body.lon === null || body.lat === null) continue;
      const key = `${body.lon} ${body.lat}`;
      places.set(key, [...(places.get(key) ?? []), body]);
    }
    this.marks = [...places.values()].map((here) => this.mark(here));
  }

  /** Plates that would cover what is written on a map move up or down, and shrink to dots where that does not help. */
  giveWay(placing: Placing, view: View): void {
    for (const mark of this.marks) {
      const width = (mark.width ??= mark.plate.offsetWidth) + 4;
      const [x, y] = [worldX(mark.lon) * view.scale - view.left, worldY(mark.lat) * view.scale - view.top];
      const below = BELOW[mark.kind].find((each) => placing.take(x, y + each, width, HEIGHT_PX));
      mark.plate.classList.toggle('tight', below === undefined);
      mark.plate.style.setProperty('--below', `${below ?? 0}px`);
    }
  }

  remove(): void {
    this.group.remove();
  }

  private mark(here: readonly B[]): Mark {
    const first = here[0]!;
    const { short, long, letter, look } = this.say(here);
    const plate = document.createElement('span');
    if (letter) plate.append(Object.assign(document.createElement('i'), { textContent: letter }));
    const text = document.createElement('b');
    text.textContent = short;
    plate.append(text);
    const icon = L.divIcon({ className: `body-mark ${first.kind} ${look ?? ''}`.trim(), html: plate, iconSize: [0, 0] });
    const marker = L.marker([first.lat!, first.lon!], { icon, title: long, alt: long, keyboard: this.pick !== undefined });
    marker.addTo(this.group);
    if (this.pick) {
      marker.getElement()?.setAttribute('aria-label', long);
      marker.getElement()?.addEventListener('keydown', (event) => {
        if (event.key === 'Enter' || event.key === ' ') this.pick?.(here);
      });
      marker.on('click', () => this.pick?.(here));
    }
    return { lon: first.lon!, lat: first.lat!, kind: first.kind, plate, width: null };
  }
}
