import { getItems, sendJson } from './client';

export interface Token {
  name: string;
  role: string;
  scope: string;
  created_at: string;
  created_by: string;
  expires_at: string | null;
  revoked_at: string | null;
}

export interface NewToken {
  name: string;
  token: string;
}

export const listTokens = () => getItems<Token>('/api/v1/tokens');
export const createToken = (name: string, role: string, scope: string, days: number | null) =>
  sendJson<NewToken>('POST', '/api/v1/tokens', { name, role, scope, days });
export const revokeToken = (name: string) => sendJson<Token>('POST', `/api/v1/tokens/${encodeURIComponent(name)}/revoke`);
