import type { Session } from '../api/session';
import type { Key } from '../i18n';

/** A page, and what one must be allowed to do somewhere to be led to it. */
interface SitePage {
  path: string;
  title: Key;
  needs: string | null;
}

export const PAGES = [
  { path: '/', title: 'desk', needs: null },
  { path: '/city', title: 'city', needs: null },
  { path: '/tablet', title: 'tablet', needs: 'view-own-register' },
  { path: '/staffing', title: 'staffing', needs: null },
  { path: '/places', title: 'places', needs: 'manage-places' },
  { path: '/accounts', title: 'accounts', needs: 'manage-accounts' },
  { path: '/tokens', title: 'tokens', needs: 'manage-accounts' },
  { path: '/audit', title: 'audit', needs: 'read-audit' },
] as const satisfies readonly SitePage[];

export type PagePath = (typeof PAGES)[number]['path'];

/** The pages that a session is led to. */
export const pagesFor = (session: Session | null): readonly SitePage[] =>
  PAGES.filter((page) => page.needs === null || session?.actions.includes(page.needs));
