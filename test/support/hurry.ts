/** How many times as fast waiting passes. */
const SPEED = 100;

/**
 * Lets waiting pass a hundred times as fast until `jest.restoreAllMocks()`: timers fire early, and the clock then shows the time that they would have taken. Work
 * takes on that clock what it takes, so a slow machine does not run out of time.
 */
export function hurry(): void {
  const [realNow, realTimer] = [Date.now, setTimeout];
  let ahead = 0;
  const now = () => realNow() + ahead;
  jest.spyOn(Date, 'now').mockImplementation(() => Math.round(now()));
  jest.spyOn(globalThis, 'setTimeout').mockImplementation(((callback: (...given: unknown[]) => void, ms = 0, ...given: unknown[]) => {
    const due = now() + ms;
    return realTimer(() => {
      ahead = Math.max(ahead, due - realNow());
      callback(...given);
    }, ms / SPEED);
  }) as typeof setTimeout);
}
