import type { Edit, SplitAsk } from '../edits/edit';
import { getFeatures, getItems, getJson, query, sendJson } from './client';
import type { Count, Metric, Plan, StallFeature } from './types';

const ofPlan = (plan: string, rest = '') => `/api/v1/plans/${encodeURIComponent(plan)}${rest}`;
const ofMarket = (market: string, rest: string) => `/api/v1/markets/${encodeURIComponent(market)}${rest}`;

/** Which version of a plan was read. */
export const versionOf = ({ uuid, revision }: Pick<Plan, 'uuid' | 'revision'>): string => `${uuid}.${revision}`;

export interface EditedPlan {
  plan: string;
  revision: number;
  metrics: Metric[];
  edits: Edit[];
  reverse: Edit[];
}

export interface KeptEdit {
  number: number;
  revision: number;
  at: string;
  by: string | null;
  edit: Edit;
  reverse: Edit[];
}

/** What a draft is asked to be; see the reference of `POST /markets/{market}/plans`. */
export interface DraftAsk {
  target?: number;
  tolerance?: number;
  cap?: number | null;
  zones?: number | null;
  seed?: number;
  effort?: 'quick' | 'full';
  weights?: { levels?: number; anchor?: number; moved?: number };
  previous?: string;
  keep_locked?: boolean;
  copy_of?: string;
}

export interface Links {
  stalls: string[];
  links: [number, number][];
  walk_m: number[];
}

export interface DutyMember {
  member_id: string;
  name: string;
  role: string;
  office_contact: string;
  zones: string[];
}

export interface Change {
  seq: number;
  at: string;
  market: string;
  kind: string;
  subject: string;
  what: string;
}

export interface ZoneChange {
  before: string | null;
  after: string | null;
  merchants_before: Count;
  merchants_after: Count;
  stalls_before: number;
  stalls_after: number;
  members_before: string[];
  members_after: string[];
}

export interface Comparison {
  before: string;
  after: string;
  merchants: Count;
  merchants_changing_zone: Count;
  merchants_changing_member: Count;
  unstaffed_before: string[];
  unstaffed_after: string[];
  zones: ZoneChange[];
  stalls: { stall: string; merchants: Count; before: string | null; after: string | null; changes_zone: boolean; changes_member: boolean }[];
}

/** An edit without the fields of a split that is still to be worked out. */
function exact(edit: Edit): Edit {
  if (edit.op !== 'split') return edit;
  const { op, zone, stalls, into, name, colour, members } = edit;
  return { op, zone, stalls, into, name, colour, members };
}

/** What the editor asks of the server; tests hand in their own. */
export const draftsApi = {
  postEdits: async (plan: string, version: string, edits: readonly (Edit | SplitAsk)[]): Promise<EditedPlan> => {
    const answer = await sendJson<EditedPlan>('POST', ofPlan(plan, '/edits'), edits, version);
    return { ...answer, edits: answer.edits.map(exact), reverse: answer.reverse.map(exact) };
  },
  getEdits: async (plan: string, revision: number): Promise<KeptEdit[]> => {
    const kept = await getItems<KeptEdit>(ofPlan(plan, `/edits${query({ revision })}`));
    return kept.map((each) => ({ ...each, edit: exact(each.edit), reverse: each.reverse.map(exact) }));
  },
  draftPlan: (market: string, asked: DraftAsk & { uuid?: string }) => sendJson<Plan>('POST', ofMarket(market, '/plans'), asked),
  discardPlan: (plan: Pick<Plan, 'code' | 'uuid' | 'revision'>) => sendJson<null>('DELETE', ofPlan(plan.code), undefined, versionOf(plan)),
  publishPlan: (plan: Pick<Plan, 'code' | 'uuid' | 'revision'>, from: string) =>
    sendJson<Plan>('POST', ofPlan(plan.code, '/publish'), { from }, versionOf(plan)),
  comparePlans: (before: string, after: string) => getJson<Comparison>(ofPlan(before, `/diff/${encodeURIComponent(after)}`)),
  getAllStalls: (market: string) => getFeatures<StallFeature>(ofMarket(market, '/stalls')),
  getLinks: (market: string) => getJson<Links>(ofMarket(market, '/links')),
  getMembers: (market: string) => getItems<DutyMember>(ofMarket(market, '/members')),
  getChanges: (market: string, since: number | null) =>
    getJson<{ items: Change[]; cursor: number; more: boolean }>(`/api/v1/changes${query({ since, market: since === null ? null : market })}`),
};
export type DraftsApi = typeof draftsApi;

