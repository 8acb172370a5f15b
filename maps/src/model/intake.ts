import { computed, ref, shallowRef } from 'vue';
import type { ImportDetail, ImportReport, ImportsApi, PreviewFeature, Reading, RegisterEvent, Role } from '../api/imports';
import type { LevelFeature, StallFeature } from '../api/types';
import type { SurfaceGeometry } from '../geometry/geojson';
import { t } from '../i18n';
import { type Swatch, plain } from './theme';
import { asApiError } from './trouble';

export const ROLES = ['levels', 'stalls', 'merchants', 'members', 'connectors', 'everything'] as const satisfies readonly Role[];
export type Stage = 'files' | 'look' | 'done';

const GUESSES: readonly (readonly [RegExp, Role])[] = [
  [/level|floor|楼层/i, 'levels'], [/member|网格员|人员/i, 'members'], [/connector|连通|楼梯/i, 'connectors'],
  [/merchant|商户|名单|台账|经营/i, 'merchants'], [/unit|stall|铺位|摊/i, 'stalls'], [/\.(zip|osm|imdf|gpkg)$/i, 'everything'], [/\.(geojson|json|dxf|shp|parquet)$/i, 'stalls'],
];

/** What a file seems to be about, by its name. */
export const roleOf = (name: string): Role => GUESSES.find(([pattern]) => pattern.test(name))?.[1] ?? 'merchants';

/** What becomes of a stall, the one that matters most. */
export type Turn = 'added' | 'ended' | 'moved' | 'opened' | 'closed';
const TURNS: Partial<Record<string, Turn>> = { 'stall-add': 'added', 'stall-end': 'ended', 'stall-change': 'moved', move: 'opened', open: 'opened', close: 'closed' };
export const TURN_FILLS: Record<Turn, Swatch> = {
  added: { fill: '#BFE3CF', ink: '#1E6B45', pattern: 'rising' }, ended: { fill: '#E9C6BF', ink: '#8F2A19', pattern: 'cross' }, moved: { fill: '#F3DDA6', ink: '#7A5200', pattern: 'dots' },
  opened: plain('#A9D1EA'), closed: { fill: '#DCD3E8', ink: '#5B3F86', pattern: 'columns' },
};

/** Stall -> what becomes of it. */
export function turnsOf(events: readonly RegisterEvent[]): Map<string, Turn> {
  const turns = new Map<string, Turn>();
  const rank: Turn[] = ['closed', 'opened', 'moved', 'added', 'ended'];
  const put = (stall: string, turn: Turn) => {
    const known = turns.get(stall);
    if (known === undefined || rank.indexOf(turn) > rank.indexOf(known)) turns.set(stall, turn);
  };
  for (const event of events) {
    const turn = TURNS[event.kind];
    if (turn) for (const stall of event.stalls) put(stall, turn);
    for (const stall of event.from_stalls) put(stall, 'closed');
  }
  return turns;
}

/** Stalls that an import ends, as they stand today: what it leaves behind no longer has them. */
export const endedOf = (present: readonly StallFeature[], turns: ReadonlyMap<string, Turn>): StallFeature[] =>
  present.filter(({ properties: { stall } }) => turns.get(stall) === 'ended');

