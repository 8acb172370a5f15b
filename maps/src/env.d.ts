/// <reference types="vite/client" />

declare module '*.vue' {
  import type { DefineComponent } from 'vue';
  const component: DefineComponent<object, object, unknown>;
  export default component;
}

interface Window {
  /** For tests and benchmarks: a canvas has no elements that could be asked. */
  gridmap: {
    /** Where a stall stands on the map element, in CSS pixels from its upper left corner; null if it is not on the level shown. */
    locate(stallCode: string): { x: number; y: number } | null;
    /** What was painted last round the floor; not there before it is drawn. */
    ground?(): { roads: number; names: string[]; markets: string[] };
    /** Whether the map of the city stands still and all of its tiles have come. */
    settled?(): boolean;
  };
}
