import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Plugin } from 'vite';
import { type MockMarket, makeMarkets } from './market.ts';

const PAGE = 400;

/** Answers one API path of the mock markets; undefined where the real server would say 404. */
export function answer(markets: readonly MockMarket[], url: URL): unknown {
  const parts = url.pathname.split('/').slice(3).map(decodeURIComponent);
  const [kind, id, rest] = parts;
  if (kind === 'session') return { name: 'planner', grants: [], actions: [], csrf: null };
  const collection = (features: unknown[]) => ({ type: 'FeatureCollection', features, next: null });
  if (kind === 'responsible-members') {
    return markets.find((each) => each.market.code === url.searchParams.get('market'))?.nearest(url.searchParams.get('stall') ?? '') ?? undefined;
  }
  if (kind === 'markets' && id === undefined) return { items: markets.map((each) => each.market), next: null };
  if (kind === 'markets') {
    const found = markets.find((each) => each.market.code === id);
    if (!found) return undefined;
    if (rest === undefined) return found.market;
    if (rest === 'levels') return collection(found.levels);
    if (rest === 'connectors') return collection(found.connectors);
    if (rest === 'stalls') return stallPage(found, url);
  }
  if (kind === 'plans') {
    const found = markets.find((each) => each.plan?.code === id);
    if (!found) return undefined;
    if (rest === undefined) return found.plan;
    if (rest === 'zones') return collection(found.shapes);
    if (rest === 'assignment') return { items: found.assignment, next: null };
  }
  return undefined;
}

function stallPage(found: MockMarket, url: URL): unknown {
  const [level, building] = [url.searchParams.get('level'), url.searchParams.get('building')];
  const from = Number(url.searchParams.get('cursor') ?? 0);
  const all = found.stalls.filter(({ properties: p }) => (level === null || p.level === Number(level)) && (building === null || p.building === building));
  const next = new URL(url);
  next.searchParams.set('cursor', String(from + PAGE));
  return { type: 'FeatureCollection', features: all.slice(from, from + PAGE), next: from + PAGE < all.length ? next.pathname + next.search : null };
}

/** The mock API inside Vite's own server: `npm run mock`. */
export function mockApi(): Plugin {
  const markets = makeMarkets();
  const handle = (request: IncomingMessage, response: ServerResponse, next: () => void) => {
    const url = new URL(request.url ?? '/', 'http://mock.invalid');
    if (!url.pathname.startsWith('/api/v1/')) return next();
    const body = answer(markets, url);
    response.statusCode = body === undefined ? 404 : 200;
    response.setHeader('Content-Type', body === undefined ? 'application/problem+json' : 'application/json');
    response.end(JSON.stringify(body ?? { title: '没有找到', detail: `没有 ${url.pathname}。`, status: 404, code: 'not_found' }));
  };
  return {
    name: 'gridmap-mock-api',
    configureServer: (server) => void server.middlewares.use(handle),
    configurePreviewServer: (server) => void server.middlewares.use(handle),
  };
}
