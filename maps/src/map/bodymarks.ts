import L from 'leaflet';
import type { ShownBody } from '../model/bodies';

/** Stations and organisations as small plates over the map, one for all that stand in the same place. */
export class BodyMarks {
  private readonly group = L.layerGroup();

  constructor(map: L.Map, private readonly say: (bodies: readonly ShownBody[]) => { short: string; long: string }) {
    this.group.addTo(map);
  }

  show(bodies: readonly ShownBody[]): void {
    this.group.clearLayers();
    const places = new Map<string, ShownBody[]>();
    for (const body of bodies) {
      if (body.lon === null || body.lat === null) continue;
      const key = `${body.lon} ${body.lat}`;
      places.set(key, [...(places.get(key) ?? []), body]);
    }
    for (const [first, ...rest] of places.values()) {
      if (!first) continue;
      const { short, long } = this.say([first, ...rest]);
      const plate = document.createElement('span');
      plate.textContent = short;
      const icon = L.divIcon({ className: `body-mark ${first.kind}`, html: plate, iconSize: [0, 0] });
      L.marker([first.lat!, first.lon!], { icon, title: long, alt: long, keyboard: false }).addTo(this.group);
    }
  }
}
