import * as coverage from './coverage';
import * as due from './due';
import * as duty from './duty';
import * as hotspots from './hotspots';
import * as markets from './markets';
import * as plans from './plans';
import * as routes from './routes';

const { getHotspots, getHotspotPeriods } = hotspots;

/** Everything the desk asks of the server; tests hand in their own. */
export const api = { ...markets, ...plans, ...duty, ...due, ...coverage, ...routes, getHotspots, getHotspotPeriods };
export type Api = typeof api;
