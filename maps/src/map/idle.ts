/** Runs small tasks one by one while nothing else is to be done, then `done`. Answers a function that stops it. */
export function whenIdle(tasks: readonly (() => void)[], done: () => void): () => void {
  let stopped = false;
  let at = 0;
  // not every browser has idle callbacks
  const wait = (next: () => void) => void ('requestIdleCallback' in window ? requestIdleCallback(next) : setTimeout(next, 30));
  const step = () => {
    if (stopped) return;
    const task = tasks[at++];
    if (!task) return done();
    task();
    wait(step);
  };
  if (tasks.length) wait(step);
  return () => {
    stopped = true;
  };
}
