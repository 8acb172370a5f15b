import { afterEach, describe, expect, it, vi } from 'vitest';
import { ApiError, getJson, keepCheckValue, sendJson, whenSignedOut } from '../src/api/client';
import { linkOf, nextAfter, signInAddress } from '../src/model/signin';

afterEach(() => {
  vi.unstubAllGlobals();
  keepCheckValue(null);
  whenSignedOut(() => undefined);
});

const answering = (status: number, body: unknown) => {
  const fetch = vi.fn(async (_path: string, _options: RequestInit) => new Response(status === 204 ? null : JSON.stringify(body), { status }));
  vi.stubGlobal('fetch', fetch);
  return fetch;
};

describe('signing in', () => {
  it('comes back to where one was, and never to another host', () => {
    const from = '/?market=demo&level=1';
    expect(nextAfter(new URL(signInAddress(from), 'http://server.invalid').search)).toBe(from);
    for (const bad of ['https://elsewhere.invalid', '//elsewhere.invalid', '/\\elsewhere.invalid', 'javascript:alert(1)', '/sign-in', '']) {
      expect(nextAfter(`?next=${encodeURIComponent(bad)}`)).toBe('/');
    }
  });

  it('reads the secret of a link from behind the #', () => {
    expect([linkOf('#abc'), linkOf('#'), linkOf('')]).toEqual(['abc', null, null]);
  });

  it('sends the check value with writes', async () => {
    const fetch = answering(204, null);
    keepCheckValue('c1');
    expect(await sendJson('DELETE', '/api/v1/session')).toBeNull();
    expect(fetch.mock.calls[0]![1].headers).toMatchObject({ 'X-CSRF-Token': 'c1' });
  });

  it('goes to the sign-in page when the session is over, and stays where the password was wrong', async () => {
    const gone = vi.fn();
    whenSignedOut(gone);
    answering(401, { code: 'bad-sign-in' });
    await expect(sendJson('POST', '/api/v1/session', {})).rejects.toBeInstanceOf(ApiError);
    expect(gone).not.toHaveBeenCalled();
    answering(401, { code: 'unauthenticated' });
    await expect(getJson('/api/v1/markets')).rejects.toBeInstanceOf(ApiError);
    expect(gone).toHaveBeenCalledOnce();
  });
});
