/** What the address says: `/?market=&building=&level=&plan=&stall=&zone=`. Codes, and the ordinal of the level. */
export interface DeepLink {
  market: string | null;
  building: string | null;
  level: number | null;
  plan: string | null;
  stall: string | null;
  zone: string | null;
}

export function parseLink(search: string): DeepLink {
  const values = new URLSearchParams(search);
  const code = (name: string) => values.get(name)?.trim() || null;
  const level = code('level');
  return {
    market: code('market'),
    building: code('building'),
    level: level !== null && /^-?\d{1,3}$/.test(level) ? Number(level) : null,
    plan: code('plan'),
    stall: code('stall'),
    zone: code('zone'),
  };
}

/** The query of an address, `?` included; what is not chosen is left out. */
export function formatLink(link: DeepLink): string {
  const values = new URLSearchParams();
  for (const name of ['market', 'building', 'level', 'plan', 'stall', 'zone'] as const) {
    const value = link[name];
    if (value !== null) values.set(name, String(value));
  }
  const text = values.toString();
  return text ? `?${text}` : '';
}

/** The address of the desk that shows something. */
export const addressOf = (link: DeepLink): string => `/${formatLink(link)}`;
