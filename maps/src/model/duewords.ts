import { date, t } from '../i18n';
import type { DueRow } from './tablet';

/** `逾期 4 天`, `今天到期`, `新商户 · 限 11 月 26 日前`, `12 月 3 日到期`, `今天已走访`. */
export function dueText({ state, late, due_on }: Pick<DueRow, 'state' | 'late' | 'due_on'>): string {
  if (state === 'overdue') return t('tabletOverdue', { n: late });
  if (state === 'new') return t('tabletNew', { date: shortDay(due_on) });
  return state === 'later' ? t('tabletDue', { date: shortDay(due_on) }) : t(`due_${state}`);
}

/** A day without its year. */
const shortDay = (day: string): string => date(day).replace(/^\d{4} 年 | \d{4}$/g, '');
