import { getItems, sendJson } from './client';
import type { Grant } from './session';

export interface Account {
  name: string;
  grants: Grant[];
  member: string | null;
  disabled: boolean;
  has_password: boolean;
  created_at: string;
  created_by: string;
}

export interface NewLink {
  account: string;
  link: string;
}

const at = (name: string, rest: string) => `/api/v1/accounts/${encodeURIComponent(name)}${rest}`;

export const listAccounts = () => getItems<Account>('/api/v1/accounts');
export const createAccount = (name: string, role: string, scopes: string[]) =>
  sendJson<NewLink>('POST', '/api/v1/accounts', { name, role, scopes });
export const resetAccount = (name: string) => sendJson<NewLink>('POST', at(name, '/reset'));
export const switchAccount = (name: string, on: boolean) => sendJson<Account>('POST', at(name, on ? '/enable' : '/disable'));
