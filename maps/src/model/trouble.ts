import { ApiError } from '../api/client';
import { type Key, t } from '../i18n';

/** Something that did not work: what (words and their values), why, and how to try again. */
export interface Trouble {
  what: Key;
  values: Record<string, string>;
  cause: ApiError;
  retry: (() => void) | null;
}

/** What a person can do about it. */
export function remedyOf(cause: ApiError): Key {
  if (cause.status === 0) return 'remedyUnreachable';
  if (cause.status === 404 || cause.status === 410) return 'remedyMissing';
  return cause.status >= 500 || cause.code === 'not_json' ? 'remedyServer' : 'remedyOther';
}

/** What went wrong, in the server's words. */
export const wordsOf = (cause: unknown): string =>
  cause instanceof ApiError && cause.status ? cause.detail || cause.title || t('remedyServer') : t('remedyUnreachable');

/** An abort is no trouble: something newer was asked for. */
export const isAbort = (cause: unknown): boolean => cause instanceof DOMException && cause.name === 'AbortError';

/** The error as one of the server's; a fault of this program is not hidden as one. */
export function asApiError(cause: unknown): ApiError {
  if (cause instanceof ApiError) return cause;
  throw cause;
}
