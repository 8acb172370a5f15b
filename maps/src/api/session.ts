import { getJson, keepCheckValue, sendJson } from './client';

export interface Grant {
  role: string;
  scope: string;
}

/** Who is signed in (`name` null: nobody), and what may be done somewhere. */
export interface Session {
  name: string | null;
  grants: Grant[];
  actions: string[];
  csrf: string | null;
  /** Where others can open the installation; null where nobody has said it. */
  public_url?: string | null;
}

export interface Link {
  account: string;
  purpose: string;
  expires_at: string;
}

const opened = async (asked: Promise<Session>): Promise<Session> => {
  const session = await asked;
  keepCheckValue(session.csrf);
  return session;
};

export const getSession = () => opened(getJson<Session>('/api/v1/session'));
export const signIn = (name: string, password: string) => opened(sendJson<Session>('POST', '/api/v1/session', { name, password }));
export const signOut = () => sendJson<null>('DELETE', '/api/v1/session');
export const lookAtLink = (link: string) => sendJson<Link>('POST', '/api/v1/links/look', { link });
export const useLink = (link: string, password: string) => opened(sendJson<Session>('POST', '/api/v1/links/use', { link, password }));
