import { lang } from '../i18n';
import type { FeaturePage, Page } from './types';

/** A request that did not work: what (`title`), where (`path`), the server's words (`detail`) and a small stable code. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
    readonly detail: string,
    readonly path: string,
    /** What else the server said: figures of what is infeasible. */
    readonly facts: Readonly<Record<string, unknown>> = {},
  ) {
    super(detail || title);
    this.name = 'ApiError';
  }
}

interface Problem {
  title?: string;
  detail?: string;
  code?: string;
  facts?: Record<string, unknown>;
}

async function problemOf(response: Response): Promise<Problem> {
  try {
    return (await response.json()) as Problem;
  } catch {
    return {}; // a proxy may answer with something that is not JSON
  }
}

let checkValue: string | null = null;
let signedOut: () => void = () => undefined;
let renew: () => Promise<boolean> = async () => false;

/** Keeps the check value that writes of this session must carry. */
export function keepCheckValue(value: string | null): void {
  checkValue = value;
}

/** Says what to do when the server no longer knows who asks. */
export function whenSignedOut(act: () => void): void {
  signedOut = act;
}

/** Says how to learn the check value anew, as after signing in once more on another page; false if somebody else did. */
export function whenCheckFails(act: () => Promise<boolean>): void {
  renew = act;
}

/** Gets one JSON document. Throws `ApiError`; status 0 means that no server answered. An abort passes through. */
export const getJson = <T>(path: string, signal?: AbortSignal): Promise<T> => ask<T>(path, signal ? { signal } : {});

/** Writes, and gets what the server answers; null where it has nothing to say. `version` is that of the thing that was read. */
export function sendJson<T>(method: 'POST' | 'DELETE', path: string, body?: unknown, version?: string): Promise<T> {
  const headers: Record<string, string> = { ...(checkValue === null ? {} : { 'X-CSRF-Token': checkValue }) };
  if (version !== undefined) headers['If-Match'] = `"${version}"`;
  if (body === undefined) return ask<T>(path, { method, headers });
  headers['Content-Type'] = 'application/json';
  return ask<T>(path, { method, headers, body: JSON.stringify(body) });
}

/** Sends a form with files, and gets what the server answers. */
export const sendForm = <T>(path: string, form: FormData): Promise<T> =>
  ask<T>(path, { method: 'POST', body: form, headers: checkValue === null ? {} : { 'X-CSRF-Token': checkValue } });

/** Gets bytes, such as a map tile. */
export const getBytes = async (path: string, signal?: AbortSignal): Promise<ArrayBuffer> =>
  (await answered(path, signal ? { signal } : {})).arrayBuffer();

async function ask<T>(path: string, options: RequestInit): Promise<T> {
  const response = await answered(path, options);
  if (response.status === 204) return null as T;
  try {
    return (await response.json()) as T;
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    throw new ApiError(response.status, 'not_json', '', '', path);
  }
}

async function answered(path: string, options: RequestInit, again = false): Promise<Response> {
  const headers = {
    Accept: 'application/json, application/geo+json',
    'Accept-Language': lang.value === 'zh' ? 'zh-CN' : 'en',
    ...(options.headers as Record<string, string> | undefined),
  };
  let response: Response;
  try {
    response = await fetch(path, { ...options, headers, credentials: 'same-origin' });
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    throw new ApiError(0, 'unreachable', '', '', path);
  }
  if (!response.ok) {
    const problem = await problemOf(response);
    if (problem.code === 'cross-site' && !again && (await renew())) {
      return answered(path, { ...options, headers: { ...options.headers, 'X-CSRF-Token': checkValue ?? '' } }, true);
    }
    if (response.status === 401 && problem.code === 'unauthenticated') signedOut();
    throw new ApiError(response.status, problem.code ?? '', problem.title ?? '', problem.detail ?? '', path, problem.facts);
  }
  return response;
}

/** Path and query of the next page: whatever host the server names, it is asked where the page came from. */
export function nextPath(next: string | null | undefined, from: string): string | null {
  if (!next) return null;
  const url = new URL(next, new URL(from, 'http://server.invalid'));
  return url.pathname + url.search;
}

/** All items of a paged list. */
export async function getItems<T>(path: string, signal?: AbortSignal): Promise<T[]> {
  const items: T[] = [];
  for (let at: string | null = path; at; ) {
    const page: Page<T> = await getJson<Page<T>>(at, signal);
    items.push(...page.items);
    at = nextPath(page.next, at);
  }
  return items;
}

/** All features of a paged collection. */
export async function getFeatures<F>(path: string, signal?: AbortSignal): Promise<F[]> {
  const features: F[] = [];
  for (let at: string | null = path; at; ) {
    const page: FeaturePage<unknown, unknown> = await getJson(at, signal);
    features.push(...(page.features as F[]));
    at = nextPath(page.next, at);
  }
  return features;
}

/** `?a=1&b=2` without the parameters that have no value. */
export function query(parameters: Record<string, string | number | null | undefined>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== null && value !== undefined && value !== '') search.set(name, String(value));
  }
  const text = search.toString();
  return text ? `?${text}` : '';
}
