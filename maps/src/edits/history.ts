import type { Edit } from './edit';

/** Something a person did: the edits of it, and what takes it back. */
export interface Step {
  edits: readonly Edit[];
  reverse: readonly Edit[];
}

/** What was done, oldest first: `steps` up to `done` stand, those after it were taken back. */
export interface History {
  steps: readonly Step[];
  done: number;
}

export const NO_HISTORY: History = { steps: [], done: 0 };

/** Adds a step; what had been taken back is forgotten. */
export const pushed = ({ steps, done }: History, step: Step): History => ({ steps: [...steps.slice(0, done), step], done: done + 1 });

/** The edits that take the last step back; null if there is none. */
export const toUndo = ({ steps, done }: History): readonly Edit[] | null => steps[done - 1]?.reverse ?? null;

/** The edits that do the next step again; null if there is none. */
export const toRedo = ({ steps, done }: History): readonly Edit[] | null => steps[done]?.edits ?? null;

/** After the edits of `toUndo` were made; `reverse` is what took them back. */
export const undone = (history: History, reverse: readonly Edit[]): History =>
  ({ steps: with_(history.steps, history.done - 1, { edits: reverse }), done: history.done - 1 });

/** After the edits of `toRedo` were made. */
export const redone = (history: History, reverse: readonly Edit[]): History =>
  ({ steps: with_(history.steps, history.done, { reverse }), done: history.done + 1 });

const with_ = (steps: readonly Step[], at: number, change: Partial<Step>): Step[] =>
  steps.map((step, i) => (i === at ? { ...step, ...change } : step));
