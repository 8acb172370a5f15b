/** Where to go after signing in: an address of our own, never another host. */
export function nextAfter(search: string): string {
  const next = new URLSearchParams(search).get('next') ?? '/';
  return /^\/(?![/\\])/.test(next) && !next.startsWith('/sign-in') ? next : '/';
}

/** The sign-in page that comes back to an address. */
export const signInAddress = (from: string): string => (from === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(from)}`);

/** The secret of a one-time link; it stands behind `#`, which browsers never send. */
export const linkOf = (hash: string): string | null => hash.replace(/^#/, '') || null;