/** Files brought in step by step: read, looked at, put into force, taken back; `present` reads the stalls of today. */
export function createIntake(api: ImportsApi, here: { code: string } | null, present: (market: string) => Promise<StallFeature[]>) {
  const stage = ref<Stage>('files');
  const files = shallowRef<Partial<Record<Role, File>>>({});
  const target = ref<'here' | 'new'>(here ? 'here' : 'new');
  const [code, name] = [ref(''), ref('')];
  const whole = ref(true);
  const firstDay = ref('');
  const datum = ref('wgs84');
  const columns = ref<Partial<Record<Role, Record<string, string>>>>({});
  const sheets = ref<Partial<Record<Role, string>>>({});
  const proposal = shallowRef<ImportDetail | null>(null);
  const report = shallowRef<ImportReport | null>(null);
  const seen = shallowRef<readonly PreviewFeature[]>([]);
  const today = shallowRef<readonly StallFeature[]>([]);
  const fault = ref('');
  const busy = ref(false);
  const record = ref<string | null>(null);

  const market = computed(() => (target.value === 'here' ? here!.code : code.value));
  const ready = computed(() => Object.keys(files.value).length > 0 && /^[a-z0-9-]{1,64}$/.test(market.value));
  const reading = computed<Reading | null>(() => proposal.value?.reading ?? report.value);
  const events = computed<readonly RegisterEvent[]>(() => proposal.value?.changes ?? []);
  const turns = computed(() => turnsOf(events.value));
  const swatches = computed<Map<string, Swatch>>(() => new Map([...turns.value].map(([stall, turn]) => [stall, TURN_FILLS[turn]])));
  const levels = computed<LevelFeature[]>(() => seen.value.filter(({ properties: p }) => p.what === 'level').map(({ geometry, properties: p }) => ({
    type: 'Feature', geometry: geometry as SurfaceGeometry, properties: { building: p.building, building_name: '', level: p.level, label: p.label ?? '', stalls: 0, merchants: 0 },
  })));
  const kept = computed<StallFeature[]>(() => seen.value.filter(({ properties: p }) => p.what === 'stall').map(({ geometry, properties: p }) => ({
    type: 'Feature', geometry, properties: { stall: p.stall!, building: p.building, level: p.level, kind: p.kind!, name: '', merchants: p.merchants ?? 0, merchant_names: [], trades: [] },
  })));
  const stalls = computed(() => [...kept.value, ...endedOf(today.value, turns.value)]);
  const counts = computed<Record<string, number>>(() => proposal.value?.counts ?? Object.fromEntries(Object.entries(report.value?.accepted ?? {}).filter(([, n]) => n > 0)));
  const out = computed(() => proposal.value?.quarantined ?? report.value?.quarantined ?? []);

  function take(list: Iterable<File>): void {
    const next = { ...files.value };
    fault.value = '';
    for (const file of list) {
      const meant = roleOf(file.name);
      const known = ROLES.find((each) => next[each]?.name === file.name);
      const role = known ?? (next[meant] ? ROLES.find((each) => !next[each]) : meant);
      if (role) next[role] = file;
      else fault.value = t('intakeTooMany', { file: file.name });
    }
    files.value = next;
  }

  function assign(from: Role, to: Role): void {
    const { [from]: file, [to]: other, ...rest } = files.value;
    if (file) files.value = { ...rest, [to]: file, ...(other && to !== from ? { [from]: other } : {}) };
  }

  function remove(role: Role): void {
    const { [role]: _, ...rest } = files.value;
    files.value = rest;
  }

  function wish() {
    const roles = Object.keys(files.value) as Role[];
    const readings = Object.fromEntries(roles.filter((role) => role !== 'everything').map((role) => {
      const chosen = Object.fromEntries(Object.entries(columns.value[role] ?? {}).filter(([, heading]) => heading.trim()));
      return [role, { columns: chosen, ...(sheets.value[role] ? { sheet: sheets.value[role] } : {}) }];
    }));
    return { whole: whole.value, datum: datum.value, readings, ...(firstDay.value ? { from: firstDay.value } : {}), ...(target.value === 'new' && name.value ? { name: name.value } : {}) };
  }

  async function attempt<T>(task: () => Promise<T>): Promise<T | null> {
    if (busy.value) return null;
    [busy.value, fault.value] = [true, ''];
    try {
      return await task();
    } catch (cause) {
      const error = asApiError(cause);
      fault.value = error.status === 0 ? t('intakeOffline') : error.detail || error.title;
      return null;
    } finally {
      busy.value = false;
    }
  }

  /** Gives up the proposal that was looked at last. */
  async function forget(): Promise<void> {
    const old = proposal.value;
    [proposal.value, report.value] = [null, null];
    if (old?.state === 'proposed') await api.step(old, 'drop').catch(() => undefined); // it stays in the list of imports
  }

  async function look(): Promise<void> {
    const done = await attempt(async () => {
      await forget();
      const asked = wish();
      if (target.value === 'here') proposal.value = await api.propose(market.value, files.value, asked);
      else report.value = await api.report(market.value, files.value, asked, true);
      seen.value = await api.preview(market.value, files.value, asked);
      today.value = events.value.some(({ kind }) => kind === 'stall-end') ? await present(market.value) : [];
      return true;
    });
    if (done) stage.value = 'look';
  }

  async function apply(): Promise<boolean> {
    const done = await attempt(async () => {
      if (proposal.value) record.value = (await api.step(proposal.value, 'apply')).code;
      else record.value = (await api.report(market.value, files.value, wish(), false)).markets[0]?.record ?? null;
      return true;
    });
    if (done) stage.value = 'done';
    return done !== null;
  }

  async function undo(): Promise<boolean> {
    const code = record.value;
    if (code === null || !await attempt(() => api.step({ code, state: 'applied' }, 'undo'))) return false;
    [record.value, stage.value, proposal.value] = [null, 'files', null];
    return true;
  }

  return {
    stage, files, target, code, name, whole, firstDay, datum, columns, sheets, proposal, report, fault, busy, record, market, ready, reading, events, turns, swatches, levels, stalls, counts, out,
    take, assign, remove, look, forget, apply, undo,
  };
}
export type Intake = ReturnType<typeof createIntake>;
