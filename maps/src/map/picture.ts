const HIDDEN_MS = 500;

/**
 * When what was just put on the page stands on the screen: the browser shows a frame as it begins the next one. A page
 * in the background draws no frames, and need not wait for them.
 */
export function pictureStands(): Promise<void> {
  const frame = () => new Promise<void>((done) => requestAnimationFrame(() => done()));
  const shown = frame().then(frame).then(frame);
  return Promise.race([shown, new Promise<void>((done) => setTimeout(done, HIDDEN_MS))]);
}
