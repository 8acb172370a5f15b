import type { Market, PlanSummary } from '../api/types';

/** Plans in the order of a chooser: in force first, then drafts, then former ones; each the newest first. */
export function planOrder(plans: readonly PlanSummary[]): PlanSummary[] {
  const rank = { published: 0, draft: 1, ended: 2 } as const;
  return [...plans].sort((a, b) => rank[a.state] - rank[b.state] || b.created_at.localeCompare(a.created_at));
}

/** The plan to open with: the one asked for, else the one in force, else the newest draft; null if there is none. */
export function openingPlan(market: Market, asked: string | null): string | null {
  if (asked !== null) return asked;
  if (market.plan !== null) return market.plan;
  return planOrder(market.plans ?? []).find((plan) => plan.state === 'draft')?.code ?? null;
}
